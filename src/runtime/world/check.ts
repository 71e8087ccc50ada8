/**
 * Whether a core module can be connected: what it imports is there, what it
 * must export is too, and both have the signatures of the world.
 *
 * @module
 */

import { ForgeError } from "../../errors.ts";
import {
  WASI_PREVIEW1,
  type WasmFunctionType,
  type WasmImport,
  type WasmInfo,
  type WasmKind,
} from "../../wasm/mod.ts";
import {
  type AbiFunction,
  type CoreSignature,
  exportSignature,
  importSignature,
} from "../abi/mod.ts";
import {
  findNames,
  findWorld,
  parseHostInterface,
  worldVersion,
} from "./names.ts";
import { guestFunctions, HOST_FUNCTIONS } from "./types.ts";

/** Refused imports that a message lists; the rest are counted. */
const MAX_LISTED = 5;

/**
 * Refuses imports that no extension gets, by name, and functions of the host
 * with another signature than they have.
 *
 * @param info What is known of the core module.
 * @param kind What the file is that it was in.
 * @throws {ForgeError} `WASM_UNSUPPORTED`.
 */
export function checkImports(info: WasmInfo, kind: WasmKind): void {
  const refused = info.imports.filter((wanted) => !isKnown(wanted));
  if (refused.length > 0) throw refusal(refused, kind);
  for (const { module, name, type } of info.imports) {
    const host = hostFunction(module, name);
    if (host === undefined) continue;
    checkSignature(`"${module}" "${name}"`, type, importSignature(host));
  }
}

function isKnown({ module, name, kind }: WasmImport): boolean {
  if (kind !== "function") return false;
  return module === WASI_PREVIEW1 || hostFunction(module, name) !== undefined;
}

/** The function of the host that an import means, if there is one. */
export function hostFunction(
  module: string,
  name: string,
): AbiFunction<unknown, unknown> | undefined {
  const interfaceName = parseHostInterface(module);
  if (interfaceName === undefined) return undefined;
  const functions = HOST_FUNCTIONS[interfaceName];
  return Object.hasOwn(functions, name) ? functions[name] : undefined;
}

/**
 * Refuses a module that exports a part of the world only, or with other
 * signatures, or of another version.
 *
 * @throws {ForgeError} `WASM_UNSUPPORTED`.
 */
export function checkGuest(info: WasmInfo): void {
  const world = findWorld(info);
  if (world === undefined) return;
  const version = worldVersion(world.version);
  if (version === undefined) {
    throw unsupported(
      `it is of the world forge:extension@${world.version}, and this host knows 0.2 and 0.1`,
      "Build it with the bindings of version 0.2.0, or use a newer version of this program",
    );
  }
  const names = findNames(info);
  const exports = new Map(info.exports.map((each) => [each.name, each]));
  if (exports.get(names.memory)?.kind !== "memory") {
    throw missing(`a memory "${names.memory}"`);
  }
  const required = Object.entries(guestFunctions(version)).map((
    [name, type],
  ) => [world.prefix + name, exportSignature(type)] as const);
  const realloc = { params: ["i32", "i32", "i32", "i32"], results: ["i32"] };
  for (
    const [name, signature] of [...required, [names.realloc, realloc] as const]
  ) {
    const exported = exports.get(name);
    if (exported?.kind !== "function") throw missing(`a function "${name}"`);
    checkSignature(`"${name}"`, exported.type, signature);
    const { results } = signature as CoreSignature;
    const post = exports.get(names.postPrefix + name + names.postSuffix);
    if (name === names.realloc || post === undefined) continue;
    checkSignature(`"${post.name}"`, post.type, {
      params: results,
      results: [],
    });
  }
}

function checkSignature(
  name: string,
  found: WasmFunctionType | undefined,
  expected: {
    readonly params: readonly string[];
    readonly results: readonly string[];
  },
): void {
  const wanted = signatureText(expected);
  const given = found === undefined ? "none" : signatureText(found);
  if (given === wanted) return;
  throw unsupported(
    `the signature of ${name} is ${given}, and this world has ${wanted}`,
    "Build it with the bindings of forge:extension@0.2.0",
  );
}

function signatureText(
  { params, results }: {
    readonly params: readonly string[];
    readonly results: readonly string[];
  },
): string {
  return `(${params.join(", ")}) -> (${results.join(", ")})`;
}

function missing(what: string): ForgeError {
  return unsupported(
    `it does not export ${what}, which the world forge:extension asks for`,
    "Build it with the bindings of forge:extension@0.2.0",
  );
}

function refusal(
  refused: readonly WasmImport[],
  kind: WasmKind,
): ForgeError {
  const list = refused.slice(0, MAX_LISTED)
    .map(({ kind, module, name }) => `${kind} "${module}" "${name}"`)
    .join(", ");
  const more = refused.length > MAX_LISTED
    ? ` and ${refused.length - MAX_LISTED} more`
    : "";
  return unsupported(
    `it imports ${list}${more}, which extensions do not get`,
    kind === "component" &&
      refused.some(({ module }) => /^(cm32p2\|)?wasi:/.test(module))
      ? "Build it for wasm32-wasip1 with an adapter for WASI 0.2, such as wasm-tools component new --adapt: WASI 0.2 itself is not given"
      : "Build it for wasm32-wasip1 with the bindings of forge:extension@0.2.0: WASI preview 1, host-log and host-database are all that is provided",
  );
}

function unsupported(why: string, hint: string): ForgeError {
  return new ForgeError("WASM_UNSUPPORTED", `Cannot load WASM module: ${why}`, {
    hint,
  });
}
