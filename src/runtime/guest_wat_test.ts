/** Extensions of the Forge world, written in a few lines of WAT. */

import { assemble } from "../../tests/wasm/assemble.ts";

/** What differs from an extension that does nothing. */
export interface GuestWat {
  /** Body of `resolve-field`: from the pointer `$request` to a pointer; see `$answer`. */
  readonly resolve?: string;
  /** Body of `init`: gives a pointer; 0 points at success. */
  readonly init?: string;
  /** Body of `get-info`; 64 points at what is right. */
  readonly info?: string;
  /** Body of `get-schema`; 96 points at what is right. */
  readonly schema?: string;
  /** Body of `shutdown`. */
  readonly shutdown?: string;
  /** Body of `cabi_realloc`, from `$align` and `$size`. */
  readonly realloc?: string;
  /** Body of what frees the result of `resolve-field`. */
  readonly post?: string;
  /** Further definitions. */
  readonly more?: string;
  /** Further imports. */
  readonly imports?: string;
  /** The memory. */
  readonly memory?: string;
  /** Changes the finished text. */
  readonly edit?: (text: string) => string;
}

const API = "forge:extension/extension-api@0.2.0#";

const BUMP = `
  (global.set $next (i32.and
    (i32.add (global.get $next) (i32.sub (local.get $align) (i32.const 1)))
    (i32.sub (i32.const 0) (local.get $align))))
  (global.get $next)
  (global.set $next (i32.add (global.get $next) (local.get $size)))`;

/**
 * Assembles an extension. At 1024 there is the text "hello"; `$answer` takes a
 * case (0 is success), a pointer and a length.
 */
export async function guestWat(
  {
    resolve = "(call $answer (i32.const 0) (i32.const 1024) (i32.const 5))",
    init = "(i32.const 0)",
    info = "(i32.const 64)",
    schema = "(i32.const 96)",
    shutdown = "",
    realloc = BUMP,
    post = "(global.set $next (i32.const 4096))",
    more = "",
    imports = "",
    memory = `(memory (export "memory") 1)`,
    edit = (text) => text,
  }: GuestWat,
): Promise<Uint8Array<ArrayBuffer>> {
  return await assemble(
    "guest.wat",
    edit(`(module
  (import "forge:extension/host-log@0.2.0" "log"
    (func $log (param i32 i32 i32)))
  (import "forge:extension/host-database@0.2.0" "query"
    (func $query (param i32 i32 i32 i32 i32)))
  (import "forge:extension/host-database@0.2.0" "execute"
    (func $execute (param i32 i32 i32 i32 i32)))
  (import "forge:extension/host-database@0.2.0" "migrate"
    (func $migrate (param i32 i32 i32)))
  ${imports}
  ${memory}
  (global $next (mut i32) (i32.const 4096))
  (data (i32.const 64) "\\00\\04\\00\\00\\05\\00\\00\\00\\00\\04\\00\\00\\05\\00\\00\\00")
  (data (i32.const 96) "\\00\\04\\00\\00\\05\\00\\00\\00")
  (data (i32.const 1024) "hello")
  (func $answer (param $case i32) (param $at i32) (param $length i32)
    (result i32)
    (i32.store (i32.const 32) (local.get $case))
    (i32.store (i32.const 36) (local.get $at))
    (i32.store (i32.const 40) (local.get $length))
    (i32.const 32))
  (func (export "cabi_realloc") (param $old i32) (param $old_size i32)
    (param $align i32) (param $size i32) (result i32) ${realloc})
  (func (export "${API}init")
    (param i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32) ${init})
  (func (export "${API}get-info") (result i32) ${info})
  (func (export "${API}get-schema") (result i32) ${schema})
  (func $resolve (export "${API}resolve-field") (param $request i32)
    (result i32) ${resolve})
  (func (export "cabi_post_${API}resolve-field") (param i32) ${post})
  (func (export "${API}shutdown") ${shutdown})
  ${more})`),
  );
}
