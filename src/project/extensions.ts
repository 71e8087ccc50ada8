/**
 * All extensions of a project, running.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { type Outcome, readModule } from "../install/mod.ts";
import type { Platform } from "../platform/types.ts";
import {
  type Extension,
  loadExtension,
  type LoadExtensionOptions,
} from "../runtime/mod.ts";

/** What became of one extension of a project. */
export type LoadOutcome =
  | {
    /** It runs. */
    readonly status: "loaded";
    /** What the install came to. */
    readonly outcome: Outcome;
    /** The extension. */
    readonly extension: Extension;
  }
  | {
    /** Its module is there, and does not start. */
    readonly status: "failed";
    /** What the install came to. */
    readonly outcome: Outcome;
    /** Why it does not start. */
    readonly error: ForgeError;
  }
  | {
    /** Its module is not there. */
    readonly status: "missing";
    /** What the install came to. */
    readonly outcome: Outcome;
  };

/** The extensions of a project. */
export interface RunningExtensions extends AsyncDisposable {
  /** What became of each, in the order of the configuration. */
  readonly outcomes: readonly LoadOutcome[];
  /** Those that run, in the order of the configuration. */
  readonly loaded: readonly Extension[];
  /** One that runs, by its name in the configuration. */
  readonly get: (name: string) => Extension | undefined;
  /** Shuts all of them down, the last one first; those that fail do not stop the others, and are an `AggregateError` in the end. */
  readonly shutdown: () => Promise<void>;
}

/** Options of {@linkcode loadExtensions}. */
export interface LoadExtensionsOptions {
  /** Disk. */
  readonly platform: Pick<Platform, "files">;
  /** Options for an extension: its log, its limits, its database. */
  readonly optionsFor?:
    | ((outcome: Outcome) => Omit<LoadExtensionOptions, "signal">)
    | undefined;
  /** Stops the load; what was loaded by then is shut down. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Loads what an install brought, in order. One that does not start does not
 * take the others down: it is an outcome, and nothing is thrown for it.
 *
 * @param outcomes What `installProject` gave.
 * @throws `signal.reason` when aborted; whatever `optionsFor` throws. What was
 * loaded by then is shut down.
 *
 * @example
 * ```ts
 * import {
 *   installProject,
 *   loadExtensions,
 *   openProject,
 *   platform,
 * } from "@forgepoint/forge";
 *
 * const project = await openProject({ platform });
 * const outcomes = await installProject(project, { platform });
 * await using extensions = await loadExtensions(outcomes, { platform });
 * await extensions.get("greeter")?.call("add", 2, 40); // 42
 * ```
 */
export async function loadExtensions(
  outcomes: readonly Outcome[],
  options: LoadExtensionsOptions,
): Promise<RunningExtensions> {
  const results: LoadOutcome[] = [];
  try {
    for (const outcome of outcomes) results.push(await load(outcome, options));
  } catch (error) {
    await shutdownAll(results);
    throw error;
  }
  const loaded = extensionsOf(results);
  const byName = new Map(loaded.map((each) => [each.name, each]));
  const shutdown = () => shutdownAll(results);
  return {
    outcomes: results,
    loaded,
    get: (name) => byName.get(name),
    shutdown,
    [Symbol.asyncDispose]: shutdown,
  };
}

async function load(
  outcome: Outcome,
  { platform, optionsFor, signal }: LoadExtensionsOptions,
): Promise<LoadOutcome> {
  signal?.throwIfAborted();
  if (!("path" in outcome)) return { status: "missing", outcome };
  try {
    const { files } = platform;
    const bytes = await readModule(outcome, { files, signal });
    const extension = await loadExtension({ name: outcome.name, bytes }, {
      ...optionsFor?.(outcome),
      signal,
    });
    return { status: "loaded", outcome, extension };
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    return { status: "failed", outcome, error };
  }
}

function extensionsOf(results: readonly LoadOutcome[]): readonly Extension[] {
  return results.flatMap((result) =>
    result.status === "loaded" ? [result.extension] : []
  );
}

async function shutdownAll(results: readonly LoadOutcome[]): Promise<void> {
  const failures: unknown[] = [];
  for (const extension of extensionsOf(results).toReversed()) {
    await extension.shutdown().catch((error) => failures.push(error));
  }
  if (failures.length > 0) {
    throw new AggregateError(failures, "Cannot shut down every extension");
  }
}
