/**
 * What is given on standard input.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";

/** More than any extension has memory for, by default. */
const MAX_BYTES = 64 * 1024 * 1024;

/** What is read of the stream of a process. */
export interface InputStream extends AsyncIterable<Uint8Array> {
  /** Ends the reading. */
  destroy(): void;
}

/**
 * Reads all of it.
 *
 * @throws {ForgeError} `TOO_LARGE` beyond 64 MiB, `USAGE` when it is no UTF-8.
 * @throws `signal.reason` when aborted.
 */
export async function readStandardInput(
  stream: InputStream,
  signal: AbortSignal,
): Promise<string> {
  signal.throwIfAborted();
  const stop = () => stream.destroy();
  signal.addEventListener("abort", stop, { once: true });
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      size += chunk.length;
      if (size > MAX_BYTES) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
  signal.throwIfAborted();
  return decode(chunks, size);
}

function decode(chunks: readonly Uint8Array[], size: number): string {
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ForgeError(
      "USAGE",
      "Cannot read standard input: it is no UTF-8 text",
      { hint: "Save it as UTF-8", cause },
    );
  }
}

function tooLarge(): ForgeError {
  return new ForgeError(
    "TOO_LARGE",
    `Cannot read standard input: it has more than ${MAX_BYTES} bytes`,
    { hint: "An extension has memory for far less" },
  );
}
