/**
 * A place in a text, and what the crate's parser remembers beside it. The
 * span of an error runs from `prev`, where the last step began, to `pos`.
 */
import { fail, type Failure } from "./codes.ts";
import type { RonExtension } from "./extensions.ts";

/** Guard units; lists, maps, tuples, structs and variants cost two. */
export const RECURSION_LIMIT = 128;

/** Which grammar a cursor reads. */
export type Dialect = "newest" | "0.8.1";

/** An error with its span, in UTF-16 offsets. */
export interface Problem {
  readonly failure: Failure;
  readonly start: number;
  readonly end: number;
}

/** A field that no shape knows. */
export interface UnknownField {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly struct: string;
  readonly candidates: readonly string[];
}

/** A key that its map had before. */
export interface KeySpan {
  readonly start: number;
  readonly end: number;
}

/** The state of one reading. */
export class Cursor {
  readonly text: string;
  readonly legacy: boolean;
  pos: number;
  prev: number;
  /** Guard units left. */
  budget: number = RECURSION_LIMIT;
  implicitSome = false;
  unwrapNewtypes = false;
  unwrapVariantNewtypes = false;
  explicitStructNames = false;
  /** Set while the parentheses of a newtype variant stand for its content's. */
  newtypeVariant = false;
  /** What an error about a field calls the value around it. */
  outer: string | undefined = undefined;
  /** The tuple struct around the cursor; some errors are named after it. */
  tupleStruct: string | undefined = undefined;
  /** Where problems go; without it the first one is thrown. */
  readonly problems: Problem[] | undefined;
  readonly unknownFields: UnknownField[] = [];
  readonly repeatedKeys: KeySpan[] = [];
  private backslash = -1;
  private backslashFrom = 0;

  constructor(
    text: string,
    options: {
      readonly start: number;
      readonly dialect: Dialect;
      readonly recover: boolean;
    },
  ) {
    this.text = text;
    this.pos = options.start;
    this.prev = options.start;
    this.legacy = options.dialect === "0.8.1";
    this.problems = options.recover ? [] : undefined;
  }

  /** Steps over `length` units; the span of an error now starts here. */
  advance(length: number): void {
    this.prev = this.pos;
    this.pos += length;
  }

  /** Steps over `code` if it is next. */
  eat(code: number): boolean {
    if (this.text.charCodeAt(this.pos) !== code) return false;
    this.prev = this.pos++;
    return true;
  }

  /** Steps over `literal` if it is next. */
  eatText(literal: string): boolean {
    if (!this.text.startsWith(literal, this.pos)) return false;
    this.advance(literal.length);
    return true;
  }

  /** Takes one guard unit; give it back with `budget++`. */
  guard(): void {
    if (this.budget === 0) fail("ExceededRecursionLimit");
    this.budget--;
  }

  /** Whether a backslash lies before `end`; remembers where it looked. */
  hasBackslashBefore(end: number): boolean {
    if (this.pos < this.backslashFrom || this.pos > this.backslash) {
      const found = this.text.indexOf("\\", this.pos);
      this.backslashFrom = this.pos;
      this.backslash = found === -1 ? this.text.length : found;
    }
    return this.backslash < end;
  }

  /** Turns an extension on. */
  enable(extension: RonExtension): void {
    if (extension === "implicit_some") this.implicitSome = true;
    else if (extension === "unwrap_newtypes") this.unwrapNewtypes = true;
    else if (extension === "unwrap_variant_newtypes") {
      this.unwrapVariantNewtypes = true;
    } else this.explicitStructNames = true;
  }
}
