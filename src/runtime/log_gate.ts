/**
 * How much an extension may say: a line is no longer than it may be, and no
 * flood of lines reaches the host.
 *
 * @module
 */

import type { Clock } from "../platform/types.ts";
import { copyText, cutPosition } from "./cut_text.ts";
import type { LogLine } from "./log.ts";

/** Characters of a line; what is beyond is cut off. */
export const MAX_LINE_LENGTH = 16 * 1024;

/** Characters that may come at once: a long dump of something. */
const BURST_LENGTH = 1024 * 1024;

/** Characters that may come each second from then on. */
const LENGTH_PER_SECOND = 128 * 1024;

/** What a line costs beside its characters: empty ones are work, too. */
const LINE_COST = 64;

/** Passes lines on until there are too many; says so once, and later how many are missing. */
export class LogGate {
  readonly #name: string;
  readonly #onLog: (line: LogLine) => void;
  readonly #clock: Pick<Clock, "now">;
  #left = BURST_LENGTH;
  #filledAt: number;
  #dropped = 0;

  /** Starts with room for a burst. */
  constructor(
    name: string,
    { onLog, clock }: {
      readonly onLog: (line: LogLine) => void;
      readonly clock: Pick<Clock, "now">;
    },
  ) {
    this.#name = name;
    this.#onLog = onLog;
    this.#clock = clock;
    this.#filledAt = clock.now();
  }

  /** Passes a line on, or counts it. */
  pass(line: LogLine): void {
    const end = cutPosition(line.text, MAX_LINE_LENGTH);
    const text = end < line.text.length
      ? `${line.text.slice(0, end)}…`
      : line.text;
    const cost = text.length + LINE_COST;
    if (this.#left < cost) this.#fill();
    if (this.#left < cost) {
      this.#dropped += 1;
      if (this.#dropped === 1) this.#say("it says too much, lines are dropped");
      return;
    }
    this.#left -= cost;
    if (this.#dropped > 0) {
      const count = this.#dropped === 1 ? "1 line" : `${this.#dropped} lines`;
      this.#dropped = 0;
      this.#say(`${count} of it were dropped`);
    }
    // Whoever keeps the line keeps nothing of what it was cut from.
    this.#onLog({ ...line, text: copyText(text) });
  }

  #fill(): void {
    const now = this.#clock.now();
    const seconds = (now - this.#filledAt) / 1000;
    this.#filledAt = now;
    this.#left = Math.min(
      BURST_LENGTH,
      this.#left + seconds * LENGTH_PER_SECOND,
    );
  }

  #say(text: string): void {
    this.#onLog({ name: this.#name, stream: "log", level: "warn", text });
  }
}
