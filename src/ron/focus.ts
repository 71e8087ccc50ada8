/**
 * The part of the text to mark. The crate's span is its parser's last step,
 * which often is the whitespace before the trouble; the mark is put on the
 * trouble itself, without leaving that span at its beginning.
 */
import type { RonErrorCode } from "./codes.ts";
import type { Problem } from "./cursor.ts";
import { tokenAt } from "./tokens.ts";

/** A stretch of the text. */
export interface Focus {
  readonly start: number;
  readonly end: number;
}

/** Errors about what was just read, and not about what comes next. */
const ABOUT_THE_PAST: ReadonlySet<RonErrorCode> = new Set([
  "DuplicateStructField",
  "ExpectedByteLiteral",
  "ExpectedChar",
  "ExpectedDifferentStructName",
  "ExpectedStringEnd",
  "IntegerOutOfBounds",
  "InvalidValueForType",
  "NoSuchEnumVariant",
  "NoSuchExtension",
  "NoSuchStructField",
  "UnclosedBlockComment",
]);

/** Marks longer than this help nobody. */
const MAX_FOCUS = 80;

/** What to mark for a problem. */
export function focusOf(text: string, problem: Problem): Focus {
  const { failure, start, end } = problem;
  if (failure.code === "InvalidEscape") return escapeFocus(text, problem);
  if (ABOUT_THE_PAST.has(failure.code) && end > start) {
    const limit = failure.code === "UnclosedBlockComment" ? start + 1 : end;
    return { start, end: Math.min(limit, start + MAX_FOCUS) };
  }
  if (failure.code === "SuggestRawIdentifier") {
    const length = failure.detail?.found?.length ?? 1;
    return { start: end, end: end + Math.min(length, MAX_FOCUS) };
  }
  if (end >= text.length) return { start: text.length, end: text.length };
  if (
    failure.code === "UnexpectedChar" && start < end && text[end - 1] !== "/"
  ) {
    const behind = failure.detail?.found === text.slice(end - 1, end);
    if (behind) return { start: end - 1, end };
  }
  return { start: end, end: Math.min(wordEnd(text, end), end + MAX_FOCUS) };
}

function escapeFocus(text: string, problem: Problem): Focus {
  const { start, end } = problem;
  const backslash = text.lastIndexOf("\\", end - 1);
  return { start: Math.max(start, backslash), end: Math.max(end, start) };
}

/** The end of text in single quotes, which is no token, if it ends nearby. */
function apostropheEnd(window: string, otherwise: number): number {
  const quoted = /^'[^'\n]*'/.exec(window);
  return quoted === null ? otherwise : quoted[0].length;
}

/** The end of the token at `at`; whitespace counts as one character. */
function wordEnd(text: string, at: number): number {
  const window = text.slice(at, at + MAX_FOCUS + 1);
  const token = tokenAt(window, 0);
  if (token.kind === "whitespace") return at + 1;
  if (window[0] === "'") return at + apostropheEnd(window, token.end);
  const newline = window.indexOf("\n");
  return at + (newline === -1 ? token.end : Math.min(token.end, newline));
}
