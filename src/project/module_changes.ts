/**
 * What is different between two versions of a module.
 *
 * @module
 */

import type { LoadExtensionOptions } from "../runtime/mod.ts";

/** What came and what went, in the order of the newer, the older. */
export interface ListChange {
  /** What only the newer has. */
  readonly added: readonly string[];
  /** What only the older has. */
  readonly removed: readonly string[];
}

/** What two versions of a module differ in. */
export interface ModuleChanges {
  /** Size of the older in bytes; `undefined` where there is none. */
  readonly sizeBefore: number | undefined;
  /** Size of the newer in bytes. */
  readonly sizeAfter: number;
  /** What it wants from its host. */
  readonly imports: ListChange;
  /** What it offers. */
  readonly exports: ListChange;
  /** Lines of its schema; `undefined` where one of the two could not be asked for it. */
  readonly schema: ListChange | undefined;
}

/** Options of {@linkcode compareModules}. */
export interface CompareModulesOptions {
  /** Name of the extension. */
  readonly name: string;
  /** Stops the wait for a module that is asked for its schema. */
  readonly signal?: AbortSignal | undefined;
  /** Called while a module runs, as in `LoadExtensionOptions`. */
  readonly whileBusy?: LoadExtensionOptions["whileBusy"];
}

/**
 * Compares two versions of a module. Both are started for a moment, without
 * data, directory or output, to be asked for their schema.
 *
 * @param before The older; `undefined` where there is none.
 * @param after The newer.
 * @throws {ForgeError} `WASM_INVALID` or `WASM_UNSUPPORTED` where one of the two
 * is no module. One that does not start is no error: it has no schema then.
 * @throws `signal.reason` when aborted.
 *
 * @example
 * ```ts
 * import { compareModules, platform } from "@forgepoint/forge";
 *
 * const before = await platform.files.read("notes.wasm");
 * const after = await platform.files.read("greeter.wasm");
 * const changes = await compareModules(before, after, { name: "notes" });
 * changes.exports.added; // ["fib", "half", "count"]
 * ```
 */
export async function compareModules(
  before: Uint8Array<ArrayBuffer> | undefined,
  after: Uint8Array<ArrayBuffer>,
  options: CompareModulesOptions,
): Promise<ModuleChanges> {
  const { compare } = await import("./compare_modules.ts");
  return await compare(before, after, options);
}

/** Whether anything but the size is different. */
export function changesInterface(changes: ModuleChanges): boolean {
  const { imports, exports, schema } = changes;
  return [imports, exports, schema ?? { added: [], removed: [] }]
    .some(({ added, removed }) => added.length + removed.length > 0);
}
