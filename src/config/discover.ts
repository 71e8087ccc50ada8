/**
 * Where the configuration is.
 *
 * @module
 */

import { basename, dirname, join, resolve } from "../path.ts";
import { ForgeError } from "../errors.ts";
import type { Files } from "../platform/types.ts";

/** The variable that names the configuration file. */
export const CONFIG_PATH_VARIABLE = "FORGE_CONFIG_PATH";
/** Where extensions lie when there is no configuration. */
export const SCAN_DIRECTORY = "crates/server/extensions";
/** Where else the configuration may be, in this order, after the variable. */
const CANDIDATES = ["forge.ron", ".forge/config.ron"];

/** Where the configuration was found. */
export type ConfigLocation = ConfigFile | ConfigScan;

/** A configuration file. */
export interface ConfigFile {
  /** Tells it from a scan. */
  readonly kind: "file";
  /** Its path, absolute. */
  readonly path: string;
  /** The project root, absolute: relative paths in the file start there. */
  readonly root: string;
  /** Who named it. */
  readonly via: "option" | "variable" | "search";
}

/** No configuration: extensions are what lies in a directory. */
export interface ConfigScan {
  /** Tells it from a file. */
  readonly kind: "scan";
  /** The directory, absolute; it need not exist. */
  readonly directory: string;
  /** The project root, absolute. */
  readonly root: string;
}

/** Options of {@linkcode findConfig}. */
export interface FindConfigOptions {
  /** The disk. */
  readonly files: Files;
  /** Reads `FORGE_CONFIG_PATH`. */
  readonly env: (name: string) => string | undefined;
  /** The working directory, absolute. */
  readonly cwd: () => string;
  /** A path that the user gave: nothing else is looked at. */
  readonly path?: string | undefined;
}

/**
 * Finds the configuration: the given path, else `FORGE_CONFIG_PATH`, else
 * `forge.ron`, else `.forge/config.ron`, else the directory that is scanned.
 *
 * @throws {ForgeError} `CONFIG_NOT_FOUND` when a path was named, by option or
 * variable, and nothing is there: another file would not be what was meant.
 *
 * @example
 * ```ts
 * import { findConfig, platform } from "@forgepoint/forge";
 *
 * const location = await findConfig(platform);
 * location.kind; // "file" or "scan"
 * ```
 */
export async function findConfig(
  options: FindConfigOptions,
): Promise<ConfigLocation> {
  const cwd = options.cwd();
  if (options.path !== undefined) {
    return await namedFile(options.path, "option", options);
  }
  const variable = options.env(CONFIG_PATH_VARIABLE);
  if (variable !== undefined && variable !== "") {
    return await namedFile(variable, "variable", options);
  }
  for (const candidate of CANDIDATES) {
    const path = resolve(cwd, candidate);
    const stat = await options.files.stat(path);
    if (stat?.kind === "file") {
      return { kind: "file", path, root: rootOf(path), via: "search" };
    }
  }
  return { kind: "scan", directory: resolve(cwd, SCAN_DIRECTORY), root: cwd };
}

async function namedFile(
  named: string,
  via: "option" | "variable",
  options: FindConfigOptions,
): Promise<ConfigFile> {
  const path = resolve(options.cwd(), named);
  const by = via === "option" ? "--config" : CONFIG_PATH_VARIABLE;
  const stat = await options.files.stat(path);
  if (stat === undefined) {
    throw new ForgeError(
      "CONFIG_NOT_FOUND",
      `Cannot find the configuration "${named}" that ${by} names`,
      {
        hint: via === "option"
          ? "Check the path"
          : `Correct or unset ${CONFIG_PATH_VARIABLE}`,
      },
    );
  }
  if (stat.kind !== "file") {
    throw new ForgeError(
      "CONFIG_UNREADABLE",
      `Cannot read the configuration "${named}" that ${by} names: it is not a file`,
      { hint: `Name the file itself, such as "${join(named, "forge.ron")}"` },
    );
  }
  return { kind: "file", path, root: rootOf(path, via), via };
}

/** The directory of the file, or the parent of `.forge/` for `.forge/config.ron`. */
function rootOf(path: string, via?: "option" | "variable"): string {
  const directory = dirname(path);
  const isDotForge = via === undefined && basename(directory) === ".forge" &&
    basename(path) === "config.ron";
  return isDotForge ? dirname(directory) : directory;
}
