/**
 * What it costs to start: `forge --version` and an import of the library, on
 * each Node and Bun from the packed and installed package, on Deno from the
 * sources, beside an empty program and a small command of npm's own. And how
 * large the package is.
 *
 * ```sh
 * deno run -A scripts/with_jsr.ts run -A scripts/bench/startup_bench.ts 15
 * ```
 *
 * The number is that of the rounds. docs/performance.md has what it printed.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { tmpdir } from "node:os";
import {
  type InstalledPackage,
  installPackage,
} from "../../tests/npm/project.ts";
import { run } from "../../tests/npm/run.ts";
import { installRuntimes, type Runtime } from "../../tests/npm/runtimes.ts";
import {
  type Candidate,
  formatTable,
  measure,
  medianBeyond,
} from "./harness.ts";

const DEFAULT_ROUNDS = 15;
const ROOT = new URL("../../", import.meta.url);
const CLI = fromFileUrl(new URL("src/cli/main.ts", ROOT));

/** A command that does one thing, with no dependencies: what small costs. */
const PEER = "semver@7";

const EMPTY = "an empty program";
const LIBRARY = "import the library";

/** Files that import one thing and end. */
const PROGRAMS = {
  "empty.mjs": "",
  "library.mjs": `import "@forgepoint/forge";\n`,
  "empty.ts": "",
  "library.ts": `import ${JSON.stringify(new URL("mod.ts", ROOT))};\n`,
};

if (import.meta.main) await main(Number(Deno.args[0] ?? DEFAULT_ROUNDS));

async function main(rounds: number): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "forge-bench-" });
  try {
    const installed = await installPackage(directory);
    const { project } = installed;
    await run(["npm", "install", PEER], { cwd: project });
    for (const [name, text] of Object.entries(PROGRAMS)) {
      await Deno.writeTextFile(join(project, name), text);
    }
    const runtimes = await installRuntimes(
      join(tmpdir(), "forge-test-runtimes"),
    );
    for (const runtime of runtimes.filter(({ isOldest }) => !isOldest)) {
      await report(runtime.name, onNode(project, runtime), rounds);
    }
    await report(`Deno ${Deno.version.deno}`, onDeno(project), rounds);
    console.log(`\n### The package\n\n${sizes(installed)}`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function report(
  title: string,
  candidates: readonly Candidate[],
  rounds: number,
): Promise<void> {
  const measured = await measure(candidates, rounds);
  const named = (wanted: string) =>
    measured.find(({ candidate: { name } }) => name === wanted);
  const [library, empty] = [named(LIBRARY), named(EMPTY)];
  if (library === undefined || empty === undefined) return;
  const cost = medianBeyond(library, empty).toFixed(0);
  console.log(`\n### ${title}\n\n${formatTable(measured)}\n`);
  console.log(`The import takes ${cost} ms beyond the start of the runtime.`);
}

function onNode(project: string, { path }: Runtime): readonly Candidate[] {
  const bin = (name: string) => join(project, "node_modules", ".bin", name);
  return candidates(project, {
    [EMPTY]: [path, "empty.mjs"],
    "semver 1.2.3": [path, bin("semver"), "1.2.3"],
    "forge --version": [path, bin("forge"), "--version"],
    [LIBRARY]: [path, "library.mjs"],
  });
}

/** Permissions are granted, so that nothing is asked; the types have been checked. */
function onDeno(project: string): readonly Candidate[] {
  const flags: readonly string[] = JSON.parse(
    Deno.env.get("FORGE_RESTART_FLAGS") ?? "[]",
  );
  const config = fromFileUrl(new URL("deno.json", ROOT));
  const deno = [
    ...[Deno.execPath(), "run", "--no-check", "--config", config],
    ...[...flags, "-A"],
  ] as [string, ...string[]];
  return candidates(project, {
    [EMPTY]: [...deno, "empty.ts"],
    "semver 1.2.3": [...deno, `npm:${PEER}`, "1.2.3"],
    "forge --version": [...deno, CLI, "--version"],
    [LIBRARY]: [...deno, "library.ts"],
  });
}

function candidates(
  cwd: string,
  commands: Readonly<Record<string, readonly [string, ...string[]]>>,
): readonly Candidate[] {
  return Object.entries(commands)
    .map(([name, command]) => ({ name, command, cwd }));
}

function sizes(installed: InstalledPackage): string {
  const { tarballBytes, installedBytes, files, dependencies } = installed;
  const kilobytes = (bytes: number) => `${Math.round(bytes / 1000)} kB`;
  return [
    `| tarball | files | installed, with ${dependencies.join(", ")} |`,
    "| --: | --: | --: |",
    `| ${kilobytes(tarballBytes)} | ${files.length} | ${
      kilobytes(installedBytes)
    } |`,
  ].join("\n");
}
