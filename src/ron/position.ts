/**
 * Offsets to lines and columns. Both count from 1; a column is a code point;
 * only `\n` starts a line; a byte order mark takes no column.
 */

/** A place for humans. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The line and column of a UTF-16 offset. */
export function positionAt(text: string, offset: number): Position {
  let line = 1;
  let start = 0;
  for (;;) {
    const newline = text.indexOf("\n", start);
    if (newline === -1 || newline >= offset) break;
    line++;
    start = newline + 1;
  }
  return { line, column: 1 + countPoints(text, start, offset) };
}

/** How many columns the text between two offsets takes. */
export function countPoints(text: string, start: number, end: number): number {
  let points = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (at === 0 && code === 0xfeff) continue;
    points++;
    const next = text.charCodeAt(at + 1);
    if (code >> 10 === 0x36 && next >> 10 === 0x37) at++;
  }
  return points;
}
