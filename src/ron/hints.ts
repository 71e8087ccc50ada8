/** What to do about a problem, in one sentence. */
import type { RonErrorCode } from "./codes.ts";
import type { Problem } from "./cursor.ts";
import type { Focus } from "./focus.ts";
import type { HintContext } from "./hint_context.ts";
import { characterBefore, hintContext } from "./hint_context.ts";
import { PUNCTUATION_HINTS } from "./hints_punctuation.ts";
import { STRUCT_HINTS } from "./hints_structs.ts";
import { VALUE_HINTS } from "./hints_values.ts";
import type { TextFacts } from "./text_facts.ts";

/** Makes the hint for one code, or leaves it. */
export type HintMaker = (context: HintContext) => string | undefined;

/** Hints by code. */
export type HintTable = Readonly<Partial<Record<RonErrorCode, HintMaker>>>;

const HINTS: HintTable = {
  ...VALUE_HINTS,
  ...STRUCT_HINTS,
  ...PUNCTUATION_HINTS,
};

/** The hint for a problem, if there is something useful to say. */
export function hintOf(
  facts: TextFacts,
  problem: Problem,
  focus: Focus,
): string | undefined {
  const context = hintContext(facts, problem, focus);
  if (context.word === ":" && characterBefore(context) === ":") {
    return "remove the extra colon";
  }
  return HINTS[problem.failure.code]?.(context);
}
