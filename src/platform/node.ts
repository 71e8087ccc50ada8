/**
 * The adapter for Node, in the npm package.
 *
 * @module
 */

import { mkdirSync } from "node:fs";
import process from "node:process";
import { systemClock } from "./clock.ts";
import { runHelper } from "./credential_helper.ts";
import { createNodeFetch } from "./node_fetch.ts";
import { nodeFiles } from "./node_files.ts";
import { nameNodeRuntime } from "./node_runtime.ts";
import { lazyOpenDatabase } from "./sqlite/lazy.ts";
import type { Platform } from "./types.ts";

/** This process, its disk and its network. */
export const platform: Platform = {
  runtime: "node",
  ...nameNodeRuntime(process.versions),
  files: nodeFiles,
  env: (name) => process.env[name],
  cwd: () => process.cwd(),
  noColor: () => (process.env["NO_COLOR"] ?? "") !== "",
  fetch: createNodeFetch(),
  clock: systemClock,
  openDatabase: lazyOpenDatabase(nodeFiles.makeDirectory),
  async openDirectory(path) {
    const { openSyncDirectory } = await import("./sync_directory.ts");
    return openSyncDirectory(
      path,
      (path) => void mkdirSync(path, { recursive: true }),
    );
  },
  async startHost(kind, options) {
    const { startProcess, startWorker } = await import("./remote_host.ts");
    // What this package was compiled from has another name.
    const entry = new URL(options.entry.href.replace(/\.ts$/, ".js"));
    if (kind === "worker") return startWorker({ ...options, entry });
    // Windows starts no program without it.
    const { SystemRoot } = process.env;
    const env: Record<string, string> = SystemRoot ? { SystemRoot } : {};
    const command = { program: process.execPath, args: [], env };
    return startProcess(command, { ...options, entry });
  },
  runHelper,
  sandbox: undefined,
};
