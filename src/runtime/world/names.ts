/**
 * How the functions of the world are called in core modules.
 *
 * Two schemes are about: the one that tools have used from the start
 * (`forge:extension/host-log@0.2.0` and `log`, `cabi_realloc`), and the one that
 * is meant to last (`cm32p2|forge:extension/host-log@0.2`, `cm32p2_realloc`;
 * BuildTargets.md of the component model).
 *
 * @module
 */

import type { WasmInfo } from "../../wasm/mod.ts";

/** Versions of the world that are known, by major and minor number. */
export type WorldVersion = "0.1" | "0.2";

/** Functions that every extension of the world exports. */
export type GuestFunctionName =
  | "init"
  | "get-info"
  | "get-schema"
  | "resolve-field"
  | "shutdown";

/** Interfaces of the host. */
export type HostInterfaceName = "host-log" | "host-database";

/** Names that a module gives to what any host needs of it. */
export interface GuestNames {
  /** Its memory. */
  readonly memory: string;
  /** Its allocator. */
  readonly realloc: string;
  /** What it wants called first. */
  readonly initialize: string;
  /** What comes before the name of a function in the name of what frees its result. */
  readonly postPrefix: string;
  /** What comes after it. */
  readonly postSuffix: string;
}

const FIRST_NAMES: GuestNames = {
  memory: "memory",
  realloc: "cabi_realloc",
  initialize: "_initialize",
  postPrefix: "cabi_post_",
  postSuffix: "",
};

const LASTING_NAMES: GuestNames = {
  memory: "cm32p2_memory",
  realloc: "cm32p2_realloc",
  initialize: "cm32p2_initialize",
  postPrefix: "",
  postSuffix: "_post",
};

/** Finds out which scheme a core module follows. */
export function findNames(info: WasmInfo): GuestNames {
  const { memory } = LASTING_NAMES;
  return info.exports.some(({ name }) => name === memory)
    ? LASTING_NAMES
    : FIRST_NAMES;
}

/** The exports of a module of the world. */
export interface GuestWorld {
  /** Version of the world, as the module writes it. */
  readonly version: string;
  /** What comes before the name of a function of `extension-api`. */
  readonly prefix: string;
}

/** Finds out whether a core module exports the world, in whichever scheme. */
export function findWorld(info: WasmInfo): GuestWorld | undefined {
  for (const { name } of info.exports) {
    const found =
      /^(?:cm32p2\|forge:extension\/extension-api@([^#|]+)\||forge:extension\/extension-api@([^#|]+)#)/
        .exec(name);
    if (found === null) continue;
    const [prefix, lasting, first] = found;
    return { version: lasting ?? first ?? "", prefix };
  }
  return undefined;
}

/** The version of the world that a version text stands for, if it is known. */
export function worldVersion(version: string): WorldVersion | undefined {
  const [, known] = /^(0\.[12])(?:\.\d+)?$/.exec(version) ?? [];
  return known as WorldVersion | undefined;
}

/** Reads the module name of an import; `undefined` when it is not of this world, or of no known version. */
export function parseHostInterface(
  module: string,
): HostInterfaceName | undefined {
  const found =
    /^(?:cm32p2\|)?forge:extension\/(host-log|host-database)@([^#|]+)$/.exec(
      module,
    );
  const [, name, version = ""] = found ?? [];
  if (worldVersion(version) === undefined) return undefined;
  return name as HostInterfaceName | undefined;
}
