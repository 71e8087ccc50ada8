/** What several diagnostics about one text want to know, worked out once. */
import type { OpenQuote } from "./open_quote.ts";
import { findOpenQuotes } from "./open_quote.ts";
import { LineIndex } from "./position.ts";
import type { ParsedTree } from "./tree_parser.ts";
import { parseTree } from "./tree_parser.ts";

/** Facts about a text; each is found when it is first asked for. */
export class TextFacts {
  readonly text: string;
  private index: LineIndex | undefined;
  private parsed: ParsedTree | undefined;
  private quotes: readonly OpenQuote[] | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** Lines and columns. */
  get lines(): LineIndex {
    return this.index ??= new LineIndex(this.text);
  }

  /** The syntax tree. */
  get tree(): ParsedTree {
    return this.parsed ??= parseTree(this.text);
  }

  /** Strings that swallow the end of a line. */
  get openQuotes(): readonly OpenQuote[] {
    return this.quotes ??= findOpenQuotes(this.text);
  }
}
