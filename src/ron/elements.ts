/** What stands between the elements of any container. */
import { fail, Failure } from "./codes.ts";
import type { Cursor } from "./cursor.ts";
import { record, RecoveryEnded } from "./recovery.ts";
import { skipTrivia } from "./trivia.ts";

/** Whether another element follows. @throws when a comma is missing. */
export function hasElement(
  cursor: Cursor,
  terminator: number,
  hadComma: boolean,
): boolean {
  skipTrivia(cursor);
  if (cursor.text.charCodeAt(cursor.pos) === terminator) return false;
  if (cursor.legacy && cursor.pos >= cursor.text.length) fail("Eof");
  if (hadComma) return true;
  if (cursor.problems === undefined) fail("ExpectedComma");
  record(cursor, new Failure("ExpectedComma", "Expected comma"));
  if (cursor.pos >= cursor.text.length) throw new RecoveryEnded();
  return true;
}

/** Steps over the colon between a key and its value. */
export function skipColon(cursor: Cursor): void {
  skipTrivia(cursor);
  if (!cursor.eat(0x3a)) fail("ExpectedMapColon");
  skipTrivia(cursor);
}
