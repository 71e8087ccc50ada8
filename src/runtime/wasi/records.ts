/**
 * Records of WASI preview 1 as they lie in memory.
 *
 * @module
 */

import type { EntryKind, EntryStat } from "../../platform/types.ts";
import { Errno, WasiFailure } from "./errno.ts";
import type { WasiMemory } from "./memory.ts";

/** Kinds of entries and descriptors. */
export const FileType = {
  UNKNOWN: 0,
  CHARACTER_DEVICE: 2,
  DIRECTORY: 3,
  REGULAR_FILE: 4,
  SYMBOLIC_LINK: 7,
} as const;

/** Everything that can be allowed; programs look whether they may before they ask. */
export const ALL_RIGHTS = 0x1fff_ffffn;
/** Reading from a descriptor. */
export const RIGHT_READ = 1n << 1n;
/** Writing to a descriptor. */
export const RIGHT_WRITE = 1n << 6n;
/** All that changes a file. */
export const WRITING_RIGHTS = RIGHT_WRITE | (1n << 8n) | (1n << 22n);

/** Nanoseconds in a millisecond. */
export const NS_PER_MS = 1_000_000n;

/** The number for a kind of entry. */
export function fileTypeOf(kind: EntryKind): number {
  switch (kind) {
    case "file":
      return FileType.REGULAR_FILE;
    case "directory":
      return FileType.DIRECTORY;
    case "link":
      return FileType.SYMBOLIC_LINK;
    case "other":
      return FileType.UNKNOWN;
  }
}

/** Writes a `filestat`. */
export function writeFileStat(
  memory: WasiMemory,
  pointer: number,
  stat: EntryStat,
): void {
  const view = memory.view(pointer, 64);
  const time = (offset: number, milliseconds: number) =>
    view.setBigUint64(offset, nanoseconds(milliseconds), true);
  view.setBigUint64(0, 0n, true);
  view.setBigUint64(8, BigInt(Math.trunc(stat.id)), true);
  view.setBigUint64(16, BigInt(fileTypeOf(stat.kind)), true);
  view.setBigUint64(24, 1n, true);
  view.setBigUint64(32, BigInt(stat.size), true);
  time(40, stat.accessedMs);
  time(48, stat.modifiedMs);
  time(56, stat.changedMs);
}

/** Writes an `fdstat`. */
export function writeFdStat(
  memory: WasiMemory,
  pointer: number,
  stat: {
    readonly type: number;
    readonly flags: number;
    readonly rights: bigint;
  },
): void {
  const view = memory.view(pointer, 24);
  view.setBigUint64(0, BigInt(stat.type | (stat.flags << 16)), true);
  view.setBigUint64(8, stat.rights, true);
  view.setBigUint64(
    16,
    stat.type === FileType.DIRECTORY ? ALL_RIGHTS : 0n,
    true,
  );
}

/** Milliseconds as WASI says times. */
export function nanoseconds(milliseconds: number): bigint {
  return BigInt(Math.max(0, Math.round(milliseconds * 1000))) * 1000n;
}

/** New times of an entry, out of the arguments of a call. */
export function newTimes(
  stat: EntryStat,
  wanted: {
    readonly accessed: bigint;
    readonly modified: bigint;
    readonly flags: number;
  },
  now: number,
): { readonly accessedMs: number; readonly modifiedMs: number } {
  const { accessed, modified, flags } = wanted;
  if ((flags & 3) === 3 || (flags & 12) === 12 || flags > 15) {
    throw new WasiFailure(Errno.INVAL);
  }
  const pick = (set: number, old: number, value: bigint) =>
    (flags & set) !== 0
      ? Number(BigInt.asUintN(64, value)) / Number(NS_PER_MS)
      : (flags & (set << 1)) !== 0
      ? now
      : old;
  return {
    accessedMs: pick(1, stat.accessedMs, accessed),
    modifiedMs: pick(4, stat.modifiedMs, modified),
  };
}
