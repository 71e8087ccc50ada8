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
import {
  importAll,
  MAIN_JOB,
  requireAll,
  tsconfig,
  typedConsumer,
} from "./consumers.ts";
import { runDocuments } from "./documents.ts";
import { type InstalledPackage, installPackage, ROOT } from "./project.ts";
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
  const checks = await Promise.all([
    checkTypes(installed),
    ...runtimes.map((runtime) => checkRuntime(installed, runtime)),
  ]);
  return { installed, runtimes, checks: checks.flat() };
}

async function writeConsumers({ project, specifiers }: InstalledPackage) {
  const files: Record<string, string> = {
    "import_all.mjs": importAll(specifiers),
    "require_all.cjs": requireAll(specifiers),
    "main_job.mjs": MAIN_JOB,
    "consumer.mts": typedConsumer(specifiers),
    "tsconfig.node16.json": tsconfig("node16"),
    "tsconfig.bundler.json": tsconfig("bundler"),
  };
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(join(project, name), text);
  }
}

/** What the check of the unit tests is called. */
const UNIT_TESTS = "the tests";

function checkTypes({ project }: InstalledPackage): Promise<Check[]> {
  const tsc = join(project, "node_modules", "typescript", "bin", "tsc");
  const ways = ["node16", "bundler"] as const;
  return Promise.all(ways.map(async (way) => {
    const command = ["node", tsc, "-p", `tsconfig.${way}.json`] as const;
    const result = await run(command, { cwd: project });
    return describe(`types, ${way}`, "TypeScript", result);
  }));
}

async function checkRuntime(
  { project, home }: InstalledPackage,
  runtime: Runtime,
): Promise<Check[]> {
  const bin = join(project, "node_modules", ".bin", "forge");
  const fixture = join(ROOT, "tests", "fixtures", "notes.wasm");
  const commands: [string, [string, ...string[]]][] = [
    ["import every subpath", [runtime.path, "import_all.mjs"]],
    ["require every subpath", [runtime.path, "require_all.cjs"]],
    ["forge --version", [runtime.path, bin, "--version"]],
    ["forge run on loopback", [runtime.path, "main_job.mjs", bin, fixture]],
    [UNIT_TESTS, [runtime.path, join(home, "test_runner.cjs")]],
  ];
  if (!runtime.isBun) {
    commands.push(["npx forge", ["npx", "--no-install", "forge", "--version"]]);
  }
  const checks: Check[] = [];
  for (const [what, command] of commands) {
    const path = `${dirname(runtime.path)}:${process.env["PATH"] ?? ""}`;
    const result = await run(command, { cwd: project, env: { PATH: path } });
    const fair = runtime.isBun ? excuseBun(what, result) : result;
    checks.push(describe(what, runtime.name, fair));
  }
  const documents = await runDocuments(project, runtime.path);
  return [...checks, describe("the documents", runtime.name, documents)];
}

/**
 * Bun is tried, not supported: the package has to install, load and run there,
 * but what it does differently below (its server, TLS and undici are its own)
 * is only counted.
 */
function excuseBun(what: string, result: RunResult): RunResult {
  const isCounted = what === UNIT_TESTS &&
    /^\d+ passed, \d+ failed/m.test(result.out);
  return isCounted ? { ...result, status: 0 } : result;
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
