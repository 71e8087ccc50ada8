/**
 * An empty project with the package in it, packed and installed as from npm.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { buildNpm } from "../../scripts/build_npm.ts";
import { run } from "./run.ts";

/** A project that depends on the package. */
export interface InstalledPackage {
  /** Directory of the project. */
  readonly project: string;
  /** Directory of the installed package. */
  readonly home: string;
  /** Its subpaths as an import statement names them. */
  readonly specifiers: readonly string[];
  /** Bytes of the tarball. */
  readonly tarballBytes: number;
  /** Bytes of the package and its dependencies, installed. */
  readonly installedBytes: number;
  /** Packages that come along. */
  readonly dependencies: readonly string[];
  /** Its package.json, and what `npm pkg fix` makes of that before npm publishes it. */
  readonly packageJson: {
    readonly written: unknown;
    readonly corrected: unknown;
  };
  /** Files in the tarball. */
  readonly files: readonly string[];
}

/** What `npm pack --json` says. */
interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

/** Versions of TypeScript by their directories in `node_modules`: the oldest that is supported, and the newest. */
export const COMPILERS: Readonly<Record<string, Compiler>> = {
  typescript: { name: "TypeScript", spec: "typescript@^7.0.2" },
  "typescript-5.7": {
    name: "TypeScript 5.7",
    spec: "typescript-5.7@npm:typescript@~5.7.0",
    // It is slow, and what it does not know is the same whatever the settings.
    once: true,
  },
};

/** A compiler as npm has it. */
interface Compiler {
  readonly name: string;
  readonly spec: string;
  /** Whether one of the ways to compile is enough. */
  readonly once?: boolean;
}

/** Builds, packs and installs below a directory that the caller removes. */
export async function installPackage(
  directory: string,
): Promise<InstalledPackage> {
  const built = join(directory, "npm");
  // The tests run later, on every runtime, against what npm has installed.
  await buildNpm({ outDir: built, testCommand: "node --version" });
  const { out } = await npm(["pack", "--json"], built);
  const [packed] = JSON.parse(out) as [Packed];
  const project = join(directory, "project");
  await Deno.mkdir(project);
  await Deno.writeTextFile(
    join(project, "package.json"),
    '{ "name": "empty", "private": true }\n',
  );
  await npm(["install", join(built, packed.filename)], project);
  const installedBytes = await sizeOf(join(project, "node_modules"));
  const manifest = await readPackageJson(built);
  const dependencies = Object.keys(manifest.dependencies ?? {});
  await npm(
    [
      "install",
      "--save-dev",
      ...Object.values(COMPILERS).map(({ spec }) => spec),
      ...manifest.development,
    ],
    project,
  );
  const home = join(project, "node_modules", manifest.name);
  await addTests(built, home);
  return {
    project,
    home,
    specifiers: Object.keys(manifest.exports)
      .filter((name) => name !== "./package.json")
      .map((name) => manifest.name + name.slice(1)),
    tarballBytes: packed.size,
    installedBytes,
    dependencies,
    packageJson: await correct(built),
    files: packed.files.map(({ path }) => path),
  };
}

/** Nothing reads the package where it was built any more. */
async function correct(built: string) {
  const written = await readPackageJson(built);
  await npm(["pkg", "fix"], built);
  return { written, corrected: await readPackageJson(built) };
}

async function readPackageJson(directory: string) {
  const json = JSON.parse(
    await Deno.readTextFile(join(directory, "package.json")),
  );
  const needed: Record<string, string> = json.devDependencies ?? {};
  const development = Object.entries(needed)
    .map(([name, range]) => `${name}@${range}`);
  return { ...json, development } as {
    readonly name: string;
    readonly exports: Readonly<Record<string, unknown>>;
    readonly dependencies?: Readonly<Record<string, string>>;
    readonly development: readonly string[];
  };
}

/** Puts beside the installed files what npm does not get: the tests, and the modules as they were compiled. */
async function addTests(built: string, home: string): Promise<void> {
  for await (const path of filesBelow(join(built, "esm"))) {
    const target = join(home, "esm", path);
    if (await Deno.stat(target).then(() => true, () => false)) continue;
    await Deno.mkdir(join(target, ".."), { recursive: true });
    await Deno.copyFile(join(built, "esm", path), target);
  }
  await Deno.copyFile(
    join(built, "test_runner.cjs"),
    join(home, "test_runner.cjs"),
  );
}

async function* filesBelow(
  directory: string,
  prefix = "",
): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    if (isDirectory) {
      yield* filesBelow(join(directory, name), `${prefix}${name}/`);
    } else yield prefix + name;
  }
}

async function sizeOf(directory: string): Promise<number> {
  let size = 0;
  for await (const path of filesBelow(directory)) {
    size += (await Deno.lstat(join(directory, path))).size;
  }
  return size;
}

async function npm(args: readonly string[], cwd: string) {
  const result = await run(["npm", ...args], { cwd });
  if (result.status === 0) return result;
  throw new Error(`npm ${args.join(" ")} failed:\n${result.err}`);
}

/** The root of the repository. */
export const ROOT: string = fromFileUrl(new URL("../../", import.meta.url));
