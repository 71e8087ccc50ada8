/** Brackets and rows to text: on one line where it fits, else one per line. */

/** A finished text, or brackets around rows. */
export type Piece = Group | string;

/** Brackets and what they hold. */
export interface Group {
  readonly open: string;
  readonly close: string;
  readonly rows: readonly Row[];
  /** Never on one line. */
  readonly broken: boolean;
  /** Columns on one line; infinite when that is impossible. */
  readonly width: number;
}

/** An element or entry, or a comment on a line of its own. */
export interface Row {
  /** Keep an empty line before this row. */
  readonly blankBefore: boolean;
  /** The key and colon, or comments in front. */
  readonly prefix: string;
  /** Nothing for a row that is only a comment. */
  readonly piece: Piece | undefined;
  /** Comments behind the comma. */
  readonly trailing: string;
}

/** How to lay out. */
export interface LayoutOptions {
  /** The text of one level. */
  readonly indent: string;
  /** Columns that a line should not pass. */
  readonly lineWidth: number;
  /** Whether the last of several lines ends with a comma. */
  readonly trailingComma: boolean;
}

/** Makes a group, measuring it. */
export function group(
  open: string,
  close: string,
  rows: readonly Row[],
  broken = false,
): Group {
  let width = open.length + close.length;
  for (const row of rows) width += rowWidth(row) + 2;
  if (rows.length > 0) width -= 2;
  return { open, close, rows, broken, width: broken ? Infinity : width };
}

/** A row without comments. */
export function plainRow(prefix: string, piece: Piece): Row {
  return { blankBefore: false, prefix, piece, trailing: "" };
}

function rowWidth(row: Row): number {
  if (row.piece === undefined || row.trailing !== "") return Infinity;
  if (row.prefix.includes("\n")) return Infinity;
  return row.prefix.length + pieceWidth(row.piece);
}

function pieceWidth(piece: Piece): number {
  if (typeof piece !== "string") return piece.width;
  return piece.includes("\n") ? Infinity : piece.length;
}

/** Lays a piece out, starting in column `column` of its line. */
export function render(
  piece: Piece,
  options: LayoutOptions,
  column = 0,
): string {
  const out: string[] = [];
  write(out, piece, { options, level: 0, column });
  return out.join("");
}

interface Place {
  readonly options: LayoutOptions;
  readonly level: number;
  readonly column: number;
}

function write(out: string[], piece: Piece, at: Place): void {
  if (typeof piece === "string") {
    out.push(piece);
    return;
  }
  if (
    piece.rows.length === 0 || at.column + piece.width < at.options.lineWidth
  ) {
    writeFlat(out, piece);
  } else writeRows(out, piece, at);
}

function writeFlat(out: string[], piece: Piece): void {
  if (typeof piece === "string") {
    out.push(piece);
    return;
  }
  out.push(piece.open);
  piece.rows.forEach((row, index) => {
    out.push(index > 0 ? ", " : "", row.prefix);
    writeFlat(out, row.piece!);
  });
  out.push(piece.close);
}

function writeRows(out: string[], piece: Group, at: Place): void {
  const { indent, trailingComma } = at.options;
  const level = at.level + 1;
  const margin = indent.repeat(level);
  const last = piece.rows.findLastIndex((row) => row.piece !== undefined);
  out.push(piece.open);
  piece.rows.forEach((row, index) => {
    if (row.blankBefore && index > 0) out.push("\n");
    out.push("\n", margin, row.prefix);
    if (row.piece !== undefined) {
      const column = margin.length + lastLine(row.prefix).length;
      write(out, row.piece, { options: at.options, level, column });
      if (index < last || trailingComma) out.push(",");
    }
    if (row.trailing !== "") out.push(row.piece ? " " : "", row.trailing);
  });
  out.push("\n", indent.repeat(at.level), piece.close);
}

function lastLine(text: string): string {
  return text.slice(text.lastIndexOf("\n") + 1);
}
