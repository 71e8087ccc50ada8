/** What a hint may look at: the text around a problem. */
import type { FailureDetail } from "./codes.ts";
import type { Problem } from "./cursor.ts";
import type { Focus } from "./focus.ts";
import { elementEnd } from "./recovery.ts";
import type { RonToken } from "./tokens.ts";
import { tokenAt } from "./tokens.ts";

/** Values longer than this are not repeated in a hint. */
const MAX_QUOTED = 40;

/** The surroundings of a problem. */
export interface HintContext {
  readonly text: string;
  readonly problem: Problem;
  readonly focus: Focus;
  readonly detail: FailureDetail;
  /** The token at the mark; undefined at the end of the text. */
  readonly token: RonToken | undefined;
  /** Its text, or "". */
  readonly word: string;
}

/** Looks around a problem. */
export function hintContext(
  text: string,
  problem: Problem,
  focus: Focus,
): HintContext {
  const token = focus.start < text.length
    ? tokenAt(text, focus.start)
    : undefined;
  const word = token === undefined ? "" : text.slice(token.start, token.end);
  const detail = problem.failure.detail ?? {};
  return { text, problem, focus, detail, token, word };
}

/** The value at the mark, if it is short enough to be repeated. */
export function quotedValue(context: HintContext): string | undefined {
  const { text, focus } = context;
  const value = text.slice(focus.start, elementEnd(text, focus.start)).trim();
  const short = value.length > 0 && value.length <= MAX_QUOTED;
  return short && !/[\n\r]|\/[/*]/.test(value) ? value : undefined;
}

/** The last character before the mark that is not a space. */
export function characterBefore(context: HintContext): string {
  return context.text.slice(0, context.focus.start).trimEnd().slice(-1);
}
