/** Diagnostics: what is wrong, where, and what to do next. */
import type { RonErrorCode, RonWarningCode } from "./codes.ts";
import { codeFrame } from "./code_frame.ts";
import type { Position } from "./position.ts";
import { positionAt } from "./position.ts";

/** A second place that a diagnostic speaks of. */
export interface RonRelated {
  /** Such as "string opened here". */
  readonly message: string;
  /** Where the marked part begins, in UTF-16 units. */
  readonly offset: number;
  /** How long the marked part is, in UTF-16 units. */
  readonly length: number;
  /** From 1. */
  readonly line: number;
  /** In code points, from 1. */
  readonly column: number;
}

/**
 * One finding. Offsets and lengths are UTF-16 units of the text; lines and
 * columns count code points from 1.
 */
export interface RonDiagnostic<
  Code extends string = RonErrorCode | RonWarningCode,
> {
  /** Whether the text is refused for it. */
  readonly severity: "error" | "warning";
  /** What it is, for programs. */
  readonly code: Code;
  /** What is wrong, without a trailing period. */
  readonly message: string;
  /** What to do next, when that can be told. */
  readonly hint: string | undefined;
  /** Where the marked part begins, and how long it is. */
  readonly offset: number;
  /** How long the marked part is, in UTF-16 units. */
  readonly length: number;
  /** From 1. */
  readonly line: number;
  /** In code points, from 1. */
  readonly column: number;
  /** The line of the end. */
  readonly endLine: number;
  /** The column of the end. */
  readonly endColumn: number;
  /** The span that the Rust crate prints: its last step, begin and end. */
  readonly span: { readonly start: number; readonly end: number };
  /** Other places that explain it. */
  readonly related: readonly RonRelated[];
}

/** What a diagnostic is made from; line and column are worked out. */
export interface DiagnosticInit<Code extends string> {
  /** Whether the text is refused for it. */
  readonly severity: "error" | "warning";
  /** What it is, for programs. */
  readonly code: Code;
  /** What is wrong, without a trailing period. */
  readonly message: string;
  /** What to do next, when that can be told. */
  readonly hint?: string | undefined;
  /** Where the marked part begins, in UTF-16 units. */
  readonly offset: number;
  /** How long the marked part is, in UTF-16 units. */
  readonly length: number;
  /** The span that the Rust crate prints; the marked part by default. */
  readonly span?: { readonly start: number; readonly end: number };
  /** Other places that explain it. */
  readonly related?: readonly {
    readonly message: string;
    readonly offset: number;
    readonly length: number;
  }[];
}

/**
 * Makes a diagnostic about a part of a text, for checks of your own.
 *
 * @example
 * ```ts
 * import { createDiagnostic, formatDiagnostic } from "@forgepoint/forge/ron";
 *
 * const text = '(name: "Not A Slug")';
 * const diagnostic = createDiagnostic(text, {
 *   severity: "error",
 *   code: "InvalidName",
 *   message: 'Name "Not A Slug" is not a slug',
 *   offset: 7,
 *   length: 12,
 * });
 * formatDiagnostic(diagnostic, text); // error[InvalidName]: ... 1:8
 * ```
 */
export function createDiagnostic<Code extends string>(
  text: string,
  init: DiagnosticInit<Code>,
): RonDiagnostic<Code> {
  return buildDiagnostic(init, (offset) => positionAt(text, offset));
}

/** Makes a diagnostic with a given way to find lines and columns. */
export function buildDiagnostic<Code extends string>(
  init: DiagnosticInit<Code>,
  locate: (offset: number) => Position,
): RonDiagnostic<Code> {
  const { offset, length } = init;
  const from = locate(offset);
  const to = locate(offset + length);
  return {
    severity: init.severity,
    code: init.code,
    message: init.message,
    hint: init.hint,
    offset,
    length,
    line: from.line,
    column: from.column,
    endLine: to.line,
    endColumn: to.column,
    span: init.span ?? { start: offset, end: offset + length },
    related: (init.related ?? []).map((each) => ({
      ...each,
      ...locate(each.offset),
    })),
  };
}

/** How to print a diagnostic. */
export interface FormatDiagnosticOptions {
  /** Use ANSI colours. Default: false. */
  readonly color?: boolean;
  /** Named before line and column. Default: "<ron>". */
  readonly fileName?: string;
}

/** The escape codes of one style, or none. */
type Paint = (
  style: "bold" | "cyan" | "red" | "yellow",
  text: string,
) => string;

const STYLES = { bold: 1, cyan: 36, red: 31, yellow: 33 } as const;

/**
 * Prints a diagnostic as compilers do: message, place, the lines with carets
 * under the marked part, and the hint.
 *
 * @example
 * ```ts
 * import { formatDiagnostic, parseDocument } from "@forgepoint/forge/ron";
 *
 * const { diagnostics, text } = parseDocument("(a: 1 b: 2)");
 * for (const each of diagnostics) {
 *   formatDiagnostic(each, text, { fileName: "forge.ron" });
 * }
 * ```
 */
export function formatDiagnostic(
  diagnostic: RonDiagnostic<string>,
  text: string,
  options: FormatDiagnosticOptions = {},
): string {
  const paint: Paint = (style, part) =>
    options.color === true ? `\x1b[${STYLES[style]}m${part}\x1b[0m` : part;
  const main = diagnostic.severity === "error" ? "red" : "yellow";
  const { code, message, line, column } = diagnostic;
  const where = `${options.fileName ?? "<ron>"}:${line}:${column}`;
  const head = paint(main, `${diagnostic.severity}[${code}]`);
  const lines = [
    `${head}${paint("bold", `: ${message}`)}`,
    `${paint("cyan", "-->")} ${where}`,
    codeFrame(text, diagnostic, {
      mark: (part) => paint(main, part),
      gutter: (part) => paint("cyan", part),
    }),
  ];
  for (const each of diagnostic.related) {
    lines.push(`${paint("cyan", "note")}: ${each.message}`);
    lines.push(codeFrame(text, each, {
      mark: (part) => paint("cyan", part),
      gutter: (part) => paint("cyan", part),
    }));
  }
  if (diagnostic.hint !== undefined) {
    lines.push(`${paint("cyan", "hint")}: ${diagnostic.hint}`);
  }
  return lines.join("\n");
}

/**
 * A text that is not RON, or not of the shape asked for: the first problem,
 * with all of them in `diagnostics`.
 */
export class RonSyntaxError extends SyntaxError {
  /** Always "RonSyntaxError". */
  override readonly name: string = "RonSyntaxError";
  /** The crate's name for the problem. */
  readonly code: RonErrorCode;
  /** From 1. */
  readonly line: number;
  /** In code points, from 1. */
  readonly column: number;
  /** In UTF-16 units from the start of the text. */
  readonly offset: number;
  /** The lines around the place, with carets. */
  readonly codeFrame: string;
  /** What to do next, when that can be told. */
  readonly hint: string | undefined;
  /** Every problem that was found, this one first. */
  readonly diagnostics: readonly RonDiagnostic[];

  /** Takes the text, and what was found in it. */
  constructor(
    text: string,
    first: RonDiagnostic<RonErrorCode>,
    diagnostics: readonly RonDiagnostic[],
  ) {
    super(`${first.message} at line ${first.line}, column ${first.column}`);
    this.code = first.code;
    this.line = first.line;
    this.column = first.column;
    this.offset = first.offset;
    this.codeFrame = codeFrame(text, first);
    this.hint = first.hint;
    this.diagnostics = diagnostics;
  }
}
