/**
 * Time and chance for SQLite in WASM.
 *
 * @module
 */

import { sleep } from "./file_lock.ts";
import { type Pointer, SQLITE, type SqliteLibrary } from "./wasm_library.ts";

/** SQLite's way to say a time: days since the beginning of its calendar, in milliseconds. */
const JULIAN_EPOCH_MS = 210_866_760_000_000n;

/** The methods of a disk by which SQLite asks for them. */
export function clockMethods(
  wasm: SqliteLibrary["wasm"],
): Readonly<Record<string, unknown>> {
  return {
    xRandomness: (_: Pointer, bytes: number, out: Pointer) => {
      crypto.getRandomValues(
        wasm.heap8u().subarray(out, out + bytes) as Uint8Array<ArrayBuffer>,
      );
      return bytes;
    },
    xSleep: (_: Pointer, microseconds: number) => {
      sleep(Math.ceil(microseconds / 1000));
      return microseconds;
    },
    xCurrentTime: (_: Pointer, out: Pointer) => {
      wasm.poke(out, 2440587.5 + Date.now() / 86_400_000, "double");
      return SQLITE.OK;
    },
    xCurrentTimeInt64: (_: Pointer, out: Pointer) => {
      wasm.poke(out, BigInt(Date.now()) + JULIAN_EPOCH_MS, "i64");
      return SQLITE.OK;
    },
  };
}
