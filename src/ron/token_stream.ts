/** Tokens one after the other, with a look ahead. */
import type { RonToken } from "./tokens.ts";
import { tokenAt } from "./tokens.ts";
import type { RonPart } from "./tree.ts";
import { isTrivia } from "./tree.ts";

/** Reads the tokens of a text. */
export class TokenStream {
  protected readonly text: string;
  /** The token at hand; none at the end of the text. */
  protected next: RonToken | undefined;

  constructor(text: string) {
    this.text = text;
    this.next = text.length > 0 ? tokenAt(text, 0) : undefined;
  }

  protected take(): RonToken {
    const token = this.next!;
    this.next = token.end < this.text.length
      ? tokenAt(this.text, token.end)
      : undefined;
    return token;
  }

  protected at(punctuation: string): boolean {
    return this.next?.kind === "punctuation" &&
      this.text[this.next.start] === punctuation;
  }

  protected atCloser(): boolean {
    return this.at(")") || this.at("]") || this.at("}");
  }

  protected trivia(parts: RonPart[]): void {
    while (isTriviaToken(this.next)) parts.push(this.take());
  }

  /** The first token after the trivia that follows `from`. */
  protected peekPast(from: number): RonToken | undefined {
    let at = from;
    while (at < this.text.length) {
      const token = tokenAt(this.text, at);
      if (!isTriviaToken(token)) return token;
      at = token.end;
    }
    return undefined;
  }

  protected isText(
    token: { readonly start: number; readonly end: number } | undefined,
    text: string,
  ): boolean {
    return token !== undefined && token.end - token.start === text.length &&
      this.text.startsWith(text, token.start);
  }

  /** Goes on at an offset. */
  protected jump(offset: number): void {
    this.next = offset < this.text.length
      ? tokenAt(this.text, offset)
      : undefined;
  }
}

function isTriviaToken(token: RonToken | undefined): boolean {
  return token !== undefined && isTrivia(token);
}
