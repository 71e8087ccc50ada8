/**
 * What is wrong, or probably not meant, in a configuration.
 *
 * @module
 */

import { ForgeError, type ForgeErrorCode } from "../errors.ts";
import {
  formatDiagnostic,
  type FormatDiagnosticOptions,
  type RonDiagnostic,
} from "../ron/mod.ts";
import { maskCredentials } from "./lint_credentials.ts";

/** Something in a configuration that is probably not meant. */
export interface ConfigWarning {
  /** What, with file, line and column where there are some. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string | undefined;
  /** The finding itself, for those from a file. */
  readonly diagnostic?: RonDiagnostic<string> | undefined;
}

/** Options of the {@linkcode ConfigError} constructor. */
export interface ConfigErrorOptions extends ErrorOptions {
  /** The text of the file. */
  readonly text: string;
  /** Its name, for messages. */
  readonly fileName: string;
  /** The findings, the one that the message is about first. */
  readonly diagnostics: readonly RonDiagnostic<string>[];
}

/** A configuration that cannot be used, with every finding and its place. */
export class ConfigError extends ForgeError {
  /** The name of the class. */
  override readonly name: string = "ConfigError";
  /** The findings; the message is about the first. */
  readonly diagnostics: readonly RonDiagnostic<string>[];
  readonly #text: string;
  readonly #fileName: string;

  /** Makes the error for a file. */
  constructor(
    code: Extract<ForgeErrorCode, "CONFIG_SYNTAX" | "CONFIG_INVALID">,
    intro: string,
    options: ConfigErrorOptions,
  ) {
    const [first] = options.diagnostics;
    const message = first === undefined
      ? intro
      : `${intro}: ${place(options.fileName, first)}: ${first.message}`;
    super(code, message, { hint: first?.hint, cause: options.cause });
    this.diagnostics = options.diagnostics;
    this.#text = maskCredentials(options.text, []);
    this.#fileName = options.fileName;
  }

  /** Every finding with the lines of the file that it is about, without credentials. */
  format(options: Pick<FormatDiagnosticOptions, "color"> = {}): string {
    return this.diagnostics.map((diagnostic) =>
      formatDiagnostic(diagnostic, this.#text, {
        ...options,
        fileName: this.#fileName,
      })
    ).join("\n\n");
  }
}

/** A finding of the parser or the checks as a warning. */
export function warningOf(
  diagnostic: RonDiagnostic<string>,
  fileName: string,
): ConfigWarning {
  return {
    message: `${place(fileName, diagnostic)}: ${diagnostic.message}`,
    hint: diagnostic.hint,
    diagnostic,
  };
}

function place(fileName: string, diagnostic: RonDiagnostic<string>): string {
  return `${fileName}:${diagnostic.line}:${diagnostic.column}`;
}
