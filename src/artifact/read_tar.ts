/**
 * The entries of a tar, as a stream; nothing of it touches a disk.
 *
 * @module
 */

import type { ParsedTarEntry, TarHeader } from "modern-tar";
import { ForgeError } from "../errors.ts";
import { drain, Watched } from "./byte_stream.ts";
import { damaged } from "./damaged.ts";

/** Entries that a layer may have: a whole distribution has some 100,000. */
const MAX_ENTRIES = 250_000;

/** Bytes that a path may have; Linux allows no more (`PATH_MAX`). */
const MAX_PATH_LENGTH = 4096;

/** One entry of a tar. */
export interface TarEntry {
  /** Its path, relative to the root of the image, without `.` and doubled slashes. */
  readonly path: string;
  /** What it is; a link may be symbolic or hard. */
  readonly kind: "file" | "link" | "other";
  /** The content of a file, of exactly the size that its header says. Read it whole before the next entry, or not at all. */
  readonly content: AsyncIterable<Uint8Array>;
}

/**
 * Reads a tar in any of its dialects (v7, ustar, pax, GNU).
 *
 * Entries whose path leads out of the image (`..`) are left out.
 *
 * @throws {ForgeError} `ARTIFACT_UNSUPPORTED` when it is damaged; `TOO_LARGE`
 * for too many entries or too long a path; errors of the source pass through.
 */
export async function* readTar(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<TarEntry, void, undefined> {
  const { createTarDecoder } = await import("modern-tar");
  const input = new Watched(source);
  const decoder = createTarDecoder();
  const feeding = feed(input, decoder.writable);
  const reader = decoder.readable.getReader();
  try {
    for (let count = 1;; count++) {
      const { done, value } = await reader.read();
      if (done) return;
      const entry = toEntry(value, count);
      if (entry !== undefined) yield entry;
      // Not cancelled: the decoder may be at the next entry already, and would drop that one's content.
      await drain(value.body);
    }
  } catch (error) {
    if (input.failure !== undefined) throw input.failure.error;
    throw error instanceof ForgeError ? error : damaged("tar", error);
  } finally {
    await reader.cancel().catch(() => {});
    await feeding;
  }
}

/** Gives the decoder what it reads; failures reach the reader through the stream. */
async function feed(
  source: AsyncIterable<Uint8Array>,
  writable: WritableStream<Uint8Array>,
): Promise<void> {
  const writer = writable.getWriter();
  try {
    for await (const chunk of source) await writer.write(chunk);
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => {});
  }
}

function toEntry(
  { header, body }: ParsedTarEntry,
  count: number,
): TarEntry | undefined {
  if (count > MAX_ENTRIES) {
    throw tooLarge(`its tar has more than ${MAX_ENTRIES} entries`);
  }
  if (header.name.length > MAX_PATH_LENGTH) {
    throw tooLarge(`its tar has a path of ${header.name.length} characters`);
  }
  const path = normalize(header.name);
  if (path === undefined) return undefined;
  return { path, kind: kindOf(header), content: exactly(header.size, body) };
}

function kindOf({ type = "file" }: TarHeader): TarEntry["kind"] {
  if (type === "file") return "file";
  return type === "symlink" || type === "link" ? "link" : "other";
}

/** The path without `.` and empty segments; `undefined` for one that leads out of the image. */
function normalize(name: string): string | undefined {
  const segments = name.split("/").filter((part) =>
    part !== "" && part !== "."
  );
  if (segments.length === 0 || segments.includes("..")) return undefined;
  return segments.join("/");
}

/** A tar that ends inside of a file must not pass for a shorter file. */
async function* exactly(
  size: number,
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let received = 0;
  for await (const chunk of body) {
    received += chunk.byteLength;
    yield chunk;
  }
  if (received !== size) {
    throw damaged(
      "tar",
      `it ends after ${received} of ${size} bytes of a file`,
    );
  }
}

function tooLarge(why: string): ForgeError {
  return new ForgeError("TOO_LARGE", `Cannot unpack layer: ${why}`, {
    hint: "Publish the module alone, in an image made FROM scratch",
  });
}
