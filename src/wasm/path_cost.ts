/**
 * How much a stretch of a function can cost at most.
 *
 * A function and each of its loops is a region: a piece of code that, once
 * entered at its top, runs on without repeating itself until it is left or
 * starts again at its top. What it costs is the longest way through it, not
 * the sum of all ways: of the arms of an `if` or of a `br_table` only one is
 * taken. Loops inside of a region are regions of their own and pay for
 * themselves.
 *
 * One walk over the instructions finds the longest way of every region, as
 * structured control flow jumps forwards only, except to the top of loops.
 *
 * The first {@linkcode PREPAID_UNITS} of a function are paid for by those who
 * call it. So it need not pay where it begins, but only on ways that cost more:
 * the walk finds a place that all of those pass. Small functions have none, and
 * in a recursive one it lies behind the test that ends the recursion. There
 * they are as fast as if nobody counted.
 *
 * @module
 */

import { PaymentPlace } from "./payment_place.ts";

/**
 * What a call pays for in advance, in units of fuel: enough for functions that
 * read, compare or compute a little and return.
 */
export const PREPAID_UNITS = 16;

/** A block that is open: where its label leads, and how costly the ways to it are. */
interface Frame {
  readonly kind: "plain" | "if" | "else" | "loop" | "try";
  /** Place of its region among the regions. */
  readonly region: number;
  /** Cost within the region when the block was entered. */
  readonly costAtEntry: number;
  /** The longest of the ways that jump to the end of the block. */
  costOfJumps: number;
  /** The same two, for ways that do not pass the place of payment. */
  readonly unpaidAtEntry: number;
  unpaidOfJumps: number;
  /** Where the instruction is that opened the block. */
  readonly offset: number;
  /** Labels of the handlers of a `try_table`, counted from outside of it. */
  readonly handlers: readonly number[];
}

const NO_HANDLERS: readonly number[] = [];

/** Code that no way leads to. */
const UNREACHABLE = -1;

/** Follows the blocks of one function after the other. */
export class PathCost {
  /** The longest way of every region so far; the function itself is the first. */
  readonly regions: number[] = [];
  readonly #frames: Frame[] = [];
  /** Places in `#frames` of the loops that are open. */
  readonly #loops: number[] = [];
  #region = 0;
  #cost = 0;
  readonly #payment = new PaymentPlace();
  #offset = 0;
  /** The cost of the longest way to here that does not pass the place of payment. */
  #unpaid = 0;
  #longestUnpaid = 0;

  /** Starts at the top of a function; what was known of another is forgotten. */
  start(): void {
    this.#payment.start();
    this.#unpaid = 0;
    this.#longestUnpaid = 0;
    this.regions.length = 0;
    this.regions.push(0);
    this.#frames.length = 0;
    this.#loops.length = 0;
    this.#region = 0;
    this.#cost = 0;
    this.#push("plain", NO_HANDLERS);
  }

  /** Whether the last block has been closed. */
  get done(): boolean {
    return this.#frames.length === 0;
  }

  /** How many blocks are open. */
  get depth(): number {
    return this.#frames.length;
  }

  /**
   * The offset of the instruction in front of which a function must pay for
   * what its longest way costs beyond {@linkcode PREPAID_UNITS}; `undefined`
   * when no way costs more.
   */
  get placeOfPayment(): number | undefined {
    return this.#payment.offset;
  }

  /** The instruction at this offset is next. */
  at(offset: number): void {
    this.#offset = offset;
  }

