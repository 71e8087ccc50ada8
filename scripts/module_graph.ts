/**
 * What importing a module loads, and what waits until it is used.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";

const ROOT = new URL("../", import.meta.url);

/** What one module imports. */
interface Imports {
  /** Loaded with it. */
  readonly now: readonly string[];
  /** Loaded by a dynamic import. */
  readonly later: readonly string[];
}

/** The modules that some entry points can reach, by path from the root or by specifier. */
export type ModuleGraph = ReadonlyMap<string, Imports>;

interface DenoInfo {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly specifier: string;
      readonly code?: { readonly specifier?: string };
      readonly isDynamic?: boolean;
    }[];
  }[];
}

/** Reads the graph; imports of types alone are not in it. */
export async function readModuleGraph(entry: string): Promise<ModuleGraph> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    cwd: fromFileUrl(ROOT),
    args: ["run", "-A", "scripts/with_jsr.ts", "info", "--json", entry],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const info: DenoInfo = JSON.parse(new TextDecoder().decode(stdout));
  return new Map(info.modules.map(({ specifier, dependencies = [] }) => {
    const code = dependencies.filter((each) => each.code !== undefined);
    const names = (isDynamic: boolean) =>
      code.filter((each) => (each.isDynamic === true) === isDynamic)
        .map((each) => nameOf(each.code?.specifier ?? each.specifier));
    return [nameOf(specifier), { now: names(false), later: names(true) }];
  }));
}

/** Everything that is loaded with some modules, they among it. */
export function loadedWith(
  graph: ModuleGraph,
  ...entries: readonly string[]
): ReadonlySet<string> {
  const loaded = new Set<string>();
  const waiting = [...entries];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (loaded.has(next)) continue;
    loaded.add(next);
    waiting.push(...graph.get(next)?.now ?? []);
  }
  return loaded;
}

/** What some loaded modules may load later, and have not loaded yet. */
export function loadedLater(
  graph: ModuleGraph,
  loaded: ReadonlySet<string>,
): ReadonlySet<string> {
  let all = loaded;
  for (let size = 0; size < all.size;) {
    size = all.size;
    const later = [...all].flatMap((name) => graph.get(name)?.later ?? []);
    all = loadedWith(graph, ...all, ...later);
  }
  return new Set([...all].filter((name) => !loaded.has(name)));
}

/** The packages of npm among some modules. */
export function packagesOf(names: Iterable<string>): readonly string[] {
  const packages = [...names].map((name) =>
    /^npm:\/?((?:@[^/@]+\/)?[^/@]+)/.exec(name)?.[1]
  );
  return [...new Set(packages.filter((name) => name !== undefined))].sort();
}

/** The room of a module in `src/`; of `src/errors.ts` and the like their name. */
export function roomOf(name: string): string | undefined {
  return /^src\/([^/]+)/.exec(name)?.[1];
}

/** The rooms among some modules. */
export function roomsOf(names: Iterable<string>): readonly string[] {
  const rooms = [...names].map(roomOf).filter((room) => room !== undefined);
  return [...new Set(rooms)].sort();
}

function nameOf(specifier: string): string {
  return specifier.startsWith(ROOT.href)
    ? specifier.slice(ROOT.href.length)
    : specifier;
}
