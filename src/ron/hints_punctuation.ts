/** Hints about commas, colons, brackets and what stands around values. */
import type { HintContext } from "./hint_context.ts";
import { characterBefore } from "./hint_context.ts";
import type { HintTable } from "./hints.ts";
import { suspectQuote } from "./open_quote.ts";

/** When a quote was left open, every other hint misleads. */
function unlessQuote(
  context: HintContext,
  otherwise: () => string | undefined,
): string | undefined {
  const quote = suspectQuote(context.facts, context.problem);
  if (quote === undefined) return otherwise();
  const { line } = context.facts.lines.at(quote);
  return `a quote seems to be left open at line ${line}`;
}

function commaHint(context: HintContext): string | undefined {
  const { focus, text, word } = context;
  if (focus.start >= text.length) return "the value is not closed";
  if (word === ")" || word === "]" || word === "}") {
    return `this \`${word}\` does not match the bracket that is open`;
  }
  if (word === ";") return "elements are separated by commas";
  return "add a comma after the value before";
}

function colonHint({ word, kind }: HintContext): string | undefined {
  if (word === "=") return "write `:` instead of `=`";
  if (kind === "string") return "add a colon between key and value";
  return "a key is followed by `:` and its value";
}

function characterHint(context: HintContext): string | undefined {
  const { word } = context;
  if (word === ",") return "remove the extra comma";
  if (word === "#") return "comments start with `//`";
  if (word === ")" || word === "]" || word === "}") {
    const before = characterBefore(context);
    return before === ":" ? "a value is missing after the colon" : undefined;
  }
  if (context.text.startsWith("/", context.focus.start)) {
    return "comments start with `//` or `/*`";
  }
  return word === "'" || word === "`"
    ? 'text goes in double quotes: "..."'
    : undefined;
}

function tailHint(context: HintContext): string | undefined {
  const { word } = context;
  if (word === "#") return "comments start with `//`";
  if (word === ")" || word === "]" || word === "}") {
    return `this \`${word}\` closes nothing`;
  }
  if (word === ",") return "nothing follows the outermost value";
  return /[)\]}]/.test(characterBefore(context))
    ? "a document is one value; did a bracket close too early?"
    : "the value ends before this";
}

function endOfTextHint({ text }: HintContext): string {
  return /[([{]/.test(text)
    ? "close what is still open"
    : "the text ends where a value should be";
}

function endHint({ word }: HintContext): string | undefined {
  if (word === ",") return "remove the extra comma";
  return "only one value fits in these parentheses";
}

function listHint({ word }: HintContext): string {
  return word === "(" || word === "{"
    ? "lists are written with square brackets: [...]"
    : "put the value in square brackets: [...]";
}

function mapHint({ word }: HintContext): string {
  return word === "(" || word === "["
    ? "maps are written with braces: {key: value}"
    : "put the entries in braces: {key: value}";
}

/** Hints by code. */
export const PUNCTUATION_HINTS: HintTable = {
  ExpectedArray: listHint,
  ExpectedMap: mapHint,
  ExpectedComma: (context) => unlessQuote(context, () => commaHint(context)),
  ExpectedMapColon: (context) => unlessQuote(context, () => colonHint(context)),
  ExpectedStringEnd: (context) =>
    unlessQuote(context, () => "close the string with a double quote"),
  ExpectedOptionEnd: (context) => unlessQuote(context, () => endHint(context)),
  ExpectedStructLikeEnd: (context) =>
    unlessQuote(context, () => endHint(context)),
  TrailingCharacters: (context) =>
    unlessQuote(context, () => tailHint(context)),
  UnexpectedChar: (context) =>
    unlessQuote(context, () => characterHint(context)),
  Eof: (context) => unlessQuote(context, () => endOfTextHint(context)),
  UnclosedBlockComment: () => "close the comment with `*/`",
  ExpectedAttribute: () => "write it as #![enable(implicit_some)]",
  ExpectedAttributeEnd: () => "write it as #![enable(implicit_some)]",
};
