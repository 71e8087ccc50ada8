/** From what a reading met to diagnostics, errors and warnings. */
import type { RonErrorCode } from "./codes.ts";
import type { KeySpan, Problem, UnknownField } from "./cursor.ts";
import type { DiagnosticInit, RonDiagnostic } from "./diagnostic.ts";
import { buildDiagnostic } from "./diagnostic.ts";
import { focusOf } from "./focus.ts";
import { hintOf } from "./hints.ts";
import { compareWithLegacy } from "./legacy_check.ts";
import type { Reading, ReadOptions } from "./read.ts";
import type { Schema } from "./schema.ts";
import { relatedTo } from "./related.ts";
import { suggestion } from "./suggest.ts";
import { TextFacts } from "./text_facts.ts";
import type { RonWarningCode } from "./codes.ts";

/** What to look for beyond errors. */
export interface FindingOptions extends ReadOptions {
  /** Warn where 0.8.1 would reject the text or read it differently. */
  readonly legacyWarnings?: boolean;
}

/** A warning before its line and column are known. */
export type WarningInit = DiagnosticInit<RonWarningCode>;

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
  const facts = new TextFacts(text);
  return reading.problems.map((problem) => errorAt(facts, problem));
}

function errorAt(
  facts: TextFacts,
  problem: Problem,
): RonDiagnostic<RonErrorCode> {
  const { failure, start, end } = problem;
  const focus = focusOf(facts.text, problem);
  return buildDiagnostic({
    severity: "error",
    code: failure.code,
    message: failure.message,
    hint: hintOf(facts, problem, focus),
    offset: focus.start,
    length: focus.end - focus.start,
    span: { start, end },
    related: relatedTo(facts, problem),
  }, (offset) => facts.lines.at(offset));
}

/** The warnings of a reading. */
export function warningsOf(
  text: string,
  schema: Schema<unknown>,
  reading: Reading,
  options: FindingOptions = {},
): RonDiagnostic[] {
  const found: WarningInit[] = [];
  const stripped = options.byteOrderMark !== "reject";
  if (text.charCodeAt(0) === 0xfeff && stripped) found.push(BYTE_ORDER_MARK);
  for (const each of reading.unknownFields) found.push(unknownField(each));
  for (const span of reading.repeatedKeys) found.push(repeatedKey(text, span));
  if (options.legacyWarnings !== false) {
    found.push(...compareWithLegacy(text, schema, reading, options));
  }
  if (found.length === 0) return [];
  const { lines } = new TextFacts(text);
  return found.map((each) => buildDiagnostic(each, (at) => lines.at(at)));
}

const BYTE_ORDER_MARK: WarningInit = {
  severity: "warning",
  code: "ByteOrderMark",
  message: "Text starts with a byte order mark, which Rust rejects",
  hint: "save the file as UTF-8 without a byte order mark",
  offset: 0,
  length: 1,
};

function repeatedKey(text: string, { start, end }: KeySpan): WarningInit {
  return {
    severity: "warning",
    code: "DuplicateKey",
    message: `Key ${text.slice(start, end)} is given twice; the last one wins`,
    hint: "remove one of the two",
    offset: start,
    length: end - start,
  };
}

function unknownField(unknown: UnknownField): WarningInit {
  const { name, struct, candidates, start, end } = unknown;
  const where = struct === "" ? "" : ` in \`${struct}\``;
  return {
    severity: "warning",
    code: "UnknownField",
    message: `Unknown field \`${name}\`${where} is ignored`,
    hint: suggestion(name, candidates),
    offset: start,
    length: end - start,
  };
}
