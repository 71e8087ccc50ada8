/** The syntax tree: every character of the text is in it, once. */
import type { RonToken } from "./tokens.ts";

/** A leaf or a node. */
export type RonPart = RonAttribute | RonEntry | RonNode | RonToken;

/** Where a node is and what it is made of, trivia included. */
export interface RonNodeBase {
  /** Where it begins, in UTF-16 units. */
  readonly start: number;
  /** Where it ends; that unit is not part of it. */
  readonly end: number;
  /** Tokens and nodes in the order of the text. */
  readonly parts: readonly RonPart[];
}

/** A value of one token: `"a"`, `'a'`, `1.5`, `1..2`, `true`. */
export interface RonScalarNode extends RonNodeBase {
  /** What it is. */
  readonly kind: "bool" | "bytes" | "char" | "number" | "string";
}

/** `None`, or a bare name: a unit struct or variant. */
export interface RonUnitNode extends RonNodeBase {
  /** What it is. */
  readonly kind: "name" | "none";
}

/** `[...]`, `(...)`, `()`, `Name(...)`, `Some(...)`. */
export interface RonSeqNode extends RonNodeBase {
  /** What it is. */
  readonly kind: "list" | "some" | "tuple";
  /** The name before the parenthesis, `Some` included. */
  readonly name: RonToken | undefined;
  /** The values inside. */
  readonly items: readonly RonNode[];
  /** Whether the closing bracket is there. */
  readonly closed: boolean;
}

/** `{...}`, `(field: ...)`, `Name(field: ...)`. */
export interface RonEntriesNode extends RonNodeBase {
  /** What it is. */
  readonly kind: "map" | "struct";
  /** The name before the bracket, if there is one. */
  readonly name: RonToken | undefined;
  /** The entries inside. */
  readonly entries: readonly RonEntry[];
  /** Whether the closing bracket is there. */
  readonly closed: boolean;
}

/** What could not be made sense of. */
export interface RonErrorNode extends RonNodeBase {
  /** What it is. */
  readonly kind: "error";
}

/** A value. */
export type RonNode =
  | RonEntriesNode
  | RonErrorNode
  | RonScalarNode
  | RonSeqNode
  | RonUnitNode;

/** `key: value`; a broken one may lack its value. */
export interface RonEntry extends RonNodeBase {
  /** What it is. */
  readonly kind: "entry";
  /** A name in a struct, any value in a map. */
  readonly key: RonNode;
  /** What stands behind the colon, if anything does. */
  readonly value: RonNode | undefined;
}

/** `#![...]`. */
export interface RonAttribute extends RonNodeBase {
  /** What it is. */
  readonly kind: "attribute";
}

/** Whether a part is a node, and not a token. */
export function isNode(part: RonPart): part is RonNode | RonEntry {
  return "parts" in part && part.kind !== "attribute";
}

/** Whether a part is whitespace or a comment. */
export function isTrivia(part: RonPart): boolean {
  return part.kind === "whitespace" || part.kind === "lineComment" ||
    part.kind === "blockComment" || part.kind === "byteOrderMark";
}

/** The text of parts, put together from their leaves. */
export function partsText(parts: readonly RonPart[], text: string): string {
  let out = "";
  for (const part of parts) {
    out += "parts" in part
      ? partsText(part.parts, text)
      : text.slice(part.start, part.end);
  }
  return out;
}
