/**
 * Tries the npm package on every runtime that it is meant for.
 *
 * ```sh
 * deno task test:npm
 * ```
 *
 * @module
 */

import { dirname, join } from "@std/path";
import process from "node:process";
import { tmpdir } from "node:os";
import { type Registry, startRegistry } from "../../src/testing/mod.ts";
import {
  importAll,
  MAIN_JOB,
  requireAll,
  tsconfig,
  tsconfigName,
  TYPE_SETTINGS,
  typedConsumer,
} from "./consumers.ts";
import { runDocuments } from "./documents.ts";
import { runEveryCommand } from "./every_command.ts";
import {
  COMPILERS,
  type InstalledPackage,
  installPackage,
  ROOT,
} from "./project.ts";
import { run, type RunResult } from "./run.ts";
import { installRuntimes, type Runtime } from "./runtimes.ts";

/** One thing that was tried. */
export interface Check {
  /** What was tried. */
  readonly what: string;
  /** On which runtime. */
  readonly where: string;
  /** Whether it went well. */
  readonly ok: boolean;
  /** A figure where it did, the output where it did not. */
  readonly detail: string;
}

/** Everything that was tried, and on what. */
export interface PackageReport {
  /** The package. */
  readonly installed: InstalledPackage;
  /** The runtimes. */
  readonly runtimes: readonly Runtime[];
  /** The checks, in order. */
  readonly checks: readonly Check[];
}

/** Builds, packs, installs and tries. */
export async function checkPackage(
  directory: string,
): Promise<PackageReport> {
  const [installed, runtimes] = await Promise.all([
    installPackage(directory),
    installRuntimes(join(tmpdir(), "forge-test-runtimes")),
  ]);
  await writeConsumers(installed);
  await using registry = await startRegistry();
  const scene: Scene = { ...installed, registry };
  const checks = await Promise.all([
    checkTypes(installed),
    ...runtimes.map((runtime) => checkRuntime(scene, runtime)),
  ]);
  return { installed, runtimes, checks: checks.flat() };
}

async function writeConsumers({ project, specifiers }: InstalledPackage) {
  const files: Record<string, string> = {
    "import_all.mjs": importAll(specifiers),
    "require_all.cjs": requireAll(specifiers),
    "main_job.mjs": MAIN_JOB,
    "consumer.mts": typedConsumer(specifiers),
  };
  for (const settings of TYPE_SETTINGS) {
    files[tsconfigName(settings)] = tsconfig(settings);
  }
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(join(project, name), text);
  }
}

/** The package, and a registry that all runtimes use at once. */
interface Scene extends InstalledPackage {
  readonly registry: Registry;
}

/** What the check of the unit tests is called. */
const UNIT_TESTS = "the tests";

function checkTypes({ project }: InstalledPackage): Promise<Check[]> {
  const ways = Object.entries(COMPILERS).flatMap(([home, { name, once }]) =>
    TYPE_SETTINGS.slice(0, once ? 1 : undefined)
      .map((settings) => ({ home, name, settings }))
  );
  return Promise.all(ways.map(async ({ home, name, settings }) => {
    const tsc = join(project, "node_modules", home, "bin", "tsc");
    const command = ["node", tsc, "-p", tsconfigName(settings)] as const;
    const result = await run(command, { cwd: project });
    const { moduleResolution, lib } = settings;
    return describe(`types, ${moduleResolution}, ${lib.at(-1)}`, name, result);
  }));
}

async function checkRuntime(
  { project, home, registry }: Scene,
  runtime: Runtime,
): Promise<Check[]> {
  const bin = join(project, "node_modules", ".bin", "forge");
  const fixture = join(ROOT, "tests", "fixtures", "notes.wasm");
  const commands: [string, [string, ...string[]]][] = [
    ["import every subpath", [runtime.path, "import_all.mjs"]],
    ["forge --version", [runtime.path, bin, "--version"]],
    ["forge run on loopback", [runtime.path, "main_job.mjs", bin, fixture]],
  ];
  // The oldest cannot require modules, npm does not run on it, and the tests
  // take minutes and use what it lacks, which the package does without.
  if (!runtime.isOldest) {
    commands.push(
      ["require every subpath", [runtime.path, "require_all.cjs"]],
      [UNIT_TESTS, [runtime.path, join(home, "test_runner.cjs")]],
    );
  }
  if (!runtime.isBun && !runtime.isOldest) {
    commands.push(["npx forge", ["npx", "--no-install", "forge", "--version"]]);
  }
  const checks: Check[] = [];
  for (const [what, command] of commands) {
    const path = `${dirname(runtime.path)}:${process.env["PATH"] ?? ""}`;
    const result = await run(command, { cwd: project, env: { PATH: path } });
    const fair = runtime.isBun ? excuseBun(what, result) : result;
    checks.push(describe(what, runtime.name, fair));
  }
  // Those between the oldest and the newest have nothing of their own.
  if (runtime.isOldest || runtime.isNewest || runtime.isBun) {
    const every = await runEveryCommand([runtime.path, bin], registry);
    checks.push(describe("every command", runtime.name, every));
  }
  const documents = await runDocuments(project, runtime.path);
  return [...checks, describe("the documents", runtime.name, documents)];
}

/**
 * How many tests may fail on Bun, where 53 or 54 do (1.4.5): its server, TLS
 * and undici are its own. A few more are for a Bun that is newer than that.
 */
const MAX_BUN_FAILURES = 58;

/**
 * Bun is tried, not supported: the package has to install, load and run there,
 * but what it does differently is only counted.
 */
function excuseBun(what: string, result: RunResult): RunResult {
  const [, failed] = /^\d+ passed, (\d+) failed/m.exec(result.out) ?? [];
  const isExcused = what === UNIT_TESTS && failed !== undefined &&
    Number(failed) <= MAX_BUN_FAILURES;
  return isExcused ? { ...result, status: 0 } : result;
}

function describe(what: string, where: string, result: RunResult): Check {
  const ok = result.status === 0;
  const figure = /^\d+ passed.*$/m.exec(result.out)?.[0] ??
    `${Math.round(result.milliseconds)} ms`;
  const detail = ok ? figure : `${result.out}\n${result.err}`.trim();
  return { what, where, ok, detail };
}

/** Writes the report as a table, failures in full below it. */
export function formatReport(
  { installed, checks }: PackageReport,
): string {
  const kilobytes = (bytes: number) => `${Math.round(bytes / 1000)} kB`;
  const rows = checks.map(({ what, where, ok, detail }) =>
    `${where.padEnd(14)} ${what.padEnd(24)} ${ok ? `ok  ${detail}` : "FAILED"}`
  );
  const failures = checks.filter(({ ok }) => !ok).map((
    { what, where, detail },
  ) => `\n${what} on ${where}:\n${detail}`);
  return [
    `tarball ${
      kilobytes(installed.tarballBytes)
    }, ${installed.files.length} files; ` +
    `installed ${kilobytes(installed.installedBytes)} with ${
      installed.dependencies.join(", ") || "no dependencies"
    }`,
    ...rows,
    ...failures,
  ].join("\n");
}

if (import.meta.main) {
  const directory = await Deno.makeTempDir({ prefix: "forge-npm-" });
  try {
    const report = await checkPackage(directory);
    console.log(formatReport(report));
    if (report.checks.some(({ ok }) => !ok)) Deno.exitCode = 1;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
