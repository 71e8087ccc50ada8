/**
 * Stands in for `@deno/dnt`: builds the same tree for the options that
 * `scripts/build_npm.ts` uses, and refuses those that it does not know.
 *
 * @module
 */

import {
  dirname,
  fromFileUrl,
  join,
  relative,
  resolve,
  toFileUrl,
} from "@std/path";
import type ts from "typescript";
import { compile } from "./dnt/compile.ts";
import { buildGraph, type Graph, type OutputModule } from "./dnt/graph.ts";
import {
  formatNpmIgnore,
  formatPackageJson,
  type PlacedEntryPoint,
} from "./dnt/package_json.ts";
import { createResolver } from "./dnt/resolve.ts";
import { DENO_SHIM, formatTestRunner } from "./dnt/test_runner.ts";
import importMap from "./import_map.json" with { type: "json" };

const HERE = new URL("./", import.meta.url);

/** A module of the package, or its program. */
export interface EntryPoint {
  kind?: "bin" | "export";
  name?: string;
  path: string;
}

/** The fields of `package.json` that are read here; others pass through. */
export interface PackageJson {
  name: string;
  version: string;
  scripts?: Record<string, string>;
  exports?: Record<string, unknown>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  [field: string]: unknown;
}

/** The options of `build()` that are known here. */
export interface BuildOptions {
  entryPoints: (string | EntryPoint)[];
  outDir: string;
  shims: { deno?: "dev" | false };
  package: PackageJson;
  scriptModule: false;
  declaration?: "inline" | false;
  typeCheck?: "single" | false;
  test?: boolean;
  testPattern?: "**/*_test.ts";
  testPreloadModule: string;
  /** The root of modules and tests: what is below it stays at its place. */
  cwd: string;
  skipNpmInstall?: boolean;
  polyfills?: false;
  mappings?: Record<string, string>;
  compilerOptions?: {
    target?: "ES2022" | "ES2023" | "Latest";
    lib?: ("ES2022" | "ES2023" | "ESNext" | "DOM" | "DOM.Iterable")[];
    noUncheckedIndexedAccess?: boolean;
    useUnknownInCatchVariables?: boolean;
  };
  filterDiagnostic?: (diagnostic: ts.Diagnostic) => boolean;
  postBuild?: () => void | Promise<void>;
}

/** Builds a package for Node from modules for Deno. */
export async function build(options: BuildOptions): Promise<void> {
  const entryPoints = options.entryPoints.map((entry, i): EntryPoint =>
    typeof entry === "string"
      ? { name: i === 0 ? "." : entry, path: entry }
      : entry
  );
  log("Transforming...");
  const tests = options.test === false
    ? []
    : await Array.fromAsync(testFilesBelow(options.cwd));
  tests.sort();
  const preload = options.testPreloadModule;
  const fileUrl = (path: string) => toFileUrl(resolve(options.cwd, path));
  const placeModule = (url: URL) => placeBelow(options.cwd, url);
  const graph = await buildGraph({
    entryPoints: entryPoints.map(({ path }) => fileUrl(path)),
    tests: [preload, ...tests].map(fileUrl),
    resolver: createResolver({
      imports: importMap.imports,
      importMapUrl: new URL("import_map.json", HERE),
      mappings: new Map(
        Object.entries(options.mappings ?? {})
          .map(([from, to]) => [fileUrl(from).href, fileUrl(to)]),
      ),
    }),
    outputPath: placeModule,
  });
  if (graph.modules.some(needsShim)) {
    graph.testDependencies.set(DENO_SHIM.name, DENO_SHIM.version);
  }
  const outDir = resolve(options.cwd, options.outDir);
  const placed = entryPoints.map((entry): PlacedEntryPoint => ({
    ...entry,
    jsPath: toJs(placeModule(fileUrl(entry.path))),
  }));
  await writeTree(outDir, options, graph, placed);
  if (options.skipNpmInstall !== true) await npm(["install"], outDir);
  log("Building project...");
  compile(outDir, graph.modules.map(({ path }) => path), options);
  await write(outDir, "esm/package.json", '{\n  "type": "module"\n}\n');
  await options.postBuild?.();
  if (options.test !== false) {
    const files = [preload, ...tests]
      .map((path) => toJs(placeModule(fileUrl(path))));
    await write(outDir, "test_runner.cjs", formatTestRunner(files));
    log("Running tests...");
    await npm(["run", "test"], outDir);
  }
  log("Complete!");
}

/** Makes a directory, or empties the one that is there. */
export async function emptyDir(directory: string): Promise<void> {
  await Deno.mkdir(directory, { recursive: true });
  for await (const { name } of Deno.readDir(directory)) {
    await Deno.remove(join(directory, name), { recursive: true });
  }
}

async function writeTree(
  outDir: string,
  options: BuildOptions,
  graph: Graph,
  placed: readonly PlacedEntryPoint[],
): Promise<void> {
  const programs = new Set(
    placed.filter(({ kind }) => kind === "bin").map(({ jsPath }) => jsPath),
  );
  for (const module of graph.modules) {
    const first = programs.has(toJs(module.path))
      ? "#!/usr/bin/env node\n"
      : needsShim(module)
      ? `import { Deno } from "${DENO_SHIM.name}";\n`
      : "";
    await write(outDir, `src/${module.path}`, first + module.text);
  }
  const packageJson = formatPackageJson(options, placed, graph);
  await write(outDir, "package.json", packageJson);
  await write(outDir, ".npmignore", formatNpmIgnore(graph));
}

/** Test files get the `Deno` that they use from a package; the library has none. */
function needsShim(module: OutputModule): boolean {
  return module.isTest && /\bDeno\./.test(module.text);
}

async function* testFilesBelow(directory: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    const path = join(directory, name);
    if (isDirectory) yield* testFilesBelow(path);
    else if (name.endsWith("_test.ts")) yield path;
  }
}

function placeBelow(home: string, url: URL): string {
  const [root, prefix] = url.href.startsWith(HERE.href)
    ? [fromFileUrl(HERE), "deps/jsr_standins/"]
    : [home, ""];
  return prefix + relative(root, fromFileUrl(url)).replaceAll("\\", "/");
}

function toJs(path: string): string {
  return path.replace(/\.ts$/, ".js");
}

async function write(
  outDir: string,
  path: string,
  text: string,
): Promise<void> {
  const file = join(outDir, path);
  await Deno.mkdir(dirname(file), { recursive: true });
  await Deno.writeTextFile(file, text);
}

async function npm(args: readonly string[], cwd: string): Promise<void> {
  log(`Running npm ${args.join(" ")}...`);
  const windows = Deno.build.os === "windows";
  const command = new Deno.Command(windows ? "npm.cmd" : "npm", {
    args: [...args],
    cwd,
    stdout: "inherit",
    stderr: "inherit",
  });
  const { success } = await command.output();
  if (!success) throw new Error(`npm ${args.join(" ")} failed`);
}

function log(message: string): void {
  console.log(`[dnt stand-in] ${message}`);
}
