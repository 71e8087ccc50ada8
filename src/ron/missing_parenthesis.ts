/** The one error that takes its name from far around. */
import { Failure } from "./codes.ts";
import type { Cursor } from "./cursor.ts";
import { namedStructLike } from "./messages.ts";

/** The error for a missing `(`, which a tuple struct around it renames. */
export function structLike(cursor: Cursor): Failure {
  if (cursor.tupleStruct !== undefined) {
    return namedStructLike(cursor.tupleStruct);
  }
  return new Failure("ExpectedStructLike", "Expected opening `(`", {
    slot: "variant",
  });
}
