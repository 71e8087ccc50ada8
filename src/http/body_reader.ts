/**
 * Reading long bodies in large pieces, where the runtime can do that.
 *
 * @module
 */

/** Bytes asked for at once: fewer, larger pieces cost less. */
const PIECE_BYTES = 512 * 1024;
/** A body that is no longer comes in a few pieces anyway. */
const LONG_BYTES = 256 * 1024;

/** Bytes asked for where no more are promised: for the end, or a length that was a lie. */
const LEAST_BYTES = 1024;

/** What gives the pieces of a body. */
export interface BodyReader {
  /** The next piece; `undefined` after the last. */
  readonly read: () => Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Ends it. */
  readonly cancel: (reason?: unknown) => Promise<void>;
}

/** Options of {@linkcode readerOf}. */
export interface ReaderOptions {
  /** Whether a piece may be taken away when the next is asked for. */
  readonly reuse: boolean;
}

/**
 * Makes a reader of the body of an answer.
 *
 * A long body that is a byte stream is read into one buffer of our own, again
 * and again (Streams Standard, section 4.5), if the consumer agrees.
 *
 * @param response What has a body that nobody else reads.
 * @param body That body.
 * @param options What the consumer agrees to.
 */
export function readerOf(
  { headers }: Response,
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  { reuse }: ReaderOptions,
): BodyReader {
  // A body of unknown length comes as the runtime likes.
  const length = Number(headers.get("content-length") ?? NaN);
  if (reuse && length > LONG_BYTES) {
    return intoOwnBuffer(body) ?? asItComes(body);
  }
  return length <= LONG_BYTES
    ? intoSmallBuffers(body, length) ?? asItComes(body)
    : asItComes(body);
}

function asItComes(body: ReadableStream<Uint8Array<ArrayBuffer>>): BodyReader {
  const reader = body.getReader();
  return {
    read: async () => (await reader.read()).value,
    cancel: (reason) => reader.cancel(reason),
  };
}

function intoOwnBuffer(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): BodyReader | undefined {
  const reader = byteReaderOf(body);
  if (reader === undefined) return undefined;
  let buffer = new ArrayBuffer(PIECE_BYTES);
  return {
    async read() {
      const { done, value } = await reader.read(new Uint8Array(buffer));
      if (done || value === undefined) return undefined;
      // The stream gives the same memory back under another name.
      buffer = value.buffer;
      return value;
    },
    cancel: (reason) => reader.cancel(reason),
  };
}

/** The runtime would take 64 KiB for each piece, however little is in it. */
function intoSmallBuffers(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  length: number,
): BodyReader | undefined {
  const reader = byteReaderOf(body);
  if (reader === undefined) return undefined;
  let left = length;
  return {
    async read() {
      const room = new Uint8Array(Math.max(left, LEAST_BYTES));
      const { done, value } = await reader.read(room);
      if (done || value === undefined) return undefined;
      left -= value.byteLength;
      return value;
    },
    cancel: (reason) => reader.cancel(reason),
  };
}

function byteReaderOf(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): ReadableStreamBYOBReader | undefined {
  try {
    return body.getReader({ mode: "byob" });
  } catch (error) {
    // Not a byte stream: somebody in between has made it.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
