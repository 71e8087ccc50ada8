/**
 * Holds the walls of the house: which room may import which, where runtime
 * APIs may be named, and who may print. `docs/architecture.md` draws it.
 */

import { assertEquals } from "@std/assert";
import { fromFileUrl, join, relative } from "@std/path";

const SRC = fromFileUrl(new URL("../src/", import.meta.url));

/** What each room may import beside itself and `errors.ts`. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  // Floor 0
  ron: [],
  oci: [],
  http: [],
  platform: [],
  wasm: [],
  // Floor 1
  config: ["ron", "oci"],
  artifact: ["oci", "wasm"],
  registry: ["oci", "http"],
  cache: ["oci"],
  lock: ["ron", "oci"],
  // Verification must not be able to reach a network: it takes bytes.
  trust: ["oci"],
  testing: ["oci"],
  // Floor 2
  permissions: ["config", "lock", "oci"],
  install: [
    "config",
    "lock",
    "oci",
    "registry",
    "artifact",
    "cache",
    "trust",
    "wasm",
  ],
  publish: ["oci", "registry", "artifact", "trust", "wasm"],
  archive: ["oci", "registry"],
  runtime: ["wasm"],
};

/** Where everything may be put together: the command line, the project, the facades. */
const FLOOR_3 = new Set(["cli", "project", "oci.ts", "runtime.ts"]);
/** Files that import no room, for everyone. */
const FOR_ALL = new Set([
  ...["errors.ts", "version.ts"],
  ...["path.ts", "deno_path.ts", "node_path.ts"],
]);

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

interface Module {
  readonly path: string;
  readonly room: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

async function* walk(directory: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory) yield* walk(path);
    else if (entry.name.endsWith(".ts")) yield path;
  }
}

function importsOf(text: string): Import[] {
  const code = withoutComments(text);
  const statements =
    /\b(?:import|export)\s+(type\s+)?(?:[^;'"`]*?\sfrom\s+)?["']([^"']+)["']/g;
  const dynamic = /\bimport\(\s*["']([^"']+)["']\s*\)/g;
  return [
    ...[...code.matchAll(statements)].map((match) => ({
      specifier: match[2]!,
      typeOnly: match[1] !== undefined,
    })),
    ...[...code.matchAll(dynamic)].map((match) => ({
      specifier: match[1]!,
      typeOnly: false,
    })),
  ];
}

/** Comments blanked out, so that an example in a docstring is not an import. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(
    /(^|[^:"'`\\])\/\/[^\n]*/g,
    "$1",
  );
}

async function readModules(): Promise<Module[]> {
  const modules: Module[] = [];
  for await (const file of walk(SRC)) {
    const path = relative(SRC, file).replaceAll("\\", "/");
    const text = await Deno.readTextFile(file);
    modules.push({
      path,
      room: path.split("/")[0]!,
      text,
      imports: importsOf(text),
    });
  }
  return modules;
}

const modules = await readModules();
const sources = modules.filter(({ path }) => !path.endsWith("_test.ts"));

/** The room that a relative import leads to, or undefined for a package. */
function targetOf(module: Module, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const url = new URL(specifier, new URL(module.path, "file:///src/"));
  const path = url.pathname;
  return path.startsWith("/src/") ? path.slice(5).split("/")[0] : path;
}

Deno.test("every file stands in a room that the plan knows", () => {
  const known = new Set([
    ...Object.keys(MAY_IMPORT),
    ...FLOOR_3,
    ...FOR_ALL,
  ]);
  assertEquals(
    sources.filter(({ room }) => !known.has(room)).map(({ path }) => path),
    [],
  );
});

Deno.test("rooms import only what their floor allows", () => {
  const breaches: string[] = [];
  for (const module of sources) {
    if (FLOOR_3.has(module.room)) continue;
    const allowed = new Set(MAY_IMPORT[module.room] ?? []);
    for (const { specifier, typeOnly } of module.imports) {
      const target = targetOf(module, specifier);
      if (target === undefined || FOR_ALL.has(target)) continue;
      if (target === module.room || allowed.has(target)) continue;
      const isPlatformType = typeOnly &&
        specifier.endsWith("platform/types.ts");
      if (isPlatformType) continue;
      breaches.push(`${module.path} imports ${specifier}`);
    }
  }
  assertEquals(breaches, []);
});

Deno.test("the runtime's own APIs are named only in platform and the command's entry", () => {
  const differing =
    /\bDeno\.|["']node:(?:child_process|http|https|net|tls|dns|dns\/promises|fs|fs\/promises|os|process|worker_threads|sqlite|wasi|readline|readline\/promises|tty)["']/;
  // A server on loopback needs a socket, and `node:http` is the same on both runtimes.
  const exempt = (path: string) =>
    path.startsWith("platform/") || path === "cli/main.ts" ||
    path === "cli/node_bin.ts" || path === "cli/questions.ts" ||
    path.startsWith("testing/");
  const breaches = sources.filter(({ path, text }) =>
    !exempt(path) && differing.test(withoutComments(text))
  );
  assertEquals(breaches.map(({ path }) => path), []);
});

Deno.test("only the command line prints", () => {
  const breaches = sources.filter(({ room, text }) =>
    room !== "cli" && /\bconsole\./.test(withoutComments(text))
  );
  assertEquals(breaches.map(({ path }) => path), []);
});

Deno.test("no file has a name that says nothing", () => {
  const empty = /(^|\/)(utils?|helpers?|common|misc|manager)(\.ts|\/)/;
  assertEquals(
    modules.filter(({ path }) => empty.test(path)).map(({ path }) => path),
    [],
  );
});

Deno.test("the stand-ins cover exactly the imports that deno.json declares", async () => {
  const root = new URL("../", import.meta.url);
  const read = async (path: string) =>
    JSON.parse(await Deno.readTextFile(new URL(path, root))).imports as Record<
      string,
      string
    >;
  const declared = await read("deno.json");
  const standins = await read("scripts/jsr_standins/import_map.json");
  assertEquals(Object.keys(standins).sort(), Object.keys(declared).sort());
  for (const [name, specifier] of Object.entries(declared)) {
    if (specifier.startsWith("npm:")) assertEquals(standins[name], specifier);
  }
});
