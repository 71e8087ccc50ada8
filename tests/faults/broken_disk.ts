/**
 * Disks that fail when a test wants it.
 *
 * @module
 */

import { platform } from "../../src/platform/deno.ts";
import type { Files, FileSink } from "../../src/platform/types.ts";

const { files } = platform;

/** A call that fails with the code of a system. */
export function failing(code: string): () => Promise<never> {
  return () => Promise.reject(Object.assign(new Error(code), { code }));
}

/** A disk with a switch. */
export class Disk {
  /** What fails; nothing if not set. */
  broken: Partial<Files> = {};
  readonly files: Files = new Proxy(files, {
    get: (target, name: keyof Files) => this.broken[name] ?? target[name],
  });
}

/** Files whose sinks fail in one way. */
export function sinks(
  change: (sink: FileSink, path: string) => Partial<FileSink>,
) {
  return {
    create: async (path: string): Promise<FileSink> => {
      const sink = await files.create(path);
      return { ...sink, ...change(sink, path) };
    },
  };
}

/** A disk that has room for so many bytes. */
export function roomFor(bytes: number): Partial<Files> {
  let left = bytes;
  return sinks((sink) => ({
    write: async (chunk) => {
      left -= chunk.byteLength;
      if (left < 0) return await failing("ENOSPC")();
      await sink.write(chunk);
    },
  }));
}
