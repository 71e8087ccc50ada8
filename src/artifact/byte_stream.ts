/**
 * Streams of bytes, a chunk at a time.
 *
 * @module
 */

/** Content whose beginning has been looked at. */
export interface Peeked {
  /** The first bytes: as many as were asked for, fewer if there are no more. */
  readonly head: Uint8Array;
  /** All of the content, its head included. Iterate it once. */
  readonly chunks: AsyncGenerator<Uint8Array, void, undefined>;
}

/** Looks at the first bytes of content without taking them from whoever reads it next. */
export async function peek(
  source: AsyncIterable<Uint8Array>,
  length: number,
): Promise<Peeked> {
  const iterator = source[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let size = 0;
  while (size < length) {
    const next = await iterator.next();
    if (next.done) break;
    held.push(next.value);
    size += next.value.byteLength;
  }
  return {
    head: join(held, Math.min(size, length)),
    chunks: replay(held, iterator),
  };
}

async function* replay(
  held: readonly Uint8Array[],
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* held;
    for (;;) {
      const next = await iterator.next();
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    const part = chunk.subarray(0, length - offset);
    joined.set(part, offset);
    offset += part.byteLength;
  }
  return joined;
}

/** Passes chunks on and lets `check` see each of them first, to count or to refuse. */
export async function* checked(
  source: AsyncIterable<Uint8Array>,
  check: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of source) {
    check(chunk);
    yield chunk;
  }
}

/** Reads content to its end and forgets it. */
export async function drain(source: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of source) void chunk;
}

/** A source that remembers whether it was the one that failed. */
export class Watched implements AsyncIterable<Uint8Array> {
  /** What the source threw, once it has. */
  failure: { readonly error: unknown } | undefined;
  readonly #source: AsyncIterable<Uint8Array>;

  /** Watches a source; iterate the result instead. */
  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source;
  }

  /** The content of the source. */
  async *[Symbol.asyncIterator](): AsyncGenerator<
    Uint8Array,
    void,
    undefined
  > {
    try {
      yield* this.#source;
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }
}
