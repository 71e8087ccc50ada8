/**
 * Modules, rewritten so that they cannot run or grow without end.
 *
 * Neither runtime can stop WASM that loops: a worker that runs it cannot be
 * ended on Deno, and memory limits of workers do not count WASM memory. So the
 * module itself is made to count what it does.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { rewriteExports, rewriteGlobals } from "./added_globals.ts";
import { ByteWriter } from "./byte_writer.ts";
import { checkHeader, WASM_HEADER_BYTES } from "./header.ts";
import { BodyMeter } from "./meter_body.ts";
import { cannotMeter } from "./meter_error.ts";
import { readImports } from "./meter_imports.ts";
import { rewriteMemories, rewriteTables } from "./meter_limits.ts";
import { ModuleTypes } from "./module_types.ts";
import type { ByteReader } from "./reader.ts";
import {
  CORE_SECTION,
  coreSectionRank,
  type SectionWindow,
  walkSections,
} from "./sections.ts";

/** Pages of memory that a metered module may have, unless told otherwise: 16 MiB, as the original server allows. */
export const DEFAULT_MEMORY_PAGES = 256;

/** Table elements that it may have in all; one takes 8 to 40 bytes of the host. */
export const DEFAULT_TABLE_ELEMENTS = 100_000;

/** How {@linkcode meter} may be told to work. */
export interface MeterOptions {
  /** Name of the added export, an `i64` global; `FUEL_EXPORT` if not given. */
  readonly fuelExport?: string;
  /** Fuel at the start, which a start function burns already; endless if not given. */
  readonly initialFuel?: bigint;
  /** Pages of 64 KiB that memory may have; {@linkcode DEFAULT_MEMORY_PAGES} if not given. */
  readonly maxMemoryPages?: number;
  /** What that limit is called where it was set, for the hint of an error; `maxMemoryPages` if not given. */
  readonly memoryLimit?: string;
  /** Elements that its tables may have in all; {@linkcode DEFAULT_TABLE_ELEMENTS} if not given. */
  readonly maxTableElements?: number;
  /**
   * Lets it import memory and tables: those of another metered module, such as
   * the modules of a component share. No unless told otherwise.
   */
  readonly isLinked?: boolean;
}

/**
 * Rewrites a module so that it pays for what it does, and cannot outgrow a
 * limit.
 *
 * It gets a mutable global of fuel, exported to the host. Functions, and loops
 * each time around, take from it the cost of the longest way through them; bulk
 * instructions pay by length. A call pays for the first few instructions of what
 * it calls, so that small functions need not pay themselves. When there is not
 * enough the module traps, and the global is negative. A unit of fuel is an
 * instruction at most: what runs is never more than what was paid for, though
 * it may be less; only the first instructions of what the host calls are free.
 * Time in the host's own functions is not counted.
 *
 * Its memory and tables get a maximum: growing beyond it fails as WASM means
 * it to, with -1. That memory was refused is noted in a second global, since
 * what follows is mostly a trap that does not say why. Otherwise the module
 * does what it did before.
 *
 * @param bytes A core module; of a component unwrap it first.
 * @param options Names and limits.
 * @returns The rewritten module; valid if the given one was.
 * @throws {ForgeError} `WASM_UNSUPPORTED`, by name, for garbage collection,
 * threads, 64-bit memory, several memories, memories or tables that are
 * imported, exceptions that are kept, and code that an engine would compile for
 * too long; `TOO_LARGE` when memory starts beyond the limit; `WASM_INVALID`.
 *
 * @example
 * ```ts ignore
 * const module = new WebAssembly.Module(meter(bytes));
 * const { exports } = new WebAssembly.Instance(module, imports);
 * (exports[FUEL_EXPORT] as WebAssembly.Global).value = 1_000_000_000n;
 * ```
 */
export function meter(
  bytes: Uint8Array,
  options: MeterOptions = {},
): Uint8Array<ArrayBuffer> {
  if (checkHeader(bytes) === "component") {
    throw cannotMeter("it is a component", "Unwrap its core module first");
  }
  return new ModuleMeter(bytes, options).rewrite();
}

/** The rewriting of one module, section by section. */
class ModuleMeter {
  readonly #bytes: Uint8Array;
  readonly #options: MeterOptions;
  readonly #output: ByteWriter;
  readonly #types = new ModuleTypes();
  #globals = 0;
  /** Memories that are imported. */
  #memories = 0;
  #rank = -1;
  #hasCode = false;

  constructor(bytes: Uint8Array, options: MeterOptions) {
    this.#bytes = bytes;
    this.#options = options;
    this.#output = new ByteWriter(bytes.byteLength * 1.25 + 256);
  }

