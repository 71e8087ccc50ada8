/**
 * A program that says that it has begun, and computes for as long as it is let.
 *
 * @module
 */

import { forgeRon } from "../cli/workspace.ts";
import { assemble } from "../wasm/assemble.ts";

/** What it prints. */
export const BEGUN = "[spin] begun";

/** The files of a project with it, by name: `forge.ron` lets it be for an hour. */
export async function spinningProject(): Promise<
  Readonly<Record<"forge.ron" | "spin.wasm", Uint8Array>>
> {
  const wasm = await assemble(
    "spin",
    `(module
      (import "wasi_snapshot_preview1" "fd_write"
        (func $write (param i32 i32 i32 i32) (result i32)))
      (memory (export "memory") 1)
      (data (i32.const 8) "\\10\\00\\00\\00\\06\\00\\00\\00begun\\n")
      (func (export "_start")
        (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 0)))
        (loop $forever (br $forever))))`,
  );
  const limits = "fuel: Some(9000000000000000), timeout_ms: Some(3600000)";
  const local = `(name: "spin", path: "spin.wasm", limits: Some((${limits})))`;
  return {
    "forge.ron": new TextEncoder().encode(forgeRon({ local })),
    "spin.wasm": wasm,
  };
}
