/**
 * Extensions of the Forge world in text, with parts of them replaced by
 * something that no honest compiler makes.
 */

import { assemble } from "../../wasm/assemble.ts";

/** The parts of a guest; each has a harmless default. */
export interface GuestParts {
  /** What else it imports. */
  readonly imports?: string;
  /** Its memory, which must be `$memory`. */
  readonly memory?: string;
  /** Definitions beside the functions: globals, tables, data, functions. */
  readonly extra?: string;
  /** Body of `init`, which has the parameters `$p0` to `$p8` and gives a pointer. */
  readonly init?: string;
  /** Body of `get-info`, which gives a pointer. */
  readonly getInfo?: string;
  /** Body of `get-schema`, which gives a pointer. */
  readonly getSchema?: string;
  /** Body of `resolve-field`, which has the parameter `$request` and gives a pointer. */
  readonly resolve?: string;
  /** Body of what frees the result of `resolve-field`. */
  readonly post?: string;
  /** Body of `shutdown`. */
  readonly shutdown?: string;
  /** Body of `cabi_realloc`, which has `$old`, `$old_size`, `$align`, `$size` and gives a pointer. */
  readonly realloc?: string;
  /** Exports, and whatever else comes last. */
  readonly exports?: string;
}

/** Where guests have their data: results up to 64, texts up to 256, free up to 1024, then what the host passes. */
export const FREE = 256;
/** Where the result of `resolve-field` is, the JSON text `1`. */
export const RESULT = 16;

const API = "forge:extension/extension-api@0.2.0";

/** The text of a guest. */
export function guestText(parts: GuestParts = {}): string {
  const {
    imports = "",
    memory = '(memory $memory (export "memory") 1)',
    extra = "",
    init = "(i32.const 0)",
    getInfo = "(i32.const 32)",
    getSchema = "(i32.const 56)",
    resolve = `(i32.const ${RESULT})`,
    post = "(global.set $next (i32.const 1024))",
    shutdown = "",
    realloc = "(call $allocate (local.get $align) (local.get $size))",
    exports = "",
  } = parts;
  return `(module
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
  ;; Success with "1"; the record of get-info; the string of get-schema.
  (data (i32.const ${RESULT}) "\\00\\00\\00\\00\\40\\00\\00\\00\\01\\00\\00\\00")
  (data (i32.const 32) "\\41\\00\\00\\00\\05\\00\\00\\00\\46\\00\\00\\00\\01\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00")
  (data (i32.const 56) "\\47\\00\\00\\00\\06\\00\\00\\00")
  (data (i32.const 64) "1guest2schema")
  (global $next (mut i32) (i32.const 1024))
  ${extra}
  (func $allocate (param $align i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and
      (i32.add (global.get $next) (i32.sub (local.get $align) (i32.const 1)))
      (i32.sub (i32.const 0) (local.get $align))))
    (global.set $next (i32.add (local.get $at) (local.get $size)))
    (local.get $at))
  (func $realloc (export "cabi_realloc") (param $old i32) (param $old_size i32)
    (param $align i32) (param $size i32) (result i32)
    ${realloc})
  (func $init (export "${API}#init")
    (param $p0 i32) (param $p1 i32) (param $p2 i32) (param $p3 i32)
    (param $p4 i32) (param $p5 i32) (param $p6 i32) (param $p7 i32)
    (param $p8 i32) (result i32)
    ${init})
  (func (export "${API}#get-info") (result i32) ${getInfo})
  (func (export "${API}#get-schema") (result i32) ${getSchema})
  (func $resolve (export "${API}#resolve-field")
    (param $request i32) (result i32)
    ${resolve})
  (func (export "cabi_post_${API}#resolve-field") (param i32) ${post})
  (func (export "${API}#shutdown") ${shutdown})
  ${exports})`;
}

/** Assembles a guest. */
export function guest(
  parts: GuestParts = {},
): Promise<Uint8Array<ArrayBuffer>> {
  return assemble("guest.wat", guestText(parts));
}

/** Bytes as a string of the text format. */
export function escape(bytes: Iterable<number>): string {
  return [...bytes].map((byte) => `\\${byte.toString(16).padStart(2, "0")}`)
    .join("");
}

/** 32-bit numbers as bytes, the lowest first. */
export function words(...values: readonly number[]): string {
  return escape(
    values.flatMap((value) =>
      [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff)
    ),
  );
}

/** A result for `resolve-field` that consists of these bytes, at {@linkcode FREE}. */
export function answering(bytes: string, at = FREE): GuestParts {
  return {
    extra: `(data (i32.const ${FREE}) "${bytes}")`,
    resolve: `(i32.const ${at})`,
  };
}
