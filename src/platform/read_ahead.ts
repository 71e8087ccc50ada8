/**
 * Reading the next piece while the caller works on this one.
 *
 * @module
 */

/**
 * Yields pieces until an empty one, always one read ahead.
 *
 * @param read Reads piece number `turn`, counted from 0; called in order.
 */
export async function* readAhead(
  read: (turn: number) => Promise<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const start = (turn: number) => {
    const piece = read(turn);
    // A failure is for whoever asks for the piece; until then it waits.
    piece.catch(() => {});
    return piece;
  };
  let next = start(0);
  try {
    for (let turn = 1;; turn++) {
      const piece = await next;
      if (piece.byteLength === 0) return;
      next = start(turn);
      yield piece;
    }
  } finally {
    // Nobody may close what is still being read.
    await next.catch(() => {});
  }
}
