/** Seeded randomness, so that every failure can be run again. */

/** A stream of random numbers. */
export interface Random {
  /** A whole number from 0 to `below - 1`. */
  int(below: number): number;
  /** One of the items. */
  pick<T>(items: readonly T[]): T;
}

/** A stream that depends on the seed alone (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const int = (below: number): number => Math.floor(next() * below);
  return { int, pick: (items) => items[int(items.length)]! };
}
