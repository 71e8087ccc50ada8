/**
 * Finding the quote that was left open. The parser trips over such a quote
 * far behind it, where the next string opens and closes the first; a string
 * that swallows the end of a line tells the story.
 */
import type { Problem } from "./cursor.ts";
import type { TextFacts } from "./text_facts.ts";
import { tokenAt } from "./tokens.ts";

/** What a line usually ends with after the string that should have closed. */
const LINE_END = /[,)\]}]\s*$/;
/** Only so much of the end of a line is looked at. */
const LINE_TAIL = 100;

/** A plain string of several lines. */
export interface OpenQuote {
  readonly start: number;
  readonly end: number;
  /** Whether its first line looks as if the string had closed on it. */
  readonly suspicious: boolean;
}

/** The plain strings of a text that run over a line's end. */
export function findOpenQuotes(text: string): OpenQuote[] {
  const quotes: OpenQuote[] = [];
  for (let at = 0; at < text.length;) {
    const { kind, start, end } = tokenAt(text, at);
    if (kind === "string" && text[start] === '"') {
      const line = text.slice(start + 1, end).split("\n", 1)[0]!;
      if (line.length < end - start - 2) {
        const tail = line.slice(-LINE_TAIL);
        quotes.push({ start, end, suspicious: LINE_END.test(tail) });
      }
    }
    at = end;
  }
  return quotes;
}

/** The offset of a quote before a problem that was probably left open. */
export function suspectQuote(
  facts: TextFacts,
  problem: Problem,
): number | undefined {
  const quotes = facts.openQuotes;
  const first = quotes.find(({ start, suspicious }) =>
    suspicious && start !== problem.start
  );
  if (first !== undefined && first.start < problem.end) return first.start;
  if (problem.failure.code === "ExpectedStringEnd") return undefined;
  return quotes.find(({ end }) => end === problem.end)?.start;
}