  rewrite(): Uint8Array<ArrayBuffer> {
    this.#output.copy(this.#bytes, 0, WASM_HEADER_BYTES);
    for (const window of walkSections(this.#bytes, "core")) {
      const { id } = window.section;
      if (id === CORE_SECTION.custom) this.#copyCustom(window);
      else {
        this.#addMissingBefore(coreSectionRank(id));
        this.#rewriteSection(window);
        this.#rank = coreSectionRank(id);
      }
    }
    this.#addMissingBefore(Infinity);
    if (this.#types.defined.length > 0 && !this.#hasCode) {
      throw invalidCount(this.#bytes);
    }
    return this.#output.finish();
  }

  #rewriteSection(window: SectionWindow): void {
    const { section: { id }, reader } = window;
    switch (id) {
      case CORE_SECTION.type:
        this.#types.readTypes(reader);
        return this.#copy(window);
      case CORE_SECTION.import: {
        const { isLinked = false } = this.#options;
        const counts = readImports(reader, { types: this.#types, isLinked });
        this.#globals += counts.globals;
        this.#memories += counts.memories;
        return this.#copy(window);
      }
      case CORE_SECTION.function:
        this.#types.readFunctions(reader);
        return this.#copy(window);
      case CORE_SECTION.tag:
        this.#types.readTags(reader);
        return this.#copy(window);
      case CORE_SECTION.table:
        return this.#section(id, (output) => {
          const { maxTableElements = DEFAULT_TABLE_ELEMENTS } = this.#options;
          rewriteTables(reader, { output, maxElements: maxTableElements });
        });
      case CORE_SECTION.memory:
        if (this.#memories > 0) throw cannotMeter("it has several memories");
        return this.#section(id, (output) => {
          const {
            maxMemoryPages: maxPages = DEFAULT_MEMORY_PAGES,
            memoryLimit: name = "maxMemoryPages",
          } = this.#options;
          rewriteMemories(reader, { output, maxPages, name });
        });
      case CORE_SECTION.global:
        return this.#writeGlobals(reader);
      case CORE_SECTION.export:
        return this.#writeExports(reader);
      case CORE_SECTION.code:
        return this.#section(id, () => this.#rewriteCode(reader));
      default:
        return this.#copy(window);
    }
  }

  /** Custom sections stay, but for those that speak of places in functions. */
  #copyCustom(window: SectionWindow): void {
    if (!window.section.name.startsWith("metadata.code.")) this.#copy(window);
  }

  #copy({ section: { id, offset, size } }: SectionWindow): void {
    this.#output.byte(id);
    this.#output.u32(size);
    this.#output.copy(this.#bytes, offset, offset + size);
  }

  #section(id: number, write: (output: ByteWriter) => void): void {
    this.#output.byte(id);
    const size = this.#output.beginSized();
    write(this.#output);
    this.#output.endSized(size);
  }

  /** Writes the global and the export section where the module has none. */
  #addMissingBefore(rank: number): void {
    const isMissing = (id: number) =>
      this.#rank < coreSectionRank(id) && coreSectionRank(id) < rank;
    if (isMissing(CORE_SECTION.global)) this.#writeGlobals();
    if (isMissing(CORE_SECTION.export)) this.#writeExports();
  }

  #writeGlobals(reader?: ByteReader): void {
    this.#section(CORE_SECTION.global, (output) => {
      this.#globals += rewriteGlobals(reader, output, this.#options);
    });
  }

  #writeExports(reader?: ByteReader): void {
    this.#section(CORE_SECTION.export, (output) => {
      const globals = this.#globals;
      rewriteExports(reader, output, { ...this.#options, globals });
    });
  }

  #rewriteCode(reader: ByteReader): void {
    const count = reader.count();
    this.#hasCode = true;
    if (count !== this.#types.defined.length) throw invalidCount(this.#bytes);
    this.#output.u32(count);
    const bodies = new BodyMeter({
      bytes: this.#bytes,
      fuelGlobal: this.#globals,
      deniedGlobal: this.#globals + 1,
      types: this.#types,
    });
    for (const type of this.#types.defined) {
      const body = reader.window(reader.u32(), "function body");
      if (!this.#types.has(type)) {
        throw body.invalid(`there is no type ${type}`);
      }
      const arity = this.#types.arity(type);
      bodies.rewrite(body, { arity, output: this.#output });
    }
    reader.finish();
  }
}

function invalidCount(bytes: Uint8Array): ForgeError {
  return new ForgeError(
    "WASM_INVALID",
    `Cannot read WASM module: it has not as many function bodies as functions (at byte ${bytes.byteLength})`,
  );
}
