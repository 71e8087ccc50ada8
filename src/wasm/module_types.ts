/**
 * Which types the functions, tags and blocks of a module have, as far as
 * rewriting it needs: how many values they take and give.
 *
 * @module
 */

import type { WasmFunctionType } from "./info.ts";
import { cannotMeter } from "./meter_error.ts";
import type { Arity } from "./operand_stack.ts";
import type { ByteReader } from "./reader.ts";
import { readTypeSection, readValueType } from "./types.ts";

/** Values that an exception may carry: compilers use one or two, and each is memory of the host. */
const MAX_TAG_VALUES = 16;

/**
 * Types of a module: engines keep one of each for all modules of the process,
 * about a kilobyte, and never forget it; V8 ends the process when there are a
 * million or two. Programs have hundreds.
 */
const MAX_TYPES = 10_000;

/** Blocks that have no type, and those that give one value. */
export const BLOCK = { empty: -1, value: -2 } as const;

const NOTHING: Arity = { takes: 0, gives: 0 };
const VALUE: Arity = { takes: 0, gives: 1 };

/** The types of one module, filled as its sections are read. */
export class ModuleTypes {
  /** Type index of each function that is defined. */
  readonly defined: number[] = [];
  #arities: Arity[] = [];
  #types: readonly WasmFunctionType[] = [];
  readonly #imported: number[] = [];
  readonly #tags: number[] = [];

  /** How many functions are imported. */
  get importedFunctions(): number {
    return this.#imported.length;
  }

  /** Reads the type section. */
  readTypes(reader: ByteReader): void {
    const types = readTypeSection(reader);
    if (!types.every((type) => type !== undefined)) {
      throw cannotMeter("it uses structs or arrays (garbage collection)");
    }
    if (types.length > MAX_TYPES) {
      throw cannotMeter(
        `it has ${types.length} types, more than ${MAX_TYPES}`,
        "Build it with optimization: no compiler's output comes near this limit",
      );
    }
    this.#types = types;
    this.#arities = types.map(({ params, results }) => ({
      takes: params.length,
      gives: results.length,
    }));
  }

  /** A function is imported. */
  addImported(type: number): void {
    this.#imported.push(type);
  }

  /** A tag is imported or defined. */
  addTag(type: number, reader: ByteReader): void {
    this.#tags.push(type);
    const { params } = this.#types[type] ?? { params: [] };
    if (params.length > MAX_TAG_VALUES) {
      throw cannotMeter(
        `it throws exceptions of ${params.length} values, more than ${MAX_TAG_VALUES}`,
      );
    }
    for (const type of params) refuseKept(type, "in exceptions");
    if (type >= this.#types.length) {
      throw reader.invalid(`there is no type ${type}`, 1);
    }
  }

  /** Reads the tag section. */
  readTags(reader: ByteReader): void {
    for (let left = reader.count(); left > 0; left--) {
      reader.byte();
      this.addTag(reader.u32(), reader);
    }
    reader.finish();
  }

  /** Reads the function section. */
  readFunctions(reader: ByteReader): void {
    for (let left = reader.count(); left > 0; left--) {
      this.defined.push(reader.u32());
    }
    reader.finish();
  }

  /** What a type takes and gives; nothing when there is no such type. */
  arity(type: number): Arity {
    return this.#arities[type] ?? NOTHING;
  }

  /** What a function takes and gives. */
  functionArity(index: number): Arity {
    const imported = this.#imported.length;
    const type = index < imported
      ? this.#imported[index]
      : this.defined[index - imported];
    return type === undefined ? NOTHING : this.arity(type);
  }

  /** What a block takes and gives, by its type or one of {@linkcode BLOCK}. */
  blockArity(type: number): Arity {
    if (type === BLOCK.empty) return NOTHING;
    return type === BLOCK.value ? VALUE : this.arity(type);
  }

  /** Values that an exception of a tag carries. */
  tagValues(index: number): number {
    const type = this.#tags[index];
    return type === undefined ? 0 : this.arity(type).takes;
  }

  /** Whether there is such a type. */
  has(type: number): boolean {
    return type < this.#types.length;
  }
}

/** Reads the type of something that keeps values from call to call. */
export function readKeptType(reader: ByteReader, where: string): string {
  const type = readValueType(reader);
  refuseKept(type, where);
  return type;
}

/**
 * Exceptions are memory of the host that no limit counts: a function may hold
 * some while it runs, but not keep them.
 */
function refuseKept(type: string, where: string): void {
  if (/\bexnref$|^\(ref (null )?exn\)$/.test(type)) {
    throw cannotMeter(
      `it keeps exceptions ${where} (exnref)`,
      "Build it without that: a function may hold an exception while it runs, and throw it again",
    );
  }
}
