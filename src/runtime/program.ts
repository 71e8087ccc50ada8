/**
 * From verified bytes to a module that can be instantiated.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import {
  checkHeader,
  inspect,
  isCommand,
  meter,
  unwrapComponent,
  type WasmFunctionType,
  type WasmInfo,
  type WasmKind,
} from "../wasm/mod.ts";
import type { ExtensionWorld } from "./extension.ts";
import { fullTank, type NamedLimits, nameOfLimit } from "./limits.ts";
import type { ModuleSource } from "./module_source.ts";
import { checkGuest, checkImports } from "./world/check.ts";
import {
  findNames,
  findWorld,
  type GuestNames,
  type GuestWorld,
} from "./world/names.ts";

/** A function that a module imports. */
export interface ImportedFunction {
  /** Name of the module that it is imported from. */
  readonly module: string;
  /** Its name there. */
  readonly name: string;
}

/** A module that was looked through, metered and compiled. Can be cloned. */
export interface Program {
  /** What the file is. */
  readonly kind: WasmKind;
  /** What it is to its host. */
  readonly world: ExtensionWorld;
  /** The rewritten module: compiled, or its bytes for who compiles it elsewhere. */
  readonly code: WebAssembly.Module | Uint8Array<ArrayBuffer>;
  /** Names of the functions that it exports. */
  readonly functions: readonly string[];
  /** Their signatures, in the same order, as far as they are known. */
  readonly signatures: readonly (WasmFunctionType | undefined)[];
  /** What it imports. */
  readonly imports: readonly ImportedFunction[];
  /** Names of what any host needs of it. */
  readonly names: GuestNames;
  /** Its exports of the Forge world, if it is one of that. */
  readonly guest: GuestWorld | undefined;
}

/** Pages are 64 KiB. */
const PAGE_BYTES = 64 * 1024;
/** All that 32 bits can address. */
const MAX_PAGES = 65_536;

/**
 * Looks through a module, rewrites it so that it pays for what it does, and
 * compiles it, unless that is done where it runs.
 *
 * @throws {ForgeError} `TOO_LARGE`, `WASM_INVALID` or `WASM_UNSUPPORTED`.
 */
export async function prepareProgram(
  source: ModuleSource,
  limits: NamedLimits,
  { compiles = true }: { readonly compiles?: boolean } = {},
): Promise<Program> {
  const { name } = source;
  checkSize(source, limits);
  const { kind, info, metered } = takeApart(source, limits);
  const functions = info.exports.filter(({ kind }) => kind === "function");
  return {
    kind,
    world: worldOf(info),
    code: compiles ? await compileCode(name, metered) : metered,
    functions: functions.map(({ name }) => name),
    signatures: functions.map(({ type }) => type),
    imports: info.imports.map(({ module, name }) => ({ module, name })),
    names: findNames(info),
    guest: findWorld(info),
  };
}

/**
 * Refuses a module that is too large to be looked at.
 *
 * @throws {ForgeError} `TOO_LARGE`.
 */
export function checkSize(
  { name, bytes }: ModuleSource,
  limits: NamedLimits,
): void {
  const { moduleBytes } = limits;
  if (bytes.byteLength <= moduleBytes) return;
  throw new ForgeError(
    "TOO_LARGE",
    `Cannot load ${name}: its module has ${bytes.byteLength} bytes, the limit is ${moduleBytes}`,
    {
      hint: `Raise ${
        nameOfLimit(limits, "moduleBytes")
      }, or build it with optimization for size`,
    },
  );
}

/** What a module is taken apart into. */
export interface ModuleParts {
  /** What the file is. */
  readonly kind: WasmKind;
  /** What is known of the core module. */
  readonly info: WasmInfo;
  /** The core module, rewritten so that it pays for what it does. */
  readonly metered: Uint8Array<ArrayBuffer>;
}

/**
 * Finds the core module, checks it, and rewrites it.
 *
 * @throws {ForgeError} `WASM_INVALID` or `WASM_UNSUPPORTED`.
 */
export function takeApart(
  { name, bytes }: ModuleSource,
  limits: NamedLimits,
): ModuleParts {
  return withName(name, () => partsOf(bytes, limits));
}

function partsOf(
  bytes: Uint8Array<ArrayBuffer>,
  limits: NamedLimits,
): ModuleParts {
  const kind = checkHeader(bytes);
  const core = kind === "component" ? unwrapComponent(bytes) : bytes;
  const info = inspect(core);
  checkImports(info, kind);
  checkGuest(info);
  const metered = meter(core, {
    initialFuel: fullTank(limits),
    maxMemoryPages: Math.min(
      MAX_PAGES,
      Math.floor(limits.memoryBytes / PAGE_BYTES),
    ),
    memoryLimit: nameOfLimit(limits, "memoryBytes"),
  });
  return { kind, info, metered };
}

/** What a core module is to its host. */
export function worldOf(info: WasmInfo): ExtensionWorld {
  if (findWorld(info) !== undefined) return "forge:extension";
  return isCommand(info) ? "command" : "module";
}

/** Errors of the wasm room say what is wrong, but not with which extension. */
export function withName<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    const { code, message, hint } = error;
    const reason = message.slice(message.indexOf(": ") + 2);
    throw new ForgeError(code, `Cannot load ${name}: ${reason}`, {
      hint,
      cause: error,
    });
  }
}

/**
 * Compiles a rewritten module.
 *
 * @throws {ForgeError} `WASM_INVALID`.
 */
export async function compileCode(
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ForgeError("WASM_INVALID", `Cannot compile ${name}: ${reason}`, {
      hint:
        "Build the extension again; if it uses a newer WASM feature, run it on a newer runtime",
      cause,
    });
  }
}
