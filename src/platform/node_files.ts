/**
 * The disk through `node:fs/promises`, which Deno and Node both have.
 *
 * @module
 */

import { constants, open, readFile } from "node:fs/promises";
import {
  mkdir,
  readdir,
  realpath,
  rename,
  rm,
  stat,
  unlink,
} from "node:fs/promises";
import { readAhead } from "./read_ahead.ts";
import type { Files, FileSink, FileStat } from "./types.ts";

/** Bytes read at a time; larger does not get faster. */
const CHUNK_BYTES = 256 * 1024;

/** The least that is read at a time, whatever is expected. */
const MIN_CHUNK_BYTES = 4 * 1024;

/** The disk of this machine. */
export const nodeFiles: Files = {
  async read(path, options = {}) {
    const { signal } = options;
    const bytes = await readFile(path, { signal }).catch((error: unknown) => {
      // Node wraps the reason in an error of its own.
      throw signal?.aborted ? signal.reason : error;
    });
    return bytes.buffer instanceof ArrayBuffer
      ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      : new Uint8Array(bytes);
  },

  async *readChunks(path, options = {}) {
    const { reuse, start = 0, expected = Infinity } = options;
    const file = await open(path, "r");
    const size = Math.min(CHUNK_BYTES, Math.max(expected, MIN_CHUNK_BYTES));
    const buffers = reuse ? [new Uint8Array(size), new Uint8Array(size)] : [];
    let position = start;
    try {
      yield* readAhead(async (turn) => {
        const buffer = buffers[turn % 2] ?? new Uint8Array(size);
        const { bytesRead } = await file.read(buffer, 0, size, position);
        position += bytesRead;
        return buffer.subarray(0, bytesRead);
      });
    } finally {
      await file.close();
    }
  },

  async stat(path) {
    return await absentAsUndefined(async (): Promise<FileStat> => {
      const found = await stat(path);
      return {
        kind: found.isFile()
          ? "file"
          : found.isDirectory()
          ? "directory"
          : "other",
        size: found.size,
        modifiedMs: found.mtimeMs,
      };
    });
  },

  list: (directory) => absentAsUndefined(() => readdir(directory)),
  create: (path, { isPrivate = false } = {}) =>
    openSink(path, "wx", isPrivate ? 0o600 : undefined),
  append: (path) => openSink(path, "a"),
  rename,

  async replace(path, content, options = {}) {
    const target = await realpath(path);
    const { mode } = await stat(target);
    const temporary = options.temporary ??
      `${target}.${crypto.randomUUID()}.tmp`;
    // Outside of the try: one that was there already is not ours to remove.
    const file = await open(temporary, "wx", mode);
    try {
      try {
        // The mode that a file is opened with is cut by the umask.
        await file.chmod(mode);
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
      const isAsExpected = options.expected === undefined ||
        (await readFile(target)).equals(options.expected);
      if (isAsExpected) await rename(temporary, target);
      else await rm(temporary);
      return isAsExpected;
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  },

  realPath: async (path) =>
    await absentAsUndefined(() => realpath(path)) ?? path,

  async remove(path) {
    await absentAsUndefined(() => unlink(path));
  },

  async makeDirectory(path) {
    await mkdir(path, { recursive: true });
  },

  async syncDirectory(path) {
    // Windows cannot open a directory; there a rename is made durable with the file.
    if (constants.O_DIRECTORY === undefined) return;
    const directory = await open(path, "r");
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  },
};

async function openSink(
  path: string,
  flags: string,
  mode?: number,
): Promise<FileSink> {
  const file = await open(path, flags, mode);
  let open_ = true;
  return {
    async write(chunk) {
      let offset = 0;
      while (offset < chunk.byteLength) {
        const { bytesWritten } = await file.write(chunk, offset);
        offset += bytesWritten;
      }
    },
    sync: () => file.sync(),
    async close() {
      if (!open_) return;
      open_ = false;
      await file.close();
    },
  };
}

async function absentAsUndefined<T>(
  look: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}
