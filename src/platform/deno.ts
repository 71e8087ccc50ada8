/**
 * The adapter for Deno. The npm build puts `node.ts` in its place.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { systemClock } from "./clock.ts";
import { createDenoFetch } from "./deno_fetch.ts";
import { denoSandbox, runHelper, startDenoHost } from "./deno_process.ts";
import { lazyFiles } from "./lazy_files.ts";
import { lazyOpenDatabase } from "./sqlite/lazy.ts";
import type { Platform } from "./types.ts";

// Node's way looks at every directory above; this one needs no permission for them.
const makeDirectory = (path: string) => Deno.mkdir(path, { recursive: true });

/** This process, its disk and its network. */
export const platform: Platform = {
  runtime: "deno",
  runtimeName: "Deno",
  runtimeVersion: Deno.version.deno,
  files: {
    // Deno takes 20 ms to load what this stands on.
    ...lazyFiles(async () => (await import("./node_files.ts")).nodeFiles),
    makeDirectory,
  },
  env(name) {
    try {
      return Deno.env.get(name);
    } catch (cause) {
      throw new ForgeError(
        "PERMISSION_DENIED",
        `Cannot read the environment variable ${name}: permission not granted`,
        { hint: `Run Deno with --allow-env=${name}`, cause },
      );
    }
  },
  cwd: () => Deno.cwd(),
  noColor: () => Deno.noColor,
  fetch: createDenoFetch(),
  clock: systemClock,
  openDatabase: lazyOpenDatabase(makeDirectory),
  async openDirectory(path) {
    const { openSyncDirectory } = await import("./sync_directory.ts");
    return openSyncDirectory(
      path,
      (path) => Deno.mkdirSync(path, { recursive: true }),
    );
  },
  startHost: startDenoHost,
  runHelper,
  sandbox: denoSandbox,
};
