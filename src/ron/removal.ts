/** Taking an element out, with its comma and the line that becomes empty. */
import type { RonContainer, TextEdit } from "./edit.ts";
import type { RonEntry, RonNode, RonPart } from "./tree.ts";

/** The edits that take an element or entry out of its container. */
export function removalEdits(
  text: string,
  parent: RonContainer,
  child: RonEntry | RonNode,
): TextEdit[] {
  const { parts } = parent;
  const index = parts.indexOf(child);
  const after = commaBeside(text, parts, index, 1);
  if (after !== undefined) return spans(text, [child, after]);
  const before = commaBeside(text, parts, index, -1);
  return spans(text, before === undefined ? [child] : [before, child]);
}

/** The comma on one side of a part, with only trivia in between. */
function commaBeside(
  text: string,
  parts: readonly RonPart[],
  index: number,
  step: -1 | 1,
): RonPart | undefined {
  for (let i = index + step; i >= 0 && i < parts.length; i += step) {
    const part = parts[i]!;
    if ("parts" in part) return undefined;
    if (part.kind !== "punctuation") continue;
    return text[part.start] === "," ? part : undefined;
  }
  return undefined;
}

/** Deletions of parts, joined where nothing but spaces is between them. */
function spans(text: string, parts: readonly RonPart[]): TextEdit[] {
  const [first, second] = parts as readonly [RonPart, RonPart?];
  if (second === undefined) return [deletion(text, first.start, first.end)];
  const between = text.slice(first.end, second.start);
  if (between.trim() === "") return [deletion(text, first.start, second.end)];
  return [
    { offset: first.start, length: first.end - first.start, text: "" },
    deletion(text, second.start, second.end),
  ];
}

/** A deletion, widened to the whole line or to the spaces that it leaves. */
function deletion(text: string, start: number, end: number): TextEdit {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const blankBefore = /^[ \t]*$/.test(text.slice(lineStart, start));
  const rest = /^[ \t]*(\r?\n)?/.exec(text.slice(end))!;
  const blankAfter = rest[1] !== undefined;
  if (blankBefore && blankAfter && lineStart > 0) {
    return edit(lineStart, end + rest[0].length);
  }
  if (blankAfter) {
    const spaces = /[ \t]*$/.exec(text.slice(lineStart, start))![0].length;
    return edit(blankBefore ? start : start - spaces, end);
  }
  const opensLine = blankBefore || /[([{]$/.test(text.slice(0, start));
  const spaces = /^[ \t]*/.exec(text.slice(end))![0].length;
  const keepsApart = !opensLine && /^[^)\]}]/.test(text.slice(end + spaces));
  if (opensLine || (keepsApart && /[ \t]$/.test(text.slice(0, start)))) {
    return edit(start, end + spaces);
  }
  const margin = /[ \t]*$/.exec(text.slice(lineStart, start))![0].length;
  return edit(keepsApart ? start : start - margin, end);
}

function edit(start: number, end: number): TextEdit {
  return { offset: start, length: end - start, text: "" };
}
