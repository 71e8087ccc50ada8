/**
 * Where in a function its payment goes.
 *
 * @module
 */

/**
 * Finds a place that every way passes before it comes to where payment is due.
 *
 * Places are remembered in each block that is open when payment first becomes
 * due: in front of the instruction that is under way there. What comes later in
 * the same block, and in blocks inside of it, is reached through that place
 * only. Once the block has been closed it may be reached in other ways, too, so
 * that the place in the block around it is the next that serves.
 */
export class PaymentPlace {
  readonly #places: number[] = [];
  /** How many of the places lie in blocks that are still open. */
  #open = 0;
  /** How many of them are in front of, or around, all that has become due. */
  #serving = 0;

  /** Starts with a function. */
  start(): void {
    this.#places.length = 0;
    this.#open = 0;
    this.#serving = 0;
  }

  /** The offset to pay in front of; `undefined` when nothing became due. */
  get offset(): number | undefined {
    return this.#places[this.#serving - 1];
  }

  /**
   * Payment is due.
   *
   * @param offset Where the instruction is that makes it due.
   * @param blocks Offsets of the instructions that opened the open blocks, the
   * function first.
   */
  due(offset: number, blocks: () => readonly number[]): void {
    if (this.#serving > 0) {
      this.#serving = Math.min(this.#serving, this.#open);
      return;
    }
    for (const opening of blocks().slice(1)) this.#places.push(opening);
    this.#places.push(offset);
    this.#open = this.#places.length;
    this.#serving = this.#open;
  }

  /** A block, or an arm of one, was closed: so many around it are open. */
  closed(depth: number): void {
    if (depth < this.#open) this.#open = depth;
  }
}
