/**
 * The command line in a process of its own, on the runtime that the test runs
 * on: what the environment says of the network is heard at the start.
 *
 * @module
 */

import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { platform } from "../../src/platform/deno.ts";

/** What a process did. */
export interface CliResult {
  /** Its exit status. */
  readonly status: number | null;
  /** What it wrote to standard output. */
  readonly out: string;
  /** What it wrote to standard error. */
  readonly err: string;
}

/** Options of {@linkcode runCli}. */
export interface RunCliOptions {
  /** The working directory. */
  readonly cwd: string;
  /** The environment, beside where programs are; nothing else is inherited. */
  readonly env: Readonly<Record<string, string>>;
}

/** Without these nothing starts, or where JSR is out of reach. */
export const INHERITED = ["PATH", "HOME", "DENO_DIR", "FORGE_RESTART_FLAGS"];

/** Runs `forge`. */
export function runCli(
  args: readonly string[],
  { cwd, env }: RunCliOptions,
): Promise<CliResult> {
  const inherited = INHERITED.map((name) => [name, process.env[name]] as const)
    .filter(([, value]) => value !== undefined);
  const child = spawn(process.execPath, [...cliArguments(), ...args], {
    cwd,
    env: {
      ...Object.fromEntries(inherited),
      NO_COLOR: "1",
      // Deno looks for versions of itself through the same proxy.
      DENO_NO_UPDATE_CHECK: "1",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk: Uint8Array) => out += chunk);
  child.stderr.on("data", (chunk: Uint8Array) => err += chunk);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, out, err }));
  });
}

/** The flags and the module that start the command line here. */
export function cliArguments(): readonly string[] {
  const isDeno = platform.runtime === "deno";
  // The package has its own way in, and both lie beside the compiled tests.
  const name = isDeno ? "main.ts" : "node_bin.js";
  const place = import.meta.url.replace(/tests\/interop\/[^/]*$/, "src/cli/");
  const module = fileURLToPath(place + name);
  if (!isDeno) return [module];
  const flags = process.env["FORGE_RESTART_FLAGS"] ?? "[]";
  return ["run", "-A", "--no-prompt", ...JSON.parse(flags), module];
}
