/** Lines of a text with carets under a part of it. */
import { countPoints, positionAt } from "./position.ts";

/** Long lines are cut to this many columns around the marked part. */
const MAX_COLUMNS = 100;
/** A part of many lines is shown by its first and last ones. */
const MAX_LINES = 4;

/** How to decorate a code frame. */
export interface CodeFrameOptions {
  /** Wraps the carets. */
  readonly mark?: (text: string) => string;
  /** Wraps the line numbers and the bar. */
  readonly gutter?: (text: string) => string;
}

/** The lines of a part of a text, numbered, with carets under the part. */
export function codeFrame(
  text: string,
  part: {
    readonly offset: number;
    readonly length: number;
    readonly line?: number;
  },
  options: CodeFrameOptions = {},
): string {
  const mark = options.mark ?? ((plain: string) => plain);
  const gutter = options.gutter ?? ((plain: string) => plain);
  const line = part.line ?? positionAt(text, part.offset).line;
  const lines = linesOf(text, part.offset, part.offset + part.length, line);
  const width = String(lines[lines.length - 1]!.number).length;
  const out: string[] = [gutter(`${" ".repeat(width)} |`)];
  lines.forEach((line, index) => {
    if (index > 0 && line.number > lines[index - 1]!.number + 1) {
      out.push(gutter("..."));
    }
    const { shown, pad, carets } = cut(text, line);
    const number = String(line.number).padStart(width);
    out.push(`${gutter(`${number} |`)}${shown === "" ? "" : ` ${shown}`}`);
    out.push(
      `${gutter(`${" ".repeat(width)} |`)} ${" ".repeat(pad)}${
        mark("^".repeat(carets))
      }`,
    );
  });
  return out.join("\n");
}

interface FrameLine {
  readonly number: number;
  readonly start: number;
  readonly end: number;
  readonly markStart: number;
  readonly markEnd: number;
}

function linesOf(
  text: string,
  from: number,
  to: number,
  firstLine: number,
): FrameLine[] {
  let number = firstLine;
  let start = text.lastIndexOf("\n", from - 1) + 1;
  if (from === 0) start = 0;
  const lines: FrameLine[] = [];
  for (;;) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    lines.push({
      number,
      start,
      end,
      markStart: Math.max(from, start),
      markEnd: Math.min(to, end),
    });
    if (end >= to || newline === -1) break;
    start = end + 1;
    number++;
    if (start >= to) break;
  }
  if (lines.length <= MAX_LINES) return lines;
  return [...lines.slice(0, MAX_LINES - 1), lines[lines.length - 1]!];
}

/** Cuts a long line around its mark, and makes every character one column. */
function cut(
  text: string,
  line: FrameLine,
): { readonly shown: string; readonly pad: number; readonly carets: number } {
  const markEnd = Math.min(line.markEnd, line.markStart + 2 * MAX_COLUMNS);
  const markWidth = countPoints(text, line.markStart, markEnd);
  // Two units make at most one column, and nothing farther is ever shown.
  const reach = 2 * MAX_COLUMNS + 2;
  const from = Math.max(line.start, line.markStart - reach);
  const before = visible(text.slice(from, line.markStart));
  const after = visible(
    text.slice(line.markStart, Math.min(line.end, line.markStart + reach)),
  );
  const fits = before.length + after.length <= MAX_COLUMNS;
  const lead = fits ? 0 : Math.max(0, before.length - MAX_COLUMNS / 2);
  const room = MAX_COLUMNS - (before.length - lead);
  const head = (lead > 0 ? ["…"] : []).concat(before.slice(lead));
  const tail = after.length > room
    ? after.slice(0, room - 1).concat("…")
    : after;
  const carets = Math.max(1, Math.min(markWidth, tail.length));
  return {
    shown: head.concat(tail).join("").trimEnd(),
    pad: head.length,
    carets,
  };
}

/** Code points; tabs and control characters as one column each. */
function visible(text: string): string[] {
  return Array.from(text.replace(/^\ufeff/, "")).map((char) =>
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(char)
      ? (char === "\t" || char === "\r" ? " " : "·")
      : char
  );
}
