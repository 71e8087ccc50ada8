/** What an extension does again and again, in a process whose heap would not hold it. */

import type { SyncDirectory } from "../../src/platform/types.ts";
import type { LogLine } from "../../src/runtime/log.ts";
import { LogGate } from "../../src/runtime/log_gate.ts";
import { OutputLines } from "../../src/runtime/output_lines.ts";
import { createWasiHost } from "../../src/runtime/wasi.ts";

const clock = { now: () => 0 };

/** Bytes with one character that is not Latin, so that each takes two in a text. */
function longBytes(length: number, end: string): Uint8Array {
  const bytes = new Uint8Array(length).fill(0x78);
  new TextEncoder().encodeInto(`€${end}`, bytes);
  return bytes;
}

/** Keeps the lines, as a host does that shows them later. */
function keep(lines: LogLine[]): LogGate {
  return new LogGate("notes", { onLog: (line) => lines.push(line), clock });
}

const parts: Readonly<Record<string, () => number>> = {
  /** 60 messages of 4 MiB characters each. */
  log() {
    const lines: LogLine[] = [];
    const gate = keep(lines);
    const bytes = longBytes(4 * 1024 * 1024, "");
    for (let i = 0; i < 60; i++) {
      const text = new TextDecoder().decode(bytes);
      gate.pass({ name: "notes", stream: "log", level: "info", text });
    }
    return lines.length;
  },
  /** 300 writes of 1 MiB, one short line in each that passes. */
  output() {
    const lines: LogLine[] = [];
    const gate = keep(lines);
    const bytes = longBytes(1024 * 1024, "a line of some characters\n");
    for (let i = 0; i < 300; i++) {
      const output = new OutputLines((text) => {
        if (text.length > 100) return;
        gate.pass({ name: "notes", stream: "stdout", level: "info", text });
      });
      output.write(bytes);
    }
    return lines.length;
  },
  /** 120 writes of 1 MiB to one output each, whose last line has not ended. */
  rest() {
    const outputs: OutputLines[] = [];
    const bytes = longBytes(1024 * 1024, "");
    bytes[bytes.length - 20] = 0x0a;
    for (let i = 0; i < 120; i++) {
      const output = new OutputLines(() => {});
      output.write(bytes);
      outputs.push(output);
    }
    return outputs.length;
  },
  /** 10,000 files, listed by 200 descriptors at once. */
  listings() {
    const directory = {
      stat: () => ({ kind: "directory", size: 0, id: 1 }),
      list: () =>
        Array.from({ length: 10_000 }, (_, i) => ({
          name: new TextDecoder().decode(
            new TextEncoder().encode(`${i}`.padEnd(240, "x")),
          ),
          kind: "file",
        })),
    } as unknown as SyncDirectory;
    const host = createWasiHost({
      ...{ name: "notes", onLog: () => {}, clock },
      directory: {
        files: directory,
        limits: { directoryBytes: 1, fileBytes: 1, directoryEntries: 10_000 },
      },
    });
    const memory = new WebAssembly.Memory({ initial: 1 });
    host.attach(memory);
    new Uint8Array(memory.buffer)[0] = ".".charCodeAt(0);
    const { path_open, fd_readdir } = host.imports as Readonly<
      Record<string, (...args: unknown[]) => number>
    >;
    let listed = 0;
    for (let i = 0; i < 200; i++) {
      if (path_open!(3, 1, 0, 1, 2, 1n << 14n, 0n, 0, 8) !== 0) break;
      const fd = new DataView(memory.buffer).getUint32(8, true);
      if (fd_readdir!(fd, 1024, 100, 0n, 16) !== 0) break;
      listed += 1;
    }
    return listed;
  },
};

console.log(parts[Deno.args[0] ?? ""]!());
