/**
 * WASI 0.2 for components, as little of it as lets programs start: output,
 * clocks and chance, and nothing of files, environment or network (WASI 0.2.0,
 * `wasi:cli/imports`).
 *
 * @module
 */

import type { Clock } from "../../platform/types.ts";
import type { LogLine } from "../log.ts";
import { OutputLines } from "../output_lines.ts";
import { ProcessExit } from "../wasi.ts";

/** Interfaces by name, without their version. */
export type ComponentImports = Readonly<
  Record<string, Readonly<Record<string, unknown>>>
>;

/** What the system is made of. */
export interface SystemOptions {
  /** Name of the extension. */
  readonly name: string;
  /** Receives what it prints. */
  readonly onLog: (line: LogLine) => void;
  /** Time since any moment. */
  readonly clock: Pick<Clock, "now">;
  /** Lets it wait, if there is time for that. */
  readonly sleep: (milliseconds: number) => void;
}

/** Bytes that may be written at once. */
const WRITE_BYTES = 64 * 1024;
/** Random bytes that may be asked for at once: `crypto.getRandomValues` gives no more. */
const RANDOM_BYTES = 65_536;
const NANOSECONDS = 1_000_000;

/** How bindings are told of an error that the guest may handle. */
function refused(payload: unknown): Error & { payload: unknown } {
  return Object.assign(new Error("refused"), { payload });
}

/** Makes the system of one instance. */
export function createSystem(options: SystemOptions): ComponentImports {
  const { name, onLog, clock, sleep } = options;
  const monotonic = () => BigInt(Math.round(clock.now() * NANOSECONDS));

  class Pollable {
    readonly #readyAt: bigint;
    constructor(readyAt = 0n) {
      this.#readyAt = readyAt;
    }
    ready(): boolean {
      return monotonic() >= this.#readyAt;
    }
    block(): void {
      const left = Number(this.#readyAt - monotonic()) / NANOSECONDS;
      if (left > 0) sleep(left);
    }
    readyAt(): bigint {
      return this.#readyAt;
    }
  }

  /** There is nothing to read. */
  class InputStream {
    read(): never {
      throw refused({ tag: "closed" });
    }
    blockingRead(): never {
      return this.read();
    }
    subscribe(): Pollable {
      return new Pollable();
    }
  }

  class OutputStream {
    readonly #lines: OutputLines | undefined;
    constructor(stream?: "stdout" | "stderr") {
      if (stream === undefined) return;
      const level = stream === "stdout" ? "info" : "warn";
      this.#lines = new OutputLines((text) =>
        onLog({ name, stream, level, text })
      );
    }
    checkWrite(): bigint {
      return BigInt(WRITE_BYTES);
    }
    write(bytes: Uint8Array): void {
      if (this.#lines === undefined) throw refused({ tag: "closed" });
      this.#lines.write(bytes);
    }
    blockingWriteAndFlush(bytes: Uint8Array): void {
      this.write(bytes);
    }
    flush(): void {}
    blockingFlush(): void {}
    subscribe(): Pollable {
      return new Pollable();
    }
  }

  const stdout = new OutputStream("stdout");
  const stderr = new OutputStream("stderr");
  return {
    "wasi:cli/environment": {
      getEnvironment: () => [],
      getArguments: () => [],
      initialCwd: () => undefined,
    },
    "wasi:cli/exit": {
      exit({ tag }: { readonly tag: "ok" | "err" }): never {
        throw new ProcessExit(tag === "ok" ? 0 : 1);
      },
    },
    "wasi:cli/stdin": { getStdin: () => new InputStream() },
    "wasi:cli/stdout": { getStdout: () => stdout },
    "wasi:cli/stderr": { getStderr: () => stderr },
    "wasi:cli/terminal-input": { TerminalInput: class TerminalInput {} },
    "wasi:cli/terminal-output": { TerminalOutput: class TerminalOutput {} },
    "wasi:cli/terminal-stdin": { getTerminalStdin: () => undefined },
    "wasi:cli/terminal-stdout": { getTerminalStdout: () => undefined },
    "wasi:cli/terminal-stderr": { getTerminalStderr: () => undefined },
    "wasi:clocks/monotonic-clock": {
      now: monotonic,
      resolution: () => 1000n,
      subscribeInstant: (when: bigint) => new Pollable(when),
      subscribeDuration: (span: bigint) => new Pollable(monotonic() + span),
    },
    "wasi:clocks/wall-clock": {
      now() {
        const nowMs = Date.now();
        return {
          seconds: BigInt(Math.floor(nowMs / 1000)),
          nanoseconds: nowMs % 1000 * NANOSECONDS,
        };
      },
      resolution: () => ({ seconds: 0n, nanoseconds: NANOSECONDS }),
    },
    "wasi:filesystem/preopens": { getDirectories: () => [] },
    "wasi:filesystem/types": {
      Descriptor: class Descriptor {},
      DirectoryEntryStream: class DirectoryEntryStream {},
      filesystemErrorCode: () => undefined,
    },
    "wasi:io/error": {
      Error: class IoError {
        toDebugString(): string {
          return "error";
        }
      },
    },
    "wasi:io/poll": {
      Pollable,
      poll(list: readonly Pollable[]): Uint32Array {
        const earliest = list.toSorted((a, b) =>
          Number(a.readyAt() - b.readyAt())
        );
        earliest[0]?.block();
        const ready = list.flatMap((each, i) => each.ready() ? [i] : []);
        return Uint32Array.from(ready);
      },
    },
    "wasi:io/streams": { InputStream, OutputStream },
    "wasi:random/insecure-seed": { insecureSeed: () => [randomU64(), 0n] },
    "wasi:random/insecure": {
      getInsecureRandomBytes: randomBytes,
      getInsecureRandomU64: randomU64,
    },
    "wasi:random/random": {
      getRandomBytes: randomBytes,
      getRandomU64: randomU64,
    },
  };
}

function randomU64(): bigint {
  return crypto.getRandomValues(new BigUint64Array(1))[0] ?? 0n;
}

function randomBytes(count: bigint): Uint8Array {
  if (count > BigInt(RANDOM_BYTES)) {
    throw new RangeError(`Cannot give ${count} random bytes at once`);
  }
  return crypto.getRandomValues(new Uint8Array(Number(count)));
}
