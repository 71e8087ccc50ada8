/**
 * How a module lies in a layer that is more than the module: compressed, or a
 * tar. What is around it is kept with the signature, so that the layer can be
 * put together again and hashed without being stored.
 *
 * @module
 */

import { unpackContent } from "../artifact/mod.ts";
import { ForgeError } from "../errors.ts";
import { Digester, digestHex } from "../oci/mod.ts";
import { BytesKept, readTarBlocks } from "./tar_blocks.ts";

/** Bytes around a module that are kept: an image made FROM scratch has 2 to 12 KB. */
const MAX_AROUND_BYTES = 512 * 1024;

/** What is around a module, unpacked, and what all of it hashes to. */
export interface Surroundings {
  /** The bytes before the module. */
  readonly before: Uint8Array<ArrayBuffer>;
  /** The bytes after it. */
  readonly after: Uint8Array<ArrayBuffer>;
  /** SHA-256 of everything together, the digest of the layer as a config has it. */
  readonly unpackedSha256: string;
}

/** The module that is looked for. */
export interface WantedModule {
  /** SHA-256 of it, 64 hex digits. */
  readonly sha256: string;
  /** Its size in bytes. */
  readonly size: number;
}

/**
 * Finds a module in a layer again, and gives what is around it.
 *
 * @param source The bytes of the layer, verified.
 * @param wanted The module that was found in it.
 * @throws {ForgeError} `SIGNATURE_UNSUPPORTED` when there is too much around it.
 */
export async function surroundingsOf(
  source: AsyncIterable<Uint8Array>,
  wanted: WantedModule,
): Promise<Surroundings> {
  const { kind, chunks } = await unpackContent(source);
  const digester = new Digester();
  const hashed = async function* () {
    for await (const chunk of chunks) {
      digester.update(chunk);
      yield chunk;
    }
  };
  const around = kind === "tar"
    ? await aroundInTar(hashed(), wanted)
    : await nothingAround(hashed());
  return { ...around, unpackedSha256: digestHex(digester.digest()) };
}

async function nothingAround(chunks: AsyncIterable<Uint8Array>) {
  for await (const _ of chunks) {
    // Read to the end, to be hashed.
  }
  return { before: new Uint8Array(), after: new Uint8Array() };
}

/** Everything but the content of the file that is the module. */
async function aroundInTar(
  chunks: AsyncIterable<Uint8Array>,
  { sha256, size }: WantedModule,
) {
  const before = new BytesKept(MAX_AROUND_BYTES);
  const after = new BytesKept(MAX_AROUND_BYTES);
  let isFound = false;
  for await (const part of readTarBlocks(chunks)) {
    const kept = isFound ? after : before;
    if (part.kind === "bytes") {
      kept.add(part.bytes);
    } else if (isFound || part.size !== size) {
      for await (const chunk of part.content) kept.add(chunk);
    } else {
      isFound = await isModule(part.content, { sha256, kept });
    }
  }
  if (!isFound || before.isFull || after.isFull) throw tooMuchAround();
  return { before: before.bytes(), after: after.bytes() };
}

/** A file of the right size that is another one is something around it. */
async function isModule(
  content: AsyncIterable<Uint8Array>,
  { sha256, kept }: { readonly sha256: string; readonly kept: BytesKept },
): Promise<boolean> {
  const digester = new Digester();
  const mark = kept.mark();
  for await (const chunk of content) {
    digester.update(chunk);
    kept.add(chunk);
  }
  const isSame = digestHex(digester.digest()) === sha256;
  if (isSame) kept.returnTo(mark);
  return isSame;
}

function tooMuchAround(): ForgeError {
  return new ForgeError(
    "SIGNATURE_UNSUPPORTED",
    "Cannot keep the signature: the layer holds too much beside the module for it to be verified from the cache",
    { hint: "Publish the module itself, with forge publish, and sign that" },
  );
}
