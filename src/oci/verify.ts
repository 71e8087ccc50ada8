/**
 * Verification of content against its descriptor.
 *
 * Nothing here can reach a network or a disk: it takes bytes and passes them
 * on only when they are the ones that were promised.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import {
  type Digest,
  digestAlgorithm,
  digestBytes,
  Digester,
} from "./digest.ts";

/** The part of a descriptor that verification needs. */
export interface Expected {
  /** What the content must hash to. */
  readonly digest: Digest;
  /** How many bytes it must have. */
  readonly size: number;
}

/**
 * Checks bytes in memory.
 *
 * @param bytes The content.
 * @param expected Its digest and size.
 * @throws {ForgeError} `SIZE_MISMATCH` or `DIGEST_MISMATCH`
 * (image-spec, descriptor.md, "Verification").
 *
 * @example
 * ```ts
 * import { digestBytes, verifyBytes } from "@forgepoint/forge/oci";
 *
 * const bytes = new TextEncoder().encode("{}");
 * await verifyBytes(bytes, { digest: await digestBytes(bytes), size: 2 });
 * ```
 */
export async function verifyBytes(
  bytes: Uint8Array<ArrayBuffer>,
  expected: Expected,
): Promise<void> {
  const size = bytes.byteLength;
  checkSize(size, expected);
  const algorithm = digestAlgorithm(expected.digest);
  checkContent({ digest: await digestBytes(bytes, algorithm), size }, expected);
}

/**
 * Checks what content was measured to be, for those who hash it as they write.
 *
 * @param actual Its digest and size.
 * @param expected What they must be.
 * @throws {ForgeError} `SIZE_MISMATCH` or `DIGEST_MISMATCH`.
 *
 * @example
 * ```ts
 * import { checkContent, Digester } from "@forgepoint/forge/oci";
 *
 * const digester = new Digester();
 * digester.update(new TextEncoder().encode("{}"));
 * const expected = { digest: digester.digest(), size: 2 };
 * checkContent({ ...expected }, expected); // throws if they differ
 * ```
 */
export function checkContent(actual: Expected, expected: Expected): void {
  checkSize(actual.size, expected);
  checkDigest(actual.digest, expected);
}

/**
 * Checks content that streams by, for a consumer that must not believe it yet.
 *
 * The chunks pass through at once so that memory stays flat; whoever writes
 * them writes to a temporary place and gives it a name only after the
 * iteration has ended without an error.
 *
 * @param chunks The content as it arrives.
 * @param expected Its digest and size; more bytes than that end the iteration.
 * @throws {ForgeError} `SIZE_MISMATCH` or `DIGEST_MISMATCH`.
 *
 * @example
 * ```ts
 * import { digestBytes, verifyStream } from "@forgepoint/forge/oci";
 *
 * const bytes = new TextEncoder().encode("{}");
 * async function* source() {
 *   yield bytes;
 * }
 * const expected = { digest: await digestBytes(bytes), size: 2 };
 * for await (const chunk of verifyStream(source(), expected)) chunk.byteLength;
 * ```
 */
export async function* verifyStream(
  chunks: AsyncIterable<Uint8Array<ArrayBuffer>>,
  expected: Expected,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const digester = new Digester(digestAlgorithm(expected.digest));
  for await (const chunk of chunks) {
    digester.update(chunk);
    if (digester.size > expected.size) checkSize(digester.size, expected);
    yield chunk;
  }
  const { size } = digester;
  checkContent({ digest: digester.digest(), size }, expected);
}

function checkSize(size: number, expected: Expected): void {
  if (size === expected.size) return;
  const actual = size > expected.size ? `${size} or more` : `${size}`;
  throw new ForgeError(
    "SIZE_MISMATCH",
    `Cannot accept ${expected.digest}: expected ${expected.size} bytes, received ${actual}`,
    { hint: "The transfer was cut or altered: try again, or check the proxy" },
  );
}

function checkDigest(digest: Digest, expected: Expected): void {
  if (digest === expected.digest) return;
  throw new ForgeError(
    "DIGEST_MISMATCH",
    `Cannot accept ${expected.digest}: the bytes received hash to ${digest}`,
    {
      hint:
        "The registry, or something between, served other bytes than were asked for: do not use them",
    },
  );
}
