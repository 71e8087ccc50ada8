/**
 * Offsets to lines and columns. Both count from 1; a column is a code point;
 * only `\n` starts a line; a byte order mark takes no column.
 */

/** A place for humans. */
export interface Position {
  /** From 1. */
  readonly line: number;
  /** In code points, from 1. */
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

/** One answer per offset, each in the time of a search among the lines. */
export class LineIndex {
  private readonly text: string;
  private readonly starts: readonly number[];
  /** Surrogate pairs before each block of units; undefined without any. */
  private readonly pairs: Uint32Array | undefined;

  constructor(text: string) {
    this.text = text;
    const starts = [0];
    for (
      let at = text.indexOf("\n");
      at !== -1;
      at = text.indexOf("\n", at + 1)
    ) {
      starts.push(at + 1);
    }
    this.starts = starts;
    this.pairs = /[\ud800-\udbff]/.test(text) ? countPairs(text) : undefined;
  }

  /** The line and column of a UTF-16 offset. */
  at(offset: number): Position {
    const index = lastAtMost(this.starts, offset);
    const start = this.starts[index]!;
    const mark = start === 0 && offset > 0 && this.text[0] === "\ufeff" ? 1 : 0;
    const pairs = this.pairsBefore(offset) - this.pairsBefore(start);
    return { line: index + 1, column: 1 + offset - start - pairs - mark };
  }

  private pairsBefore(offset: number): number {
    if (this.pairs === undefined) return 0;
    const block = Math.floor(offset / PAIR_BLOCK);
    const start = block * PAIR_BLOCK;
    let count = this.pairs[block]!;
    for (let at = start; at < offset; at++) {
      if (startsPair(this.text, at)) count++;
    }
    return count;
  }
}

const PAIR_BLOCK = 1024;

function startsPair(text: string, at: number): boolean {
  return text.charCodeAt(at) >> 10 === 0x36 &&
    text.charCodeAt(at + 1) >> 10 === 0x37;
}

/** For each block, the pairs that begin before it. */
function countPairs(text: string): Uint32Array {
  const blocks = new Uint32Array(Math.floor(text.length / PAIR_BLOCK) + 1);
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    if (at % PAIR_BLOCK === 0) blocks[at / PAIR_BLOCK] = count;
    if (startsPair(text, at)) count++;
  }
  return blocks;
}

/** The last index whose value is not beyond `limit`. */
function lastAtMost(sorted: readonly number[], limit: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (sorted[middle]! <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
