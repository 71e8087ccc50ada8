/**
 * What is different between two versions of a module.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { loadExtension } from "../runtime/mod.ts";
import { inspect, unwrapComponent, type WasmInfo } from "../wasm/mod.ts";

/** Lines that a schema may have to be compared; longer ones count as one change. */
const MAX_LINES = 2000;

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
}

/**
 * Compares two versions of a module. Both are started for a moment, without
 * data, directory or output, to be asked for their schema.
 *
 * @param before The older; `undefined` where there is none.
 * @param after The newer.
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
  const [old, now] = [before && interfaceOf(before), interfaceOf(after)];
  const schemas = [
    before && await schemaOf(before, options),
    await schemaOf(after, options),
  ] as const;
  const [was, is] = schemas;
  return {
    sizeBefore: before?.byteLength,
    sizeAfter: after.byteLength,
    imports: compareSets(old?.imports ?? [], now.imports),
    exports: compareSets(old?.exports ?? [], now.exports),
    schema: is === undefined || (before !== undefined && was === undefined)
      ? undefined
      : compareLines(was ?? "", is),
  };
}

/** Whether anything but the size is different. */
export function changesInterface(changes: ModuleChanges): boolean {
  const { imports, exports, schema } = changes;
  return [imports, exports, schema ?? { added: [], removed: [] }]
    .some(({ added, removed }) => added.length + removed.length > 0);
}

function interfaceOf(bytes: Uint8Array<ArrayBuffer>) {
  const outer = inspect(bytes);
  const { imports, exports } = outer.kind === "core" ? outer : inner(bytes);
  return {
    imports: imports.map(({ module, name }) =>
      module === "" ? name : `${module}.${name}`
    ),
    exports: exports.map(({ name }) => name),
  };
}

/** The module in a component, where it is of a kind that can be run. */
function inner(bytes: Uint8Array<ArrayBuffer>): WasmInfo {
  try {
    return inspect(unwrapComponent(bytes));
  } catch (error) {
    if (error instanceof ForgeError) return inspect(bytes);
    throw error;
  }
}

/** Its schema; `undefined` when it does not start without its data. */
async function schemaOf(
  bytes: Uint8Array<ArrayBuffer>,
  { name, signal }: CompareModulesOptions,
): Promise<string | undefined> {
  try {
    await using extension = await loadExtension({ name, bytes }, { signal });
    return extension.schema ?? "";
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ForgeError) return undefined;
    throw error;
  }
}

function compareSets(
  before: readonly string[],
  after: readonly string[],
): ListChange {
  return {
    added: [...new Set(after)].filter((each) => !before.includes(each)),
    removed: [...new Set(before)].filter((each) => !after.includes(each)),
  };
}

/** The shortest way from one text to the other, line by line. */
function compareLines(before: string, after: string): ListChange {
  const [old, now] = [linesOf(before), linesOf(after)];
  if (old.length > MAX_LINES || now.length > MAX_LINES) {
    return before === after
      ? { added: [], removed: [] }
      : { added: now, removed: old };
  }
  // Lengths of the longest common rest, from each pair of lines on.
  const common = old.map(() => new Uint16Array(now.length + 1));
  common.push(new Uint16Array(now.length + 1));
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      common[i]![j] = old[i] === now[j]
        ? common[i + 1]![j + 1]! + 1
        : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
    }
  }
  const added: string[] = [];
  const removed: string[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      i++;
      j++;
    } else if (
      j === now.length ||
      (i < old.length && common[i + 1]![j]! >= common[i]![j + 1]!)
    ) removed.push(old[i++]!);
    else added.push(now[j++]!);
  }
  return { added, removed };
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== "");
}
