/**
 * A tar by its blocks, every byte of it accounted for: which are the content
 * of files, and which stand around them.
 *
 * What a file means is for the artifact room, which reads the same bytes
 * again; nothing is decided here.
 *
 * @module
 */

/** Bytes of a block (POSIX pax, "ustar Interchange Format"). */
const BLOCK_BYTES = 512;

/** A part of a tar, in its order. */
export type TarPart =
  | {
    /** Headers, padding, what follows the end. */
    readonly kind: "bytes";
    /** The bytes; copied, to be kept. */
    readonly bytes: Uint8Array<ArrayBuffer>;
  }
  | {
    /** The content of a regular file. */
    readonly kind: "file";
    /** Its size in bytes. */
    readonly size: number;
    /** Its content; has to be read whole before the next part. */
    readonly content: AsyncIterable<Uint8Array>;
  };

/** Reads the parts of a tar. Together they are all of its bytes. */
export async function* readTarBlocks(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<TarPart, void, undefined> {
  const input = new BlockReader(chunks);
  for (;;) {
    const header = await input.take(BLOCK_BYTES);
    if (header.byteLength > 0) yield { kind: "bytes", bytes: header };
    if (header.byteLength < BLOCK_BYTES) return;
    const size = sizeIn(header);
    const padding = (BLOCK_BYTES - size % BLOCK_BYTES) % BLOCK_BYTES;
    if (isFile(header)) {
      yield { kind: "file", size, content: input.stream(size) };
      yield { kind: "bytes", bytes: await input.take(padding) };
      continue;
    }
    for await (const chunk of input.stream(size + padding)) {
      yield { kind: "bytes", bytes: chunk.slice() };
    }
  }
}

/** Bytes that are kept up to a limit; beyond it they are only counted. */
export class BytesKept {
  readonly #maxBytes: number;
  #chunks: Uint8Array[] = [];
  #size = 0;

  /** Keeps so many bytes at most. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether there were more than are kept. */
  get isFull(): boolean {
    return this.#size > this.#maxBytes;
  }

  /** Adds bytes. */
  add(chunk: Uint8Array): void {
    this.#size += chunk.byteLength;
    if (!this.isFull) this.#chunks.push(chunk.slice());
  }

  /** A place to return to. */
  mark(): { readonly count: number; readonly size: number } {
    return { count: this.#chunks.length, size: this.#size };
  }

  /** Forgets what was added since. */
  returnTo({ count, size }: ReturnType<BytesKept["mark"]>): void {
    this.#chunks = this.#chunks.slice(0, count);
    this.#size = size;
  }

  /** All of them in one. */
  bytes(): Uint8Array<ArrayBuffer> {
    const joined = new Uint8Array(this.#size);
    let at = 0;
    for (const chunk of this.#chunks) {
      joined.set(chunk, at);
      at += chunk.byteLength;
    }
    return joined;
  }
}

/** Takes chunks of any size and gives them in the sizes that are asked for. */
class BlockReader {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#iterator = chunks[Symbol.asyncIterator]();
  }

  /** So many bytes in one, fewer at the end. */
  async take(count: number): Promise<Uint8Array<ArrayBuffer>> {
    const taken = new Uint8Array(count);
    let at = 0;
    for await (const chunk of this.stream(count)) {
      taken.set(chunk, at);
      at += chunk.byteLength;
    }
    return taken.subarray(0, at);
  }

  /** So many bytes as they come, fewer at the end. */
  async *stream(
    count: number,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    for (let left = count; left > 0;) {
      if (this.#rest.byteLength === 0) {
        const next = await this.#iterator.next();
        if (next.done) return;
        this.#rest = next.value;
      }
      const chunk = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(chunk.byteLength);
      left -= chunk.byteLength;
      yield chunk;
    }
  }
}

/** Type `0`, or none in the oldest tars, or `7`. */
function isFile(header: Uint8Array): boolean {
  const type = header[156] ?? 0;
  return type === 0
    ? !header.every((byte) => byte === 0)
    : type === 0x30 || type === 0x37;
}

/** Octal digits, or base 256 where the first bit is set (GNU). */
function sizeIn(header: Uint8Array): number {
  const field = header.subarray(124, 136);
  if ((field[0] ?? 0) >= 0x80) {
    return field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
  }
  const digits = /[0-7]+/.exec(new TextDecoder().decode(field));
  return digits === null ? 0 : parseInt(digits[0], 8);
}
