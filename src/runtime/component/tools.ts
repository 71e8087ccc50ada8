/**
 * What turns components into JavaScript: jco, when the user has it.
 *
 * @module
 */

import { ForgeError } from "../../errors.ts";

/** The bindings generator of `@bytecodealliance/jco-transpile/component`, as far as it is used. */
export interface ComponentTools {
  /** Resolves when it can be used. */
  readonly $init?: PromiseLike<unknown>;
  /** Turns a component into files. */
  readonly generate: (
    component: Uint8Array,
    options: ComponentToolsOptions,
  ) => ComponentFiles;
}

/** What the generator is told. */
export interface ComponentToolsOptions {
  /** What the files are called. */
  readonly name: string;
  /** That the imports are handed over, by whoever instantiates it. */
  readonly instantiation: { readonly tag: "sync" };
  /** Whether declarations of types are left out. */
  readonly noTypescript: boolean;
  /** Whether what only Node has is left out. */
  readonly noNodejsCompat: boolean;
  /** Bytes up to which a core module is put into the code. */
  readonly base64Cutoff: number;
}

/** What the generator gives. */
export interface ComponentFiles {
  /** The files: one of JavaScript, and the core modules. */
  readonly files: readonly (readonly [name: string, content: Uint8Array])[];
  /** Interfaces that the component imports. */
  readonly imports: readonly string[];
  /** What it exports, each an interface or a function. */
  readonly exports: readonly (readonly [name: string, kind: string])[];
}

/** Where the generator is, for whoever can find npm packages by name. */
const PACKAGE = "@bytecodealliance/jco-transpile/component";

/** Finds the generator. */
export type LoadComponentTools = () => Promise<unknown>;

/**
 * Loads the generator.
 *
 * @throws {ForgeError} `COMPONENT_TOOLS_MISSING`.
 */
export async function loadTools(
  load: LoadComponentTools = () => import(PACKAGE),
): Promise<ComponentTools> {
  let loaded: unknown;
  try {
    loaded = await load();
  } catch (cause) {
    throw missing("it cannot be loaded", cause);
  }
  if (!areTools(loaded)) throw missing("what was loaded is something else");
  await loaded.$init;
  return loaded;
}

function areTools(loaded: unknown): loaded is ComponentTools {
  return typeof loaded === "object" && loaded !== null &&
    "generate" in loaded && typeof loaded.generate === "function";
}

function missing(why: string, cause?: unknown): ForgeError {
  return new ForgeError(
    "COMPONENT_TOOLS_MISSING",
    `Cannot run a component without @bytecodealliance/jco-transpile: ${why}`,
    {
      hint:
        'On Node run npm install @bytecodealliance/jco-transpile; on Deno pass tools: () => import("npm:@bytecodealliance/jco-transpile/component")',
      cause,
    },
  );
}
