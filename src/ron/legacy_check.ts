/** What the original server's version of the crate would do with a text. */
import type { RonDiagnostic } from "./diagnostic.ts";
import { createDiagnostic } from "./diagnostic.ts";
import { focusOf } from "./focus.ts";
import type { Reading, ReadOptions } from "./read.ts";
import { readText } from "./read.ts";
import type { Schema } from "./schema.ts";

/** A warning where 0.8.1 disagrees about whether the text is good. */
export function compareWithLegacy(
  text: string,
  schema: Schema<unknown>,
  reading: Reading,
  options: ReadOptions,
): RonDiagnostic[] {
  const legacy = readText(text, schema, { ...options, dialect: "0.8.1" });
  const [problem] = legacy.problems;
  const [newest] = reading.problems;
  if (newest === undefined && problem !== undefined) {
    const focus = focusOf(text, problem);
    return [createDiagnostic(text, {
      severity: "warning",
      code: "LegacyRejects",
      message:
        `ron 0.8.1, which the original Forge server uses, rejects this: ${problem.failure.message}`,
      offset: focus.start,
      length: focus.end - focus.start,
    })];
  }
  if (newest !== undefined && problem === undefined) {
    const focus = focusOf(text, newest);
    return [createDiagnostic(text, {
      severity: "warning",
      code: "LegacyAccepts",
      message: "ron 0.8.1, which the original Forge server uses, accepts this",
      offset: focus.start,
      length: focus.end - focus.start,
    })];
  }
  return [];
}
