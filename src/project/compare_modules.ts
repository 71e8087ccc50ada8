/**
 * Comparing what two modules ask for and give.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { loadExtension } from "../runtime/mod.ts";
import { inspect, unwrapComponent, type WasmInfo } from "../wasm/mod.ts";
import type {
  CompareModulesOptions,
  ListChange,
  ModuleChanges,
} from "./module_changes.ts";

/** Lines that a schema may have to be compared; longer ones count as one change. */
const MAX_LINES = 2000;

/** Compares imports, exports and, where both start, schemas. */
export async function compare(
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
  { name, ...options }: CompareModulesOptions,
): Promise<string | undefined> {
  try {
    await using extension = await loadExtension({ name, bytes }, options);
    return extension.schema ?? "";
  } catch (error) {
    options.signal?.throwIfAborted();
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
