/**
 * What is wrong with data that crosses the border between host and guest.
 *
 * @module
 */

/** Data of an extension that breaks the canonical ABI. */
export class AbiFault extends Error {
  /** The name of the class. */
  override readonly name = "AbiFault";
  /** Which field it is, such as `params[3]`; filled in on the way out. */
  path = "";

  /** Says what is wrong. */
  constructor(readonly reason: string) {
    super(reason);
  }
}

/** Adds to a fault which field, or which element of a list, it is in. */
export function within(error: unknown, place: string | number): unknown {
  if (error instanceof AbiFault) {
    const segment = typeof place === "number" ? `[${place}]` : place;
    const separator = error.path === "" || error.path.startsWith("[")
      ? ""
      : ".";
    error.path = segment + separator + error.path;
  }
  return error;
}
