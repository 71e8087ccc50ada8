/**
 * Everything that can be said about the text of a configuration, at once.
 *
 * @module
 */

import {
  formatDiagnostic,
  type FormatDiagnosticOptions,
  tryDecodeRon,
} from "../ron/mod.ts";
import type { ConfigFinding } from "./finding.ts";
import { lintConfig } from "./lint.ts";
import { maskCredentials } from "./lint_credentials.ts";
import { lintSurroundings, type Surroundings } from "./lint_surroundings.ts";
import { CONFIG_SCHEMA } from "./schema.ts";
import { validateConfig } from "./validate.ts";

/** Options of {@linkcode checkConfig}. */
export interface CheckConfigOptions {
  /**
   * Where the configuration will be used, to look for the variables and files
   * that it names. Without it, only the text counts.
   */
  readonly surroundings?: Surroundings | undefined;
}

/** What {@linkcode checkConfig} found. */
export interface ConfigCheck {
  /** The findings in the order of the text. */
  readonly findings: readonly ConfigFinding[];
  /** Whether `parseConfig` takes the text. */
  readonly usable: boolean;
  /**
   * The text around the findings may be shown: stars stand where it has
   * credentials, and every offset is as in the text.
   */
  readonly maskedText: string;
}

/**
 * Parses, decodes, validates and lints the text of a configuration.
 *
 * Unknown fields are errors here: `parseConfig`, like the original server,
 * goes on without them, and so nothing else tells of a misspelled setting.
 *
 * @param text RON, as in the guide.
 * @param options The machine to check on.
 *
 * @example
 * ```ts
 * import { checkConfig } from "@forgepoint/forge";
 *
 * const { findings } = await checkConfig(
 *   "(extensions: (settings: (verify_checksums: false)))",
 * );
 * findings.map(({ code }) => code); // ["ChecksumsOff"]
 * ```
 */
export async function checkConfig(
  text: string,
  options: CheckConfigOptions = {},
): Promise<ConfigCheck> {
  const decoded = tryDecodeRon(text, CONFIG_SCHEMA);
  if (!decoded.ok) return result(text, decoded.diagnostics, false);
  const { value, document, warnings } = decoded;
  const invalid = validateConfig(value, document);
  const lints = lintConfig(value, document);
  const surrounding = options.surroundings === undefined
    ? []
    : await lintSurroundings(value, document, options.surroundings);
  return result(text, [
    ...warnings,
    ...invalid.filter((finding) => !isTold(finding, lints)),
    ...lints,
    ...surrounding,
  ], invalid.length === 0);
}

/** Whether a lint says of the same place what is wrong, and better. */
function isTold(
  { offset, length }: ConfigFinding,
  lints: readonly ConfigFinding[],
): boolean {
  return lints.some((lint) =>
    lint.code === "CredentialInFile" && lint.offset === offset &&
    lint.length === length
  );
}

function result(
  text: string,
  found: readonly ConfigFinding[],
  usable: boolean,
): ConfigCheck {
  const findings = found.map((finding): ConfigFinding =>
    finding.code === "UnknownField"
      ? { ...finding, severity: "error" }
      : finding
  ).sort((a, b) => a.offset - b.offset);
  return { findings, usable, maskedText: maskCredentials(text, findings) };
}

/** One finding with the lines that it is about, as compilers print it. */
export function formatFinding(
  finding: ConfigFinding,
  maskedText: string,
  options: FormatDiagnosticOptions = {},
): string {
  if (finding.severity !== "info") {
    const { severity } = finding;
    return formatDiagnostic({ ...finding, severity }, maskedText, options);
  }
  // RON itself has no findings of this kind.
  return formatDiagnostic(
    { ...finding, severity: "warning" },
    maskedText,
    options,
  ).replace("warning[", "info[");
}
