/** A memory as a guest has one, whose allocator is a bump of a pointer. */

import { GuestMemory } from "./mod.ts";

/** A memory and what was allocated in it. */
export interface BumpMemory {
  /** The memory as the host sees it. */
  readonly guest: GuestMemory;
  /** The memory itself. */
  readonly memory: WebAssembly.Memory;
  /** Takes a place of so many bytes. */
  readonly take: (size: number, align: number) => number;
}

/**
 * Makes a memory whose allocator never frees.
 *
 * @param growEach Grow by a page at each allocation, so that a view that is
 * kept too long is noticed.
 */
export function bumpMemory({ growEach = false } = {}): BumpMemory {
  const memory = new WebAssembly.Memory({ initial: 1 });
  let next = 64;
  const take = (size: number, align: number): number => {
    const start = Math.ceil(next / align) * align;
    next = start + size;
    const missing = next - memory.buffer.byteLength;
    if (growEach || missing > 0) {
      memory.grow(1 + Math.max(0, Math.ceil(missing / 65_536)));
    }
    return start;
  };
  const guest = new GuestMemory({
    memory,
    realloc: (_pointer, _size, align, newSize) => take(newSize, align),
  });
  return { guest, memory, take };
}
