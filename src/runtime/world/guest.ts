/**
 * The exports of an extension of the Forge world, as functions with types.
 *
 * @module
 */

import {
  type AbiFunction,
  type AbiResult,
  type CoreFunction,
  type GuestMemory,
  liftFunction,
} from "../abi/mod.ts";
import type { ExtensionInfo, FieldResult, RequestContext } from "../field.ts";
import type { TextRequest } from "../text_request.ts";
import { contextJson } from "./context_json.ts";
import { type GuestNames, type GuestWorld, worldVersion } from "./names.ts";
import {
  EXTENSION_API,
  type GuestConfig,
  RESOLVE_FIELD,
  RESOLVE_FIELD_0_1,
  type ResolveInfo,
} from "./types.ts";

/** What an extension of the world can be asked. */
export interface Guest {
  /** Starts it. */
  readonly init: (config: GuestConfig) => AbiResult<void, string>;
  /** Asks what it is. */
  readonly getInfo: () => ExtensionInfo;
  /** Asks for its part of the schema. */
  readonly getSchema: () => string;
  /** Asks for a field. */
  readonly resolveField: (request: TextRequest) => FieldResult;
  /** Lets it clean up. */
  readonly shutdown: () => void;
}

/** What is known of the exports of an instance. */
export interface GuestExports {
  /** The exports. */
  readonly exports: WebAssembly.Exports;
  /** Its memory. */
  readonly memory: GuestMemory;
  /** Names of what any host needs. */
  readonly names: GuestNames;
  /** Names of the functions of the world. */
  readonly world: GuestWorld;
}

const GLOBAL: RequestContext = { scope: "global" };

/** Connects to an instance whose exports were checked. */
export function bindGuest(options: GuestExports): Guest {
  const { exports, memory, names, world } = options;

  function bind<P, R>(name: string, type: AbiFunction<P, R>): (params: P) => R {
    const exported = world.prefix + name;
    const post = exports[names.postPrefix + exported + names.postSuffix];
    return liftFunction(type, {
      memory,
      target: exports[exported] as CoreFunction,
      postReturn: post as CoreFunction | undefined,
    });
  }

  const init = bind("init", EXTENSION_API.init);
  const getInfo = bind("get-info", EXTENSION_API["get-info"]);
  const getSchema = bind("get-schema", EXTENSION_API["get-schema"]);
  const shutdown = bind("shutdown", EXTENSION_API.shutdown);
  return {
    init: (config) => init({ config }),
    getInfo: () => getInfo({}),
    getSchema: () => getSchema({}),
    resolveField: bindResolveField(bind, world),
    shutdown: () => shutdown({}),
  };
}

function bindResolveField(
  bind: <P, R>(name: string, type: AbiFunction<P, R>) => (params: P) => R,
  world: GuestWorld,
): (request: TextRequest) => FieldResult {
  if (worldVersion(world.version) === "0.1") {
    const resolve = bind("resolve-field", RESOLVE_FIELD_0_1);
    return (request) =>
      resolve({
        info: resolveInfo(request, contextJson(request.context ?? GLOBAL)),
      });
  }
  const resolve = bind("resolve-field", RESOLVE_FIELD);
  return (request) =>
    resolve({ info: resolveInfo(request, request.context ?? GLOBAL) });
}

function resolveInfo<C>(request: TextRequest, context: C): ResolveInfo<C> {
  return { ...request, context };
}
