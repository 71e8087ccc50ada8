/** Why an edit cannot be made. */

/** What is wrong with an edit. */
export type RonEditErrorCode =
  | "AlreadyThere"
  | "BadSource"
  | "NotAContainer"
  | "NotFound";

const REASONS: Readonly<Record<RonEditErrorCode, string>> = {
  AlreadyThere: "there is a value already",
  BadSource: "the new text is not one RON value",
  NotAContainer: "nothing can be put there",
  NotFound: "there is no such place",
};

/** An edit that the document does not allow. */
export class RonEditError extends Error {
  /** Always "RonEditError". */
  override readonly name: string = "RonEditError";
  /** What is wrong. */
  readonly code: RonEditErrorCode;
  /** Where the edit was to be made. */
  readonly path: readonly (number | string)[];

  /** Takes what is wrong and where; the reason has a default. */
  constructor(
    code: RonEditErrorCode,
    path: readonly (number | string)[],
    reason: string = REASONS[code],
  ) {
    super(`Cannot edit ${JSON.stringify(path)}: ${reason}`);
    this.code = code;
    this.path = path;
  }
}
