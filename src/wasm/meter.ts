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
import { ByteWriter } from "./byte_writer.ts";
import { checkHeader, WASM_HEADER_BYTES } from "./header.ts";
import { BodyMeter } from "./meter_body.ts";
import { cannotMeter } from "./meter_error.ts";
import {
  rewriteMemories,
  rewriteTables,
  skipGlobals,
  skipLimits,
} from "./meter_limits.ts";
import { ModuleTypes } from "./module_types.ts";
import { OP } from "./opcodes.ts";
import type { ByteReader } from "./reader.ts";
import {
  CORE_SECTION,
  coreSectionRank,
  type SectionWindow,
  walkSections,
} from "./sections.ts";
import { readValueType, skipGlobalType } from "./types.ts";

/** Name under which a metered module exports its fuel, unless told otherwise. */
export const FUEL_EXPORT = "forge:fuel";

/** Name under which a metered module exports whether it was refused memory: an `i32` global, 1 if so. */
export const DENIED_EXPORT = "forge:denied";

/** Pages of memory that a metered module may have, unless told otherwise: 16 MiB, as the original server allows. */
export const DEFAULT_MEMORY_PAGES = 256;

/** Table elements that it may have in all; one takes 8 to 40 bytes of the host. */
export const DEFAULT_TABLE_ELEMENTS = 100_000;

/** Globals and exports that a metered module has more: fuel, and whether memory was refused. */
const ADDED_GLOBALS = 2;

/** Fuel that lasts longer than any machine: what a module has until it is given less. */
const ENDLESS_FUEL = 2n ** 63n - 1n;

/** How {@linkcode meter} may be told to work. */
export interface MeterOptions {
  /** Name of the added export, an `i64` global; {@linkcode FUEL_EXPORT} if not given. */
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
      case CORE_SECTION.import:
        this.#readImports(reader);
        return this.#copy(window);
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
        return this.#section(id, () => this.#rewriteGlobals(reader));
      case CORE_SECTION.export:
        return this.#section(id, () => this.#rewriteExports(reader));
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
    const { global, export: exports } = CORE_SECTION;
    if (isMissing(global)) {
      this.#section(global, () => {
        this.#output.u32(ADDED_GLOBALS);
        this.#writeAddedGlobals();
      });
    }
    if (isMissing(exports)) {
      this.#section(exports, () => {
        this.#output.u32(ADDED_GLOBALS);
        this.#writeAddedExports();
      });
    }
  }

  #readImports(reader: ByteReader): void {
    for (let left = reader.count(); left > 0; left--) {
      const module = reader.name();
      const name = reader.name();
      const kind = reader.byte();
      if (kind === 0) {
        this.#types.addImported(reader.u32());
      } else if (kind === 3) {
        skipGlobalType(reader);
        this.#globals += 1;
      } else if (kind === 4) {
        reader.byte();
        this.#types.addTag(reader.u32(), reader);
      } else if (this.#options.isLinked && (kind === 1 || kind === 2)) {
        if (kind === 1) readValueType(reader);
        else this.#memories += 1;
        skipLimits(reader);
      } else {
        const what = kind === 2 ? "memory" : kind === 1 ? "table" : "something";
        throw cannotMeter(
          `it imports ${what} "${module}.${name}"`,
          `Let the module define its ${what} instead of importing it`,
        );
      }
    }
    reader.finish();
  }

  #rewriteGlobals(reader: ByteReader): void {
    const count = reader.count();
    this.#globals += count;
    this.#output.u32(count + ADDED_GLOBALS);
    const start = reader.offset;
    skipGlobals(reader, count);
    this.#output.copy(this.#bytes, start, reader.end);
    this.#writeAddedGlobals();
  }

  #writeAddedGlobals(): void {
    const fuel = this.#options.initialFuel ?? ENDLESS_FUEL;
    this.#output.bytes([0x7e, 0x01, OP.i64Const]);
    this.#output.bytes(signedLeb128(BigInt.asIntN(64, fuel)));
    this.#output.byte(OP.end);
    this.#output.bytes([0x7f, 0x01, OP.i32Const, 0, OP.end]);
  }

  #rewriteExports(reader: ByteReader): void {
    const count = reader.count();
    const start = reader.offset;
    const added = [this.#fuelExport, DENIED_EXPORT];
    for (let left = count; left > 0; left--) {
      const name = reader.name();
      if (added.includes(name)) {
        throw cannotMeter(`it exports "${name}" itself`);
      }
      const kind = reader.byte();
      const index = reader.u32();
      if (kind === 3 && index >= this.#globals) {
        throw reader.invalid(`there is no global ${index}`, 1);
      }
    }
    reader.finish();
    this.#output.u32(count + ADDED_GLOBALS);
    this.#output.copy(this.#bytes, start, reader.end);
    this.#writeAddedExports();
  }

  get #fuelExport(): string {
    return this.#options.fuelExport ?? FUEL_EXPORT;
  }

  #writeAddedExports(): void {
    [this.#fuelExport, DENIED_EXPORT].forEach((name, i) => {
      this.#output.name(name);
      this.#output.byte(3);
      this.#output.u32(this.#globals + i);
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

function signedLeb128(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = value;;) {
    const byte = Number(rest & 0x7fn);
    rest >>= 7n;
    const isLast = (rest === 0n && byte < 0x40) ||
      (rest === -1n && byte >= 0x40);
    bytes.push(isLast ? byte : byte | 0x80);
    if (isLast) return bytes;
  }
}

function invalidCount(bytes: Uint8Array): ForgeError {
  return new ForgeError(
    "WASM_INVALID",
    `Cannot read WASM module: it has not as many function bodies as functions (at byte ${bytes.byteLength})`,
  );
}
