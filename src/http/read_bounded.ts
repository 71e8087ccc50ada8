/**
 * Reading bodies that may be longer than they should.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { redactUrl } from "./redact.ts";

/** Bytes of an error body that are worth reading; OCI errors are short. */
export const MAX_ERROR_BYTES: number = 16 * 1024;
/** Bytes of a token answer; cloud registries issue tokens of several KiB. */
export const MAX_TOKEN_BYTES: number = 256 * 1024;

/** Options of {@linkcode readBounded}. */
export interface ReadBoundedOptions {
  /** Keeps the first bytes of a body that is too long instead of failing. */
  readonly truncate?: boolean;
}

/**
 * Reads a whole body into memory, up to a limit.
 *
 * @param response Whose body to read; it is cancelled when the limit is met.
 * @param maxBytes The most bytes to accept.
 * @param options What to do with more.
 * @returns The bytes.
 * @throws {ForgeError} `TOO_LARGE`.
 */
export async function readBounded(
  response: Response,
  maxBytes: number,
  options: ReadBoundedOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  if (response.body === null) return new Uint8Array();
  const reader = response.body.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return join(chunks, size);
    const room = maxBytes - size;
    chunks.push(value.byteLength > room ? value.subarray(0, room) : value);
    size += value.byteLength;
    if (size <= maxBytes) continue;
    reader.cancel().catch(ignore);
    if (options.truncate === true) return join(chunks, maxBytes);
    throw tooLarge(response, maxBytes);
  }
}

/** Lets go of a body that nobody will read, so that its connection is freed. */
export function discardBody(response: Response): void {
  response.body?.cancel().catch(ignore);
}

/** A body that is thrown away may fail as it likes. */
function ignore(): void {}

function join(
  chunks: readonly Uint8Array<ArrayBuffer>[],
  size: number,
): Uint8Array<ArrayBuffer> {
  const [first] = chunks;
  if (chunks.length === 1 && first !== undefined) return first;
  const joined = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    joined.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return joined;
}

/** The error for a body that is longer than its kind may be. */
export function tooLarge(response: Response, maxBytes: number): ForgeError {
  return new ForgeError(
    "TOO_LARGE",
    `Cannot read ${
      redactUrl(response.url)
    }: more than the ${maxBytes} bytes that its kind may have`,
    { hint: "Check that the registry is the one you mean" },
  );
}