  /** An instruction that costs so much. */
  spend(cost: number): void {
    if (this.#cost === UNREACHABLE) return;
    this.#cost += cost;
    if (this.#unpaid === UNREACHABLE || this.#region !== 0) return;
    this.#unpaid += cost;
    if (this.#unpaid <= PREPAID_UNITS) return;
    this.#payment.due(
      this.#offset,
      () => this.#frames.map(({ offset }) => offset),
    );
    this.#unpaid = UNREACHABLE;
  }

  /** `block`. */
  block(): void {
    this.#push("plain", NO_HANDLERS);
  }

  /** `loop`: a new region starts. */
  loop(): void {
    this.#settle();
    this.#loops.push(this.#frames.length);
    this.#push("loop", NO_HANDLERS);
    this.#region = this.regions.push(0) - 1;
    if (this.#cost !== UNREACHABLE) this.#cost = 0;
  }

  /** `if`. */
  if(): void {
    this.#push("if", NO_HANDLERS);
  }

  /** `else`; `false` when it has no `if`. */
  else(): boolean {
    const frame = this.#frames.pop();
    if (frame?.kind !== "if") return false;
    this.#settle();
    this.#frames.push({
      ...frame,
      kind: "else",
      costOfJumps: Math.max(frame.costOfJumps, this.#cost),
      unpaidOfJumps: Math.max(frame.unpaidOfJumps, this.#unpaid),
    });
    this.#payment.closed(this.#frames.length - 1);
    this.#cost = frame.costAtEntry;
    this.#unpaid = frame.unpaidAtEntry;
    return true;
  }

  /** `try`, or `try_table` with the labels of its handlers. */
  try(handlers: readonly number[] = NO_HANDLERS): void {
    this.#push("try", handlers);
  }

  /** `catch` or `catch_all`: reached from anywhere in the `try`. */
  catch(): boolean {
    const frame = this.#frames.at(-1);
    if (frame?.kind !== "try") return false;
    this.#settle();
    frame.costOfJumps = Math.max(frame.costOfJumps, this.#cost);
    frame.unpaidOfJumps = Math.max(frame.unpaidOfJumps, this.#unpaid);
    this.#payment.closed(this.#frames.length - 1);
    this.#cost = this.#longest();
    this.#unpaid = this.#longestUnpaid;
    return true;
  }

  /** `end` or `delegate`. */
  end(): void {
    this.#settle();
    const frame = this.#frames.pop();
    if (frame === undefined) return;
    this.#payment.closed(this.#frames.length);
    if (frame.kind === "loop") {
      this.#loops.pop();
      this.#region = frame.region;
      if (this.#cost === UNREACHABLE) return;
      this.#cost = frame.costAtEntry;
      this.#unpaid = frame.unpaidAtEntry;
      return;
    }
    for (const label of frame.handlers) {
      this.#jump(label, this.#longest(), this.#longestUnpaid);
    }
    const isSkippable = frame.kind === "if";
    const skipped = isSkippable ? frame.costAtEntry : UNREACHABLE;
    const unpaid = isSkippable ? frame.unpaidAtEntry : UNREACHABLE;
    this.#cost = Math.max(this.#cost, frame.costOfJumps, skipped);
    this.#unpaid = Math.max(this.#unpaid, frame.unpaidOfJumps, unpaid);
  }

  /** A jump that may be taken; `false` when there is no such label. */
  jump(label: number): boolean {
    return this.#jump(label, this.#cost, this.#unpaid);
  }

  /** What comes next is reached by jumps only. */
  stop(): void {
    this.#settle();
    this.#cost = UNREACHABLE;
    this.#unpaid = UNREACHABLE;
  }

  #push(kind: Frame["kind"], handlers: readonly number[]): void {
    this.#frames.push({
      kind,
      region: this.#region,
      costAtEntry: this.#cost,
      costOfJumps: UNREACHABLE,
      unpaidAtEntry: this.#unpaid,
      unpaidOfJumps: UNREACHABLE,
      offset: this.#offset,
      handlers,
    });
  }

  #jump(label: number, cost: number, unpaid: number): boolean {
    const place = this.#frames.length - 1 - label;
    const frame = this.#frames[place];
    if (frame === undefined) return false;
    this.#settle();
    if (frame.kind === "loop" || cost === UNREACHABLE) return true;
    const left = frame.region === this.#region
      ? undefined
      : this.#loopIn(place);
    frame.costOfJumps = Math.max(frame.costOfJumps, left?.costAtEntry ?? cost);
    frame.unpaidOfJumps = Math.max(
      frame.unpaidOfJumps,
      left?.unpaidAtEntry ?? unpaid,
    );
    return true;
  }

  /** The outermost loop in a block, through which a jump to its end leaves: what it cost to get there. */
  #loopIn(place: number): Frame | undefined {
    let low = 0;
    let high = this.#loops.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#loops[middle] ?? 0) > place) high = middle;
      else low = middle + 1;
    }
    return this.#frames[this.#loops[low] ?? 0];
  }

  #longest(): number {
    return this.regions[this.#region] ?? 0;
  }

  /** Notes how long the current way has become. */
  #settle(): void {
    if (this.#cost > this.#longest()) this.regions[this.#region] = this.#cost;
    if (this.#unpaid > this.#longestUnpaid) this.#longestUnpaid = this.#unpaid;
  }
}
