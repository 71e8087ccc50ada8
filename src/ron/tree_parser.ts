/**
 * Text to tree, whatever the text: what does not fit becomes an error node.
 * This parser never complains; the reader does, and better.
 */
import { elementEnd } from "./recovery.ts";
import type { RonToken } from "./tokens.ts";
import { TokenStream } from "./token_stream.ts";
import type {
  RonAttribute,
  RonEntriesNode,
  RonEntry,
  RonNode,
  RonPart,
  RonSeqNode,
} from "./tree.ts";
import { isTrivia } from "./tree.ts";

/** Deeper than the reader goes, shallower than the stack. */
const MAX_TREE_DEPTH = 300;

const WORDS: ReadonlyMap<string, "bool" | "none" | "number"> = new Map([
  ["true", "bool"],
  ["false", "bool"],
  ["None", "none"],
  ["inf", "number"],
  ["inff32", "number"],
  ["inff64", "number"],
  ["NaN", "number"],
  ["NaNf32", "number"],
  ["NaNf64", "number"],
]);

/** What the parser hands to the document. */
export interface ParsedTree {
  readonly parts: readonly RonPart[];
  readonly root: RonNode | undefined;
  readonly attributes: readonly RonAttribute[];
}

/** Parses a whole text. */
export function parseTree(text: string): ParsedTree {
  return new TreeParser(text).document();
}

type Seq = "list" | "some" | "tuple";

class TreeParser extends TokenStream {
  private depth = 0;
  private implicitSome = false;

  document(): ParsedTree {
    const parts: RonPart[] = [];
    const attributes: RonAttribute[] = [];
    this.trivia(parts);
    while (this.at("#")) {
      const attribute = this.attribute();
      attributes.push(attribute);
      this.implicitSome ||= attribute.parts.some((part) =>
        this.isText(part, "implicit_some")
      );
      parts.push(attribute);
      this.trivia(parts);
    }
    const root = this.next === undefined || this.atCloser()
      ? undefined
      : this.value();
    if (root !== undefined) parts.push(root);
    while (this.next !== undefined) parts.push(this.take());
    return { parts, root, attributes };
  }

  private attribute(): RonAttribute {
    const parts: RonPart[] = [];
    while (this.next !== undefined) {
      const done = this.at("]");
      parts.push(this.take());
      if (done || !this.inAttribute()) break;
    }
    return { kind: "attribute", parts, ...spanOfParts(parts) };
  }

  private inAttribute(): boolean {
    const kind = this.next?.kind;
    if (kind === "punctuation") return !this.at("{") && !this.at("}");
    return kind === "identifier" || kind === "string" ||
      (this.next !== undefined && isTrivia(this.next));
  }

  private value(): RonNode {
    const token = this.next!;
    if (this.depth >= MAX_TREE_DEPTH) return this.tooDeep();
    switch (token.kind) {
      case "string":
      case "bytes":
      case "char":
      case "number":
        return this.leaf(token.kind);
      case "identifier":
        return this.named();
      case "punctuation":
        if (this.at("[")) return this.seq("list", undefined, []);
        if (this.at("{")) return this.entries("map", undefined, []);
        if (this.at("(")) return this.parentheses(undefined, []);
        break;
      default:
    }
    const parts = [this.take()];
    return { kind: "error", parts, ...spanOfParts(parts) };
  }

  private leaf(
    kind: "bool" | "bytes" | "char" | "number" | "string" | "name" | "none",
  ): RonNode {
    const parts = [this.take()];
    return { kind, parts, ...spanOfParts(parts) };
  }

  /** Skips a value that nests beyond all reason. */
  private tooDeep(): RonNode {
    const start = this.next!.start;
    const end = Math.max(elementEnd(this.text, start), this.next!.end);
    const parts: RonPart[] = [{ kind: "unknown", start, end }];
    this.jump(end);
    return { kind: "error", parts, start, end };
  }

