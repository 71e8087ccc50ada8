/**
 * What a module that is to be metered imports.
 *
 * @module
 */

import { cannotMeter } from "./meter_error.ts";
import { skipLimits } from "./meter_limits.ts";
import type { ModuleTypes } from "./module_types.ts";
import type { ByteReader } from "./reader.ts";
import { readValueType, skipGlobalType } from "./types.ts";

/** Kinds of imports. */
const FUNCTION = 0;
const TABLE = 1;
const MEMORY = 2;
const GLOBAL = 3;
const TAG = 4;

/** How many of what has numbers of its own a module imports. */
export interface ImportCounts {
  /** Globals. */
  readonly globals: number;
  /** Memories. */
  readonly memories: number;
}

/**
 * Reads the import section: what functions and tags take and give, and how
 * many of the others there are.
 *
 * @param reader The section.
 * @param types Where functions and tags are added.
 * @param isLinked Whether memory and tables may be imported.
 * @throws {ForgeError} `WASM_UNSUPPORTED` for what may not be.
 */
export function readImports(
  reader: ByteReader,
  { types, isLinked }: {
    readonly types: ModuleTypes;
    readonly isLinked: boolean;
  },
): ImportCounts {
  let globals = 0;
  let memories = 0;
  for (let left = reader.count(); left > 0; left--) {
    const module = reader.name();
    const name = reader.name();
    const kind = reader.byte();
    if (kind === FUNCTION) {
      types.addImported(reader.u32());
    } else if (kind === GLOBAL) {
      skipGlobalType(reader);
      globals += 1;
    } else if (kind === TAG) {
      reader.byte();
      types.addTag(reader.u32(), reader);
    } else if (isLinked && (kind === TABLE || kind === MEMORY)) {
      if (kind === TABLE) readValueType(reader);
      else memories += 1;
      skipLimits(reader);
    } else {
      throw cannotImport(kind, `"${module}.${name}"`);
    }
  }
  reader.finish();
  return { globals, memories };
}

function cannotImport(kind: number, name: string) {
  const what = kind === MEMORY
    ? "memory"
    : kind === TABLE
    ? "table"
    : "something";
  return cannotMeter(
    `it imports ${what} ${name}`,
    `Let the module define its ${what} instead of importing it`,
  );
}
