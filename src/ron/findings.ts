/** From what a reading met to diagnostics, errors and warnings. */
import type { RonErrorCode } from "./codes.ts";
import type { Problem, UnknownField } from "./cursor.ts";
import type { RonDiagnostic } from "./diagnostic.ts";
import { createDiagnostic } from "./diagnostic.ts";
import { focusOf } from "./focus.ts";
import { hintOf } from "./hints.ts";
import { compareWithLegacy } from "./legacy_check.ts";
import type { Reading, ReadOptions } from "./read.ts";
import type { Schema } from "./schema.ts";
import { relatedTo } from "./related.ts";
import { suggestion } from "./suggest.ts";

/** What to look for beyond errors. */
export interface FindingOptions extends ReadOptions {
  /** Warn where 0.8.1 would reject the text or read it differently. */
  readonly legacyWarnings?: boolean;
}

/** Every finding about a text: errors in the order of reading, then warnings. */
export function diagnosticsOf(
  text: string,
  schema: Schema<unknown>,
  reading: Reading,
  options: FindingOptions = {},
): RonDiagnostic[] {
  return [
    ...errorsOf(text, reading),
    ...warningsOf(text, schema, reading, options),
  ];
}

/** The errors of a reading; the first is the crate's. */
export function errorsOf(
  text: string,
  reading: Reading,
): RonDiagnostic<RonErrorCode>[] {
  return reading.problems.map((problem) => errorAt(text, problem));
}

function errorAt(
  text: string,
  problem: Problem,
): RonDiagnostic<RonErrorCode> {
  const { failure, start, end } = problem;
  const focus = focusOf(text, problem);
  return createDiagnostic(text, {
    severity: "error",
    code: failure.code,
    message: failure.message,
    hint: hintOf(text, problem, focus),
    offset: focus.start,
    length: focus.end - focus.start,
    span: { start, end },
    related: relatedTo(text, problem),
  });
}

/** The warnings of a reading. */
export function warningsOf(
  text: string,
  schema: Schema<unknown>,
  reading: Reading,
  options: FindingOptions = {},
): RonDiagnostic[] {
  const warnings: RonDiagnostic[] = [];
  if (text.charCodeAt(0) === 0xfeff && options.byteOrderMark !== "reject") {
    warnings.push(byteOrderMark(text));
  }
  for (const unknown of reading.unknownFields) {
    warnings.push(unknownField(text, unknown));
  }
  for (const { start, end } of reading.repeatedKeys) {
    warnings.push(createDiagnostic(text, {
      severity: "warning",
      code: "DuplicateKey",
      message: `Key ${
        text.slice(start, end)
      } is given twice; the last one wins`,
      hint: "remove one of the two",
      offset: start,
      length: end - start,
    }));
  }
  if (options.legacyWarnings !== false) {
    warnings.push(...compareWithLegacy(text, schema, reading, options));
  }
  return warnings;
}

function byteOrderMark(text: string): RonDiagnostic {
  return createDiagnostic(text, {
    severity: "warning",
    code: "ByteOrderMark",
    message: "Text starts with a byte order mark, which Rust rejects",
    hint: "save the file as UTF-8 without a byte order mark",
    offset: 0,
    length: 1,
  });
}

function unknownField(text: string, unknown: UnknownField): RonDiagnostic {
  const { name, struct, candidates, start, end } = unknown;
  const where = struct === "" ? "" : ` in \`${struct}\``;
  return createDiagnostic(text, {
    severity: "warning",
    code: "UnknownField",
    message: `Unknown field \`${name}\`${where} is ignored`,
    hint: suggestion(name, candidates),
    offset: start,
    length: end - start,
  });
}
