/**
 * Values by position for parameters by name: SQLite numbers all of them, but
 * `node:sqlite` takes those that have a name by that name only.
 *
 * @module
 */

import type { SqlValue } from "../types.ts";
import { sqlTokens } from "./tokens.ts";

/** How the parameters of a statement are passed to `node:sqlite`. */
export interface ParameterPlan {
  /** Position of each named parameter, from 0, by its name with the prefix. */
  readonly named: ReadonlyMap<string, number>;
  /** Positions of the others. */
  readonly positional: readonly number[];
}

/** Finds the parameters of a statement that has named ones; `undefined` when it has none. */
export function planParameters(sql: string): ParameterPlan | undefined {
  if (!/[:@$#]/.test(sql)) return undefined;
  const named = new Map<string, number>();
  const positional: number[] = [];
  let highest = -1;
  for (const name of parametersOf(sql)) {
    if (name === "?") {
      positional.push(++highest);
    } else if (name.startsWith("?")) {
      // ?5 is the fifth, whatever comes before it.
      const position = Number(name.slice(1)) - 1;
      highest = Math.max(highest, position);
      if (!positional.includes(position)) positional.push(position);
    } else if (!named.has(name)) {
      named.set(name, ++highest);
    }
  }
  positional.sort((a, b) => a - b);
  return named.size === 0 ? undefined : { named, positional };
}

/** `?`, `?5`, `:name`, `@name` and `$name`, in order. */
function* parametersOf(sql: string): Generator<string> {
  let prefix: { readonly text: string; readonly end: number } | undefined;
  for (const { kind, text, start, end } of sqlTokens(sql)) {
    const word = sql.slice(start, end);
    const joins = kind === "word" && prefix?.end === start;
    if (prefix?.text === "?") {
      yield joins && /^[0-9]+$/.test(word) ? `?${word}` : "?";
    } else if (prefix !== undefined && joins) {
      yield prefix.text + word;
    }
    if (kind === "word" && word.startsWith("$")) yield word;
    prefix = kind === "other" && "?:@#".includes(text)
      ? { text, end }
      : undefined;
  }
  if (prefix?.text === "?") yield "?";
}

/** The arguments for `node:sqlite`. */
export function argumentsFor(
  plan: ParameterPlan | undefined,
  params: readonly SqlValue[],
): readonly unknown[] {
  if (plan === undefined) return params;
  const named = Object.fromEntries(
    [...plan.named].filter(([, position]) => position < params.length)
      .map(([name, position]) => [name, params[position]]),
  );
  const rest = plan.positional.filter((position) => position < params.length);
  return [named, ...rest.map((position) => params[position])];
}
