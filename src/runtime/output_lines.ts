/**
 * Turns the bytes that an extension writes into lines of text.
 *
 * @module
 */

import { copyText, cutPosition } from "./cut_text.ts";

/** Characters after which a line is passed on even though it has not ended. */
const MAX_LINE_LENGTH = 16 * 1024;

/** Collects bytes and passes on lines. */
export class OutputLines {
  readonly #onLine: (line: string) => void;
  readonly #decoder = new TextDecoder();
  #rest = "";

  /** Passes each line, without its end, to `onLine`. */
  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** Takes bytes; malformed UTF-8 becomes U+FFFD. */
  write(bytes: Uint8Array): void {
    const text = this.#rest + this.#decoder.decode(bytes, { stream: true });
    const lines = text.split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#onLine(withoutReturn(line));
    while (this.#rest.length > MAX_LINE_LENGTH) {
      const end = cutPosition(this.#rest, MAX_LINE_LENGTH);
      this.#onLine(this.#rest.slice(0, end));
      this.#rest = this.#rest.slice(end);
    }
    // A few characters would hold all that was written with them.
    if (this.#rest.length < text.length) this.#rest = copyText(this.#rest);
  }

  /** Passes on what came after the last line end, if anything did. */
  flush(): void {
    this.#rest += this.#decoder.decode();
    if (this.#rest !== "") this.#onLine(withoutReturn(this.#rest));
    this.#rest = "";
  }
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
