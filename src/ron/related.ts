/** Other places that explain a problem. */
import type { Problem } from "./cursor.ts";
import { suspectQuote } from "./open_quote.ts";
import type { RonPart } from "./tree.ts";
import { isNode } from "./tree.ts";
import type { TextFacts } from "./text_facts.ts";

/** A place and what there is to say about it. */
export interface RelatedPlace {
  readonly message: string;
  readonly offset: number;
  readonly length: number;
}

/** Other places that explain a problem. */
export function relatedTo(
  facts: TextFacts,
  problem: Problem,
): RelatedPlace[] {
  const { text } = facts;
  switch (problem.failure.code) {
    case "ExpectedComma":
    case "ExpectedMapColon":
    case "ExpectedStringEnd":
    case "TrailingCharacters":
    case "UnexpectedChar": {
      const quote = suspectQuote(facts, problem);
      if (quote !== undefined) return [place("string opened here", quote)];
      if (problem.failure.code === "ExpectedStringEnd") return [];
      return problem.end >= text.length ? openBracket(facts, problem) : [];
    }
    case "Eof":
      return openBracket(facts, problem);
    case "UnclosedBlockComment":
      return [
        place("comment opened here", text.lastIndexOf("/*", problem.start), 2),
      ];
    case "DuplicateStructField":
      return firstField(facts, problem);
    default:
      return [];
  }
}

function place(message: string, offset: number, length = 1): RelatedPlace {
  return { message, offset: Math.max(0, offset), length };
}

/** The innermost bracket that is open where the problem is. */
function openBracket(facts: TextFacts, problem: Problem): RelatedPlace[] {
  const { text, tree } = facts;
  const around = pathTo(tree.parts, problem.end);
  for (const part of around.reverse()) {
    if (!("closed" in part) || part.closed) continue;
    const name = part.name;
    const open = part.parts.find((each) =>
      each.kind === "punctuation" && each.start >= (name?.end ?? part.start)
    );
    if (open === undefined) continue;
    return [place(`\`${text[open.start]}\` opened here`, open.start)];
  }
  return [];
}

function firstField(facts: TextFacts, problem: Problem): RelatedPlace[] {
  const { text, tree } = facts;
  const { found = "" } = problem.failure.detail ?? {};
  const around = pathTo(tree.parts, problem.start);
  for (const part of around.reverse()) {
    if (part.kind !== "struct") continue;
    const first = part.entries.find(({ key }) =>
      text.slice(key.start, key.end).replace(/^r#/, "") === found
    );
    if (first === undefined || first.start >= problem.start) return [];
    const { start, end } = first.key;
    return [place("first given here", start, end - start)];
  }
  return [];
}

/** The nodes around an offset, outermost first. */
function pathTo(parts: readonly RonPart[], offset: number): RonPart[] {
  const path: RonPart[] = [];
  let level = parts;
  for (;;) {
    const next = level.find((part) =>
      isNode(part) && part.start <= offset && offset <= part.end
    );
    if (next === undefined || !("parts" in next)) return path;
    path.push(next);
    level = next.parts;
  }
}
