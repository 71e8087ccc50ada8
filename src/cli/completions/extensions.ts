/**
 * The names of extensions, for a shell that completes one.
 *
 * @module
 */

import { findConfig, isSlug, readConfig } from "../../config/mod.ts";
import { EXIT_OK, type Io } from "../io.ts";

/**
 * Prints the names in `forge.ron`, one to a line. Whatever is wrong with it, a
 * shell in the middle of a line must not be disturbed: then there are none.
 *
 * @param words The command line so far, for its `--config`.
 */
export async function listExtensions(
  words: readonly string[],
  io: Io,
): Promise<number> {
  try {
    const path = configIn(words);
    const location = await findConfig({ ...io.platform, path });
    const { config } = await readConfig(location, io.platform.files);
    const names = [...config.oci, ...config.local].map(({ name }) => name);
    io.out(names.filter(isSlug).map((name) => `${name}\n`).join(""));
  } catch {
    // Nothing to complete; forge check says why.
  }
  return EXIT_OK;
}

function configIn(words: readonly string[]): string | undefined {
  // bash hands "--config=FILE" over in three words.
  const joined = words.filter((word) => word !== "=");
  const at = joined.findLastIndex((word) => /^(?:-c|--config)$/.test(word));
  const long = joined.findLast((word) => word.startsWith("--config="));
  const path = at < 0 ? long?.slice("--config=".length) : joined[at + 1];
  return path === "" ? undefined : path;
}
