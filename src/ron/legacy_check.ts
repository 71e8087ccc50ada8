/** What the original server's version of the crate would do with a text. */
import { Cursor } from "./cursor.ts";
import type { Dialect, Problem } from "./cursor.ts";
import type { RonWarningCode } from "./codes.ts";
import { Failure } from "./codes.ts";
import type { DiagnosticInit } from "./diagnostic.ts";
import type { Focus } from "./focus.ts";
import { focusOf } from "./focus.ts";
import type { Reading, ReadOptions } from "./read.ts";
import { readText } from "./read.ts";
import { sameValue } from "./same_value.ts";
import type { Schema } from "./schema.ts";
import { readString } from "./strings.ts";
import { tokenAt } from "./tokens.ts";

const LEGACY = "ron 0.8.1, which the original Forge server uses,";

/** Only these are ever read as something else. */
const MAY_DIFFER = /\\x|\b(?:inf|NaN)f/;

/** A warning where 0.8.1 rejects the text, accepts it alone, or reads it differently. */
export function compareWithLegacy(
  text: string,
  schema: Schema<unknown>,
  reading: Reading,
  options: ReadOptions,
): DiagnosticInit<RonWarningCode>[] {
  const legacy = readText(text, schema, { ...options, dialect: "0.8.1" });
  const [problem] = legacy.problems;
  const [newest] = reading.problems;
  if (newest !== undefined) {
    if (problem !== undefined) return [];
    return [warning(focusOf(text, newest), "LegacyAccepts", {
      message: `${LEGACY} accepts this`,
      hint: undefined,
    })];
  }
  if (problem !== undefined) {
    const message = `${LEGACY} rejects this: ${problem.failure.message}`;
    const hint = rejectionHint(text, problem);
    const focus = focusOf(text, problem);
    return [warning(focus, "LegacyRejects", { message, hint })];
  }
  if (!MAY_DIFFER.test(text)) return [];
  if (sameValue(reading.value, legacy.value)) return [];
  return [warning(firstDifference(text), "LegacyReadsDifferently", {
    message: `${LEGACY} reads this differently`,
    hint: "write \\u{...} instead of \\x escapes above 7f",
  })];
}

function warning(
  focus: Focus,
  code: RonWarningCode,
  say: { readonly message: string; readonly hint: string | undefined },
): DiagnosticInit<RonWarningCode> {
  return {
    severity: "warning",
    code,
    ...say,
    offset: focus.start,
    length: focus.end - focus.start,
  };
}

/** What to write so that both versions agree. */
function rejectionHint(text: string, problem: Problem): string | undefined {
  const { failure, end } = problem;
  const rest = text.slice(end, end + 8);
  const before = text.slice(Math.max(0, end - 2), end);
  if (failure.code === "NoSuchExtension") {
    return "0.8.1 does not know this extension";
  }
  if (/^(?:[iu](?:8|16|32|64)|f(?:32|64))\b/.test(rest)) {
    return "write the number without its suffix";
  }
  if (failure.code === "FloatUnderscore") {
    return "write the float without underscores";
  }
  if (rest.includes("..") || before.includes(".")) {
    return "0.8.1 knows no ranges";
  }
  if (/^["'#]/.test(rest) && /[br]$/.test(before)) {
    return "0.8.1 knows no byte strings and byte literals";
  }
  if (/^[^\0-\x7f]|^[\v\f]/.test(rest)) {
    return "0.8.1 allows ASCII names and ASCII whitespace only";
  }
  return undefined;
}

/** The first string that the two versions read differently. */
function firstDifference(text: string): Focus {
  for (let at = 0; at < text.length;) {
    const token = tokenAt(text, at);
    const { start, end } = token;
    if (token.kind === "string" || token.kind === "char") {
      const literal = text.slice(start, end);
      if (stringIn(literal, "newest") !== stringIn(literal, "0.8.1")) {
        return { start, end };
      }
    }
    at = end;
  }
  return { start: 0, end: 0 };
}

function stringIn(literal: string, dialect: Dialect): string | undefined {
  const cursor = new Cursor(literal, { start: 0, dialect, recover: false });
  try {
    return readString(cursor);
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
