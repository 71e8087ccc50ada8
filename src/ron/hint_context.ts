/** What a hint may look at: the text around a problem. */
import type { FailureDetail } from "./codes.ts";
import type { Problem } from "./cursor.ts";
import type { Focus } from "./focus.ts";
import { elementEnd } from "./recovery.ts";
import type { TextFacts } from "./text_facts.ts";
import type { RonTokenKind } from "./tokens.ts";
import { tokenAt } from "./tokens.ts";

/** Values longer than this are not repeated in a hint. */
const MAX_QUOTED = 40;
/** Nothing farther from the mark matters to a hint. */
const WINDOW = 200;

/** The surroundings of a problem. */
export interface HintContext {
  readonly facts: TextFacts;
  readonly text: string;
  readonly problem: Problem;
  readonly focus: Focus;
  readonly detail: FailureDetail;
  /** What the token at the mark is; undefined at the end of the text. */
  readonly kind: RonTokenKind | undefined;
  /** The token's text, cut if it is long, or "". */
  readonly word: string;
}

/** Looks around a problem. */
export function hintContext(
  facts: TextFacts,
  problem: Problem,
  focus: Focus,
): HintContext {
  const { text } = facts;
  const rest = text.slice(focus.start, focus.start + WINDOW);
  const token = rest === "" ? undefined : tokenAt(rest, 0);
  const word = rest.slice(0, token?.end);
  const detail = problem.failure.detail ?? {};
  return { facts, text, problem, focus, detail, kind: token?.kind, word };
}

/** The value at the mark, if it is short enough to be repeated. */
export function quotedValue(context: HintContext): string | undefined {
  const { text, focus } = context;
  const rest = text.slice(focus.start, focus.start + WINDOW);
  const value = rest.slice(0, elementEnd(rest, 0)).trim();
  const short = value.length > 0 && value.length <= MAX_QUOTED;
  return short && !/[\n\r]|\/[/*]/.test(value) ? value : undefined;
}

/** The text before the mark, as far as it matters. */
export function textBefore({ text, focus }: HintContext): string {
  return text.slice(Math.max(0, focus.start - WINDOW), focus.start);
}

/** The last character before the mark that is not a space. */
export function characterBefore(context: HintContext): string {
  return textBefore(context).trimEnd().slice(-1);
}
