/**
 * From a place on the disk to a {@linkcode Config}.
 *
 * @module
 */

import { relative } from "../path.ts";
import { ForgeError } from "../errors.ts";
import type { Files } from "../platform/types.ts";
import type { ConfigFile, ConfigLocation } from "./discover.ts";
import { parseConfig, type ParsedConfig } from "./parse.ts";
import { scanExtensions } from "./scan.ts";

/** Bytes that a configuration may have: thousands of extensions fit into it. */
export const MAX_CONFIG_BYTES: number = 16 * 1024 * 1024;

/**
 * Reads the configuration at a location that `findConfig` gave.
 *
 * @throws {ForgeError} `CONFIG_UNREADABLE`, `CONFIG_SYNTAX` or `CONFIG_INVALID`.
 *
 * @example
 * ```ts
 * import { findConfig, platform, readConfig } from "@forgepoint/forge";
 *
 * const { config } = await readConfig(await findConfig(platform), platform.files);
 * config.oci.map(({ name }) => name); // ["notes", "greeter"]
 * ```
 */
export async function readConfig(
  location: ConfigLocation,
  files: Files,
): Promise<ParsedConfig> {
  if (location.kind === "scan") {
    return await scanExtensions(location.directory, files);
  }
  const fileName = relative(location.root, location.path);
  return parseConfig(await readConfigText(location, files), { fileName });
}

/**
 * Reads the text of a configuration file, whatever it says.
 *
 * @throws {ForgeError} `CONFIG_UNREADABLE`.
 *
 * @example
 * ```ts
 * import {
 *   checkConfig,
 *   findConfig,
 *   platform,
 *   readConfigText,
 * } from "@forgepoint/forge";
 *
 * const location = await findConfig(platform);
 * if (location.kind === "file") {
 *   const text = await readConfigText(location, platform.files);
 *   (await checkConfig(text)).findings.map(({ message }) => message);
 * }
 * ```
 */
export async function readConfigText(
  { path }: Pick<ConfigFile, "path">,
  files: Files,
): Promise<string> {
  try {
    const stat = await files.stat(path);
    if (stat !== undefined && stat.size > MAX_CONFIG_BYTES) {
      throw new Error(`it has ${stat.size} bytes`);
    }
    const bytes = await files.read(path);
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes);
  } catch (cause) {
    const reason = cause instanceof TypeError
      ? "it is not UTF-8 text"
      : cause instanceof Error
      ? cause.message
      : String(cause);
    throw new ForgeError(
      "CONFIG_UNREADABLE",
      `Cannot read the configuration "${path}": ${reason}`,
      { hint: "Make it a readable text file in UTF-8", cause },
    );
  }
}
