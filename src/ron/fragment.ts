/** A new value on its way into a text: checked, and indented to its place. */
import type { RonDocument } from "./document.ts";
import { RonEditError } from "./edit_error.ts";
import { readText } from "./read.ts";
import { any } from "./schema.ts";
import { tokenAt } from "./tokens.ts";

/** What to put where. */
export interface FragmentPlace {
  readonly source: string;
  /** The offset in whose line the value will stand. */
  readonly at?: number;
  /** The margin to use instead of that line's. */
  readonly margin?: string;
}

/** Checks a value's text and indents its lines behind the first. */
export function fragmentFor(
  document: RonDocument,
  path: readonly (number | string)[],
  place: FragmentPlace,
): string {
  const source = place.source.trim();
  const start = source.startsWith("#") ? undefined : readText(source, any());
  if (start === undefined || start.problems.length > 0) {
    throw new RonEditError("BadSource", path);
  }
  if (/\/\/[^\n]*$/.test(source) && endsInLineComment(source)) {
    throw new RonEditError("BadSource", path, "the new text ends in a comment");
  }
  const margin = place.margin ?? marginAt(document.text, place.at ?? 0);
  return indentLines(source, margin, lineEndOf(document.text));
}

function endsInLineComment(source: string): boolean {
  for (let at = 0; at < source.length;) {
    const token = tokenAt(source, at);
    at = token.end;
    if (at === source.length) return token.kind === "lineComment";
  }
  return false;
}

/** Indents every line but the first, except inside strings and comments. */
function indentLines(source: string, margin: string, eol: string): string {
  if (!source.includes("\n")) return source;
  let out = "";
  for (let at = 0; at < source.length;) {
    const { kind, start, end } = tokenAt(source, at);
    const text = source.slice(start, end);
    out += kind === "whitespace"
      ? text.replace(/\r?\n/g, "\n").replaceAll("\n", eol + margin)
      : text;
    at = end;
  }
  return out;
}

/** The whitespace that the line of an offset starts with. */
export function marginAt(text: string, offset: number): string {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(lineStart, offset))![0];
}

/** The line end that a text uses first. */
export function lineEndOf(text: string): string {
  const newline = text.indexOf("\n");
  return newline > 0 && text[newline - 1] === "\r" ? "\r\n" : "\n";
}
