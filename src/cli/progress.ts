/**
 * Telling how far transfers are: bars that are drawn again and again on a
 * terminal, a line now and then elsewhere. Where there is no bar yet, a
 * terminal shows which registry has not answered.
 *
 * The cursor stands below the bars, at the start of a line, whenever nothing
 * is being written, and is never hidden: whatever ends the process, the next
 * prompt is where it belongs.
 *
 * @module
 */

import { AwaitedRequests } from "./awaited_requests.ts";
import type { CommandIo, Io, Terminal } from "./io.ts";
import {
  formatBar,
  formatProgressWords,
  nameColumns,
} from "./progress_line.ts";
import { TransferMeter } from "./transfer_meter.ts";

/** Milliseconds between two drawings. */
const FRAME_MS = 100;
/** Milliseconds before which a bar is not worth looking at. */
const MIN_AGE_MS = 300;
/** Milliseconds between two lines about a transfer, where there are no bars. */
const LINE_INTERVAL_MS = 10_000;
/** Bars at a time; further transfers are counted. */
const MAX_BARS = 8;

/** How progress is told. */
export type ProgressStyle = "bars" | "lines";

/** Takes how far transfers are, and tells. */
export interface Progress {
  /** How it is told. */
  readonly style: ProgressStyle;
  /** Takes how far a transfer is. */
  readonly update: (
    name: string,
    bytes: { readonly receivedBytes: number; readonly totalBytes: number },
  ) => void;
  /** Forgets a transfer, whatever came of it. */
  readonly done: (name: string) => void;
  /** Forgets all of them. */
  readonly clear: () => void;
}

/** A process that tells of its transfers until it is disposed of. */
export interface ProgressIo extends AsyncDisposable {
  /** The process, with a standard error that the bars leave alone, and requests that are seen. */
  readonly io: CommandIo;
}

interface Transfer {
  readonly meter: TransferMeter;
  readonly startedMs: number;
  toldMs: number;
}

/** Begins to tell. */
export function openProgress(io: Io, style: ProgressStyle): ProgressIo {
  const { clock, fetch } = io.platform;
  const transfers = new Map<string, Transfer>();
  const bars = style === "bars" && io.terminal !== undefined
    ? new Bars(io, io.terminal, transfers)
    : undefined;
  const progress: Progress = {
    style,
    update(name, { receivedBytes, totalBytes }) {
      const nowMs = clock.now();
      const transfer = transfers.get(name) ?? begin(nowMs);
      transfers.set(name, transfer);
      transfer.meter.record(receivedBytes, totalBytes, nowMs);
      if (bars === undefined) tellInWords(name, transfer, nowMs, io);
      bars?.changed();
    },
    done(name) {
      transfers.delete(name);
      bars?.changed();
    },
    clear() {
      transfers.clear();
      bars?.changed();
    },
  };
  if (bars === undefined) {
    return { io: { ...io, progress }, [Symbol.asyncDispose]: async () => {} };
  }
  return {
    io: {
      ...{ ...io, progress },
      err: (text) => bars.above(text),
      platform: { ...io.platform, fetch: bars.requests.watch(fetch) },
    },
    [Symbol.asyncDispose]: () => bars.end(),
  };
}

function begin(nowMs: number): Transfer {
  return { meter: new TransferMeter(), startedMs: nowMs, toldMs: nowMs };
}

function tellInWords(
  name: string,
  transfer: Transfer,
  nowMs: number,
  io: Io,
): void {
  if (nowMs - transfer.toldMs < LINE_INTERVAL_MS) return;
  transfer.toldMs = nowMs;
  const words = formatProgressWords(name, transfer.meter.stateAt(nowMs));
  io.err(`${words}\n`);
}

/** Bars at the lower end of what has been written, or else whom all wait for. */
class Bars {
  readonly #io: Io;
  readonly #terminal: Terminal;
  readonly #transfers: ReadonlyMap<string, Transfer>;
  /** The requests that wait for an answer. */
  readonly requests: AwaitedRequests;
  readonly #stop = new AbortController();
  /** Going on as long as there is something to tell of. */
  #drawing: Promise<void> | undefined;
  /** The lines that stand above the cursor. */
  #drawn: readonly string[] = [];

  constructor(
    io: Io,
    terminal: Terminal,
    transfers: ReadonlyMap<string, Transfer>,
  ) {
    this.#io = io;
    this.#terminal = terminal;
    this.#transfers = transfers;
    const { clock } = io.platform;
    this.requests = new AwaitedRequests(clock.now, () => this.changed());
  }

  /** Begins to draw, or takes the bars away at once when there is nothing left. */
  changed(): void {
    if (this.#isIdle()) this.#draw();
    else this.#drawing ??= this.#drawUntilIdle();
  }

  /** Writes whole lines above the bars. */
  above(text: string): void {
    this.#io.err(this.#eraser() + text + join(this.#drawn));
  }

  /** Takes the bars away, for good. */
  async end(): Promise<void> {
    this.#stop.abort();
    await this.#drawing;
    if (this.#drawn.length > 0) this.#io.err(this.#eraser());
    this.#drawn = [];
  }

  #isIdle(): boolean {
    return this.#transfers.size === 0 && this.requests.isEmpty;
  }

  async #drawUntilIdle(): Promise<void> {
    const { signal } = this.#stop;
    const { clock } = this.#io.platform;
    while (!signal.aborted && !this.#isIdle()) {
      try {
        await clock.sleep(FRAME_MS, { signal });
      } catch {
        // Stopped: that is how it ends.
        return;
      }
      if (!signal.aborted) this.#draw();
    }
    this.#drawing = undefined;
  }

  #draw(): void {
    const lines = this.#lines();
    if (lines.length === 0 && this.#drawn.length === 0) return;
    const eraser = this.#eraser();
    this.#drawn = lines;
    this.#io.err(eraser + join(lines));
  }

  #lines(): readonly string[] {
    const nowMs = this.#io.platform.clock.now();
    const shown = [...this.#transfers].filter(([, { startedMs }]) =>
      nowMs - startedMs >= MIN_AGE_MS
    );
    // One column stays free: some terminals wrap when the last is written.
    const columns = Math.max(1, this.#terminal.columns() - 1);
    const most = Math.max(1, Math.min(MAX_BARS, this.#terminal.rows() - 3));
    const first = shown.slice(0, most);
    const options = {
      columns,
      nameColumns: Math.max(0, ...first.map(([name]) => nameColumns(name))),
    };
    const lines = first.map(([name, { meter }]) =>
      formatBar(name, meter.stateAt(nowMs), options)
    );
    const more = shown.length - first.length;
    if (more > 0) lines.push(`and ${more} more`.slice(0, columns));
    return lines.length > 0 ? lines : this.#awaited(columns);
  }

  /** A bar says of itself when nothing comes. */
  #awaited(columns: number): readonly string[] {
    const words = this.requests.words();
    return words === undefined ? [] : [words.slice(0, columns)];
  }

  /** Leads to the first line of the bars, with nothing from there on. */
  #eraser(): string {
    if (this.#drawn.length === 0) return "";
    // A terminal that has become narrower has wrapped them.
    const columns = Math.max(1, this.#terminal.columns());
    const rows = this.#drawn.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)),
      0,
    );
    return `\x1b[${rows}A\r\x1b[J`;
  }
}

function join(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
