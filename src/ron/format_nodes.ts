/** Nodes of a tree to rows, comments included. */
import type { Piece, Row } from "./layout.ts";
import { group } from "./layout.ts";
import type { RonContainer } from "./edit.ts";
import type { RonEntry, RonNode, RonPart } from "./tree.ts";
import { isTrivia } from "./tree.ts";

/** The layout of a node. */
export function formatNode(text: string, node: RonNode): Piece {
  return "closed" in node
    ? formatContainer(text, node)
    : text.slice(node.start, node.end);
}

/** A comment without the spaces behind it. */
export function triviaText(text: string, part: RonPart): string {
  const slice = text.slice(part.start, part.end);
  return part.kind === "lineComment" ? slice.trimEnd() : slice;
}

function formatContainer(text: string, node: RonContainer): Piece {
  const from = node.name?.end ?? node.start;
  const open = node.parts.findIndex((part) =>
    part.kind === "punctuation" && part.start >= from
  );
  if (open === -1) return formatBareSome(text, node);
  const close = node.parts.length - 1;
  const inside = node.parts.slice(open + 1, close);
  const head = joinInline(text, node.parts.slice(0, open));
  const rows = collectRows(text, inside);
  // `()` is a unit, `( )` an empty tuple.
  if (head === "" && rows.length === 0 && inside.length > 0) {
    if (node.kind === "tuple") return "( )";
  }
  return group(
    head + text[node.parts[open]!.start],
    text[node.parts[close]!.start]!,
    rows,
    staysBroken(text, inside),
  );
}

/** `Some 1`: a name and a value without parentheses. */
function formatBareSome(text: string, node: RonContainer): Piece {
  const [item] = "items" in node ? node.items : [];
  const last = node.parts.length - 1;
  const head = joinInline(text, node.parts.slice(0, last)).trimEnd();
  const space = isTrivia(node.parts[last - 1]!) && head.includes("//")
    ? "\n"
    : " ";
  const piece = formatNode(text, item!);
  return typeof piece === "string"
    ? head + space + piece
    : group(head + space + piece.open, piece.close, piece.rows, piece.broken);
}

/** Parts on one line; after a line comment the line has to end. */
function joinInline(text: string, parts: readonly RonPart[]): string {
  let out = "";
  for (const part of parts) {
    if (part.kind === "whitespace") continue;
    const slice = triviaText(text, part);
    if (out !== "" && !out.endsWith("\n")) out += " ";
    out += part.kind === "lineComment" ? slice + "\n" : slice;
  }
  const last = parts.findLast((part) => part.kind !== "whitespace");
  const comment = last !== undefined && isTrivia(last);
  return comment && !out.endsWith("\n") ? out + " " : out;
}

/** A list that the source breaks after its bracket stays broken. */
function staysBroken(text: string, inside: readonly RonPart[]): boolean {
  const first = inside.findIndex((part) => !isTrivia(part));
  if (first === -1) return inside.some((part) => part.kind === "lineComment");
  return inside.slice(0, first).some((part) =>
    part.kind === "whitespace" &&
    text.slice(part.start, part.end).includes("\n")
  );
}

/** What is known of the row at hand. */
interface RowState {
  readonly rows: Row[];
  /** Comments that stand before an element on its line. */
  prefix: string;
  newlines: number;
  afterComma: boolean;
}

function collectRows(text: string, inside: readonly RonPart[]): Row[] {
  const state: RowState = {
    rows: [],
    prefix: "",
    newlines: 0,
    afterComma: true,
  };
  inside.forEach((part, index) => {
    if (part.kind === "whitespace") {
      state.newlines += text.slice(part.start, part.end).split("\n").length - 1;
    } else if (part.kind === "punctuation") state.afterComma = true;
    else if (isTrivia(part)) addComment(text, inside, index, state);
    else addElement(text, part as RonEntry | RonNode, state);
  });
  if (state.prefix !== "") pushRow(state, state.prefix.trimEnd(), undefined);
  return state.rows;
}

function pushRow(
  state: RowState,
  prefix: string,
  piece: Piece | undefined,
): void {
  const blankBefore = state.newlines > 1;
  state.rows.push({ blankBefore, prefix, piece, trailing: "" });
  state.newlines = 0;
  state.prefix = "";
}

function addElement(
  text: string,
  element: RonEntry | RonNode,
  state: RowState,
): void {
  const { prefix } = state;
  if (element.kind === "entry") {
    const before = element.parts.slice(0, element.parts.length - 1);
    const piece = element.value && formatNode(text, element.value);
    pushRow(state, prefix + entryHead(text, before), piece);
  } else pushRow(state, prefix, formatNode(text, element));
  state.afterComma = false;
}

/** The key, the colon and what stands between. */
function entryHead(text: string, parts: readonly RonPart[]): string {
  const colon = parts.findIndex((part) => part.kind === "punctuation");
  const key = joinInline(text, parts.slice(0, colon)).trimEnd();
  const open = parts.slice(0, colon).findLast((part) =>
    part.kind !== "whitespace"
  );
  const ended = open?.kind === "lineComment" ? "\n" : "";
  const behind = joinInline(text, parts.slice(colon + 1));
  return `${key}${ended}: ${behind}`;
}

function addComment(
  text: string,
  inside: readonly RonPart[],
  index: number,
  state: RowState,
): void {
  const part = inside[index]!;
  const comment = triviaText(text, part);
  const leads = part.kind === "blockComment" &&
    elementFollows(text, inside, index);
  const last = state.rows[state.rows.length - 1];
  const open = state.newlines === 0 && last !== undefined &&
    state.prefix === "" && !last.trailing.startsWith("//") &&
    !last.trailing.includes("\n//");
  if (leads && (state.afterComma || !open)) {
    if (state.prefix === "" && state.newlines > 1) state.newlines = 2;
    state.prefix += comment + " ";
  } else if (open) {
    const trailing = last.trailing === ""
      ? comment
      : `${last.trailing} ${comment}`;
    state.rows[state.rows.length - 1] = { ...last, trailing };
  } else {
    pushRow(state, state.prefix + comment, undefined);
  }
}

/** Whether an element stands behind a comment, on the same line. */
function elementFollows(
  text: string,
  inside: readonly RonPart[],
  index: number,
): boolean {
  for (let i = index + 1; i < inside.length; i++) {
    const part = inside[i]!;
    if (part.kind === "punctuation" || part.kind === "lineComment") {
      return false;
    }
    if (!isTrivia(part)) return true;
    const slice = text.slice(part.start, part.end);
    if (part.kind === "whitespace" && slice.includes("\n")) return false;
  }
  return false;
}
