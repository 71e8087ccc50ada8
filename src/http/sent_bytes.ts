/**
 * The fetch that tells how much of a body is on its way.
 *
 * @module
 */

import type { Fetch } from "./fetch.ts";

/** Small enough for a bar that moves, large enough not to cost anything. */
const PIECE_BYTES = 64 * 1024;

/**
 * Hands the body of a request that wants to know (`onSent`) to the network
 * piece by piece, and counts. All other requests pass as they are.
 *
 * Such a body is sent without saying its length beforehand. This is the
 * innermost decorator: what is around it keeps the bytes, to send them again.
 *
 * @param fetch What to send requests with.
 */
export function withSentBytes(fetch: Fetch): Fetch {
  return (input, init = {}) => {
    const { onSent, body, ...rest } = init;
    if (onSent === undefined || !(body instanceof Uint8Array)) {
      return fetch(input, init);
    }
    // Half of a duplex: there is an answer when all is sent (Fetch standard).
    const streamed = { ...rest, body: inPieces(body, onSent), duplex: "half" };
    return fetch(input, streamed);
  };
}

function inPieces(
  bytes: Uint8Array,
  onSent: (sentBytes: number) => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      // Whoever asks for more has got rid of what it had.
      onSent(at);
      if (at === bytes.byteLength) return controller.close();
      const piece = bytes.subarray(at, at + PIECE_BYTES);
      at += piece.byteLength;
      // A copy: who sends a piece may take its memory.
      controller.enqueue(piece.slice());
    },
  }, { highWaterMark: 0 });
}
