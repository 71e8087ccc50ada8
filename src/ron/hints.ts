/** What to do about a problem, in one sentence. */
import type { Problem } from "./cursor.ts";
import type { Focus } from "./focus.ts";

/** The hint for a problem, if there is something useful to say. */
export function hintOf(
  _text: string,
  _problem: Problem,
  _focus: Focus,
): string | undefined {
  return undefined;
}

/** Other places that explain a problem. */
export function relatedTo(
  _text: string,
  _problem: Problem,
): readonly {
  readonly message: string;
  readonly offset: number;
  readonly length: number;
}[] {
  return [];
}