  private named(): RonNode {
    const token = this.next!;
    const word = this.text.slice(token.start, token.end);
    const known = WORDS.get(word);
    if (known === "number") return this.specialNumber();
    if (known !== undefined) return this.leaf(known);
    const after = this.peekPast(token.end);
    if (!this.isText(after, "(")) {
      const some = word === "Some" && this.implicitSome &&
        after !== undefined && !this.endsElement(after);
      return some ? this.bareSome() : this.leaf("name");
    }
    const parts: RonPart[] = [this.take()];
    this.trivia(parts);
    return word === "Some"
      ? this.seq("some", token, parts)
      : this.parentheses(token, parts);
  }

  /** `Some 1`, which is `Some(1)` where `implicit_some` is on. */
  private bareSome(): RonSeqNode {
    const name = this.take();
    const parts: RonPart[] = [name];
    this.trivia(parts);
    this.depth++;
    const item = this.value();
    this.depth--;
    parts.push(item);
    const span = spanOfParts(parts);
    return { kind: "some", name, items: [item], closed: true, parts, ...span };
  }

  /** `inf..2` is one number to the reader, two tokens to the lexer. */
  private specialNumber(): RonNode {
    const parts = [this.take()];
    const next = this.next;
    if (next?.kind === "number" && this.text.startsWith("..", next.start)) {
      parts.push(this.take());
    }
    return { kind: "number", parts, ...spanOfParts(parts) };
  }

  private parentheses(name: RonToken | undefined, parts: RonPart[]): RonNode {
    const open = this.next!;
    const first = this.peekPast(open.end);
    const named = first?.kind === "identifier" &&
      this.isText(this.peekPast(first.end), ":");
    return named
      ? this.entries("struct", name, parts)
      : this.seq("tuple", name, parts);
  }

  private seq(
    kind: Seq,
    name: RonToken | undefined,
    parts: RonPart[],
  ): RonSeqNode {
    const items: RonNode[] = [];
    const closed = this.bracketed(parts, kind === "list" ? "]" : ")", () => {
      const item = this.value();
      items.push(item);
      return item;
    });
    return { kind, name, items, closed, parts, ...spanOfParts(parts) };
  }

  private entries(
    kind: "map" | "struct",
    name: RonToken | undefined,
    parts: RonPart[],
  ): RonEntriesNode {
    const entries: RonEntry[] = [];
    const closed = this.bracketed(parts, kind === "map" ? "}" : ")", () => {
      const entry = this.entry(kind);
      entries.push(entry);
      return entry;
    });
    return { kind, name, entries, closed, parts, ...spanOfParts(parts) };
  }

  private entry(kind: "map" | "struct"): RonEntry {
    const isName = kind === "struct" && this.next!.kind === "identifier";
    const key = isName ? this.leaf("name") : this.value();
    const parts: RonPart[] = [key];
    let value: RonNode | undefined;
    if (this.isText(this.peekPast(key.end), ":")) {
      this.trivia(parts);
      parts.push(this.take());
      const after = this.peekPast(parts[parts.length - 1]!.end);
      if (after !== undefined && !this.endsElement(after)) {
        this.trivia(parts);
        value = this.value();
        parts.push(value);
      }
    }
    return { kind: "entry", key, value, parts, ...spanOfParts(parts) };
  }

  private endsElement(token: RonToken): boolean {
    return token.kind === "punctuation" &&
      ",)]}:".includes(this.text[token.start]!);
  }

  /** Reads from an opening bracket to its end; whether it was closed. */
  private bracketed(
    parts: RonPart[],
    close: string,
    element: () => RonPart,
  ): boolean {
    this.depth++;
    parts.push(this.take());
    for (;;) {
      this.trivia(parts);
      if (this.next === undefined) break;
      if (this.at(",")) parts.push(this.take());
      else if (this.atCloser()) break;
      else parts.push(element());
    }
    this.depth--;
    if (!this.at(close)) return false;
    parts.push(this.take());
    return true;
  }
}

function spanOfParts(
  parts: readonly RonPart[],
): { readonly start: number; readonly end: number } {
  return { start: parts[0]!.start, end: parts[parts.length - 1]!.end };
}
