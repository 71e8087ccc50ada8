/**
 * Finding the quote that was left open. The parser trips over such a quote
 * far behind it, where the next string opens and closes the first; a string
 * that swallows the end of a line tells the story.
 */
import type { Problem } from "./cursor.ts";
import { tokenAt } from "./tokens.ts";

/** What a line usually ends with after the string that should have closed. */
const LINE_END = /[,)\]}]\s*(?:\/\/.*)?$/;

/**
 * The offset of a quote that was probably left open, or undefined. Looks at
 * plain strings of several lines that end before the problem.
 */
export function suspectQuote(
  text: string,
  problem: Problem,
): number | undefined {
  const unterminated = problem.failure.code === "ExpectedStringEnd";
  let suspect: number | undefined;
  let previous: number | undefined;
  for (let at = 0; at < text.length && at < problem.end;) {
    const token = tokenAt(text, at);
    const plain = token.kind === "string" && text[token.start] === '"';
    const newline = plain ? text.indexOf("\n", token.start) : -1;
    if (newline !== -1 && newline < token.end) {
      const firstLine = text.slice(token.start + 1, newline);
      if (LINE_END.test(firstLine)) suspect ??= token.start;
      previous = token.end === problem.end ? token.start : undefined;
    } else if (token.kind !== "whitespace") previous = undefined;
    at = token.end;
  }
  if (unterminated) return suspect;
  return suspect ?? previous;
}
