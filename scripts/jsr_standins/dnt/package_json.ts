/**
 * The files that tell npm what the package is.
 *
 * @module
 */

import type { BuildOptions, EntryPoint } from "../dnt.ts";
import type { Graph } from "./graph.ts";

/** Packages whose types the compiler needs wherever `node:` is imported. */
const NODE_TYPES = { "@types/node": "^20.9.0" };

/** An entry point and its path within the output. */
export interface PlacedEntryPoint extends EntryPoint {
  /** Path of the compiled module within `esm/`. */
  readonly jsPath: string;
}

/** Writes `package.json`. */
export function formatPackageJson(
  options: BuildOptions,
  entryPoints: readonly PlacedEntryPoint[],
  graph: Graph,
): string {
  const exported = entryPoints.filter(({ kind }) => kind !== "bin");
  const binaries = entryPoints.filter(({ kind }) => kind === "bin");
  const given = options.package;
  const main = exported[0];
  const json = {
    ...given,
    ...(main === undefined ? {} : { module: `./esm/${main.jsPath}` }),
    ...(binaries.length === 0 ? {} : { bin: paths(binaries) }),
    exports: { ...imports(exported), ...given.exports },
    scripts: {
      ...(options.test === false ? {} : { test: "node test_runner.cjs" }),
      ...given.scripts,
    },
    dependencies: {
      ...Object.fromEntries(graph.dependencies),
      ...given.dependencies,
    },
    devDependencies: {
      ...NODE_TYPES,
      ...Object.fromEntries(graph.testDependencies),
      ...given.devDependencies,
    },
    _generatedBy: "the stand-in for dnt",
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/** Writes `.npmignore`: sources, tests and what only tests need stay at home. */
export function formatNpmIgnore(graph: Graph): string {
  const lines = ["/src/"];
  for (const { path, isTest } of graph.modules) {
    if (!isTest) continue;
    lines.push(`/esm/${path.replace(/\.ts$/, ".js")}`);
    lines.push(`/esm/${path.replace(/\.ts$/, ".d.ts")}`);
  }
  lines.push("/test_runner.cjs", "yarn.lock", "pnpm-lock.yaml");
  return `${lines.join("\n")}\n`;
}

function paths(
  entryPoints: readonly PlacedEntryPoint[],
): Record<string, string> {
  return Object.fromEntries(
    entryPoints.map(({ name, jsPath }) => [name ?? ".", `./esm/${jsPath}`]),
  );
}

function imports(
  entryPoints: readonly PlacedEntryPoint[],
): Record<string, unknown> {
  return Object.fromEntries(
    entryPoints.map(({ name, jsPath }) => [
      name ?? ".",
      { import: `./esm/${jsPath}` },
    ]),
  );
}
