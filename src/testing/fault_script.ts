/**
 * The faults that are in place, and which requests meet them.
 *
 * @module
 */

import type { Fault, FaultAction, FaultHandle, FaultMatch } from "./faults.ts";
import type { RecordedRequest } from "./recording.ts";

/** The faults that are in place. */
export class FaultScript {
  readonly #entries = new Set<FaultEntry>();

  /** Puts a fault in place. */
  add(fault: Fault): FaultHandle {
    const entry = new FaultEntry(fault, () => this.#entries.delete(entry));
    this.#entries.add(entry);
    return entry;
  }

  /** Takes all faults away. */
  clear(): void {
    this.#entries.clear();
  }

  /** Counts the request against every fault; gives what happens to it. */
  take(request: RecordedRequest): readonly FaultAction[] {
    return [...this.#entries]
      .filter((entry) => entry.meets(request))
      .map((entry) => entry.action);
  }
}

class FaultEntry implements FaultHandle {
  readonly action: FaultAction;
  readonly remove: () => void;
  readonly #fault: Fault;
  readonly #waiting: { readonly hits: number; readonly done: () => void }[] =
    [];
  #matches = 0;
  #hits = 0;

  constructor(fault: Fault, remove: () => void) {
    this.#fault = fault;
    this.action = fault.action;
    this.remove = remove;
  }

  get hits(): number {
    return this.#hits;
  }

  met = (hits = 1): Promise<void> =>
    new Promise((done) => {
      if (this.#hits >= hits) done();
      else this.#waiting.push({ hits, done });
    });

  meets(request: RecordedRequest): boolean {
    const { match = {}, times = Infinity } = this.#fault;
    if (!agrees(match, request)) return false;
    this.#matches++;
    const { nth } = match;
    if (nth !== undefined && ![nth].flat().includes(this.#matches)) {
      return false;
    }
    if (this.#hits >= times) return false;
    this.#hits++;
    for (const { hits, done } of this.#waiting) if (this.#hits >= hits) done();
    return true;
  }
}

function agrees(match: FaultMatch, request: RecordedRequest): boolean {
  const { method, path, query, when } = match;
  return (method === undefined || [method].flat().includes(request.method)) &&
    // search() is blind to the state that the flags g and y keep.
    (path === undefined || request.path.search(path) >= 0) &&
    (query === undefined || request.query.search(query) >= 0) &&
    (when === undefined || when(request));
}
