/**
 * The configuration of a project that has none: the modules in a directory.
 *
 * @module
 */

import { join } from "../path.ts";
import { ForgeError } from "../errors.ts";
import type { Files } from "../platform/types.ts";
import { type Config, DEFAULT_SETTINGS } from "./model.ts";
import type { ConfigWarning } from "./problem.ts";
import { isSlug, suggestSlug } from "./slug.ts";

/** What {@linkcode scanExtensions} found. */
export interface ScanResult {
  /** The modules as local extensions, by name. */
  readonly config: Config;
  /** One for each file whose name had to be changed to be a slug. */
  readonly warnings: readonly ConfigWarning[];
}

/**
 * Makes a configuration of the `.wasm` files in a directory.
 *
 * An extension is named after its file; where that is no slug (compilers write
 * `my_extension.wasm`), after the nearest slug, with a warning.
 *
 * @param directory Where to look; absent means empty.
 * @param files The disk.
 * @throws {ForgeError} `CONFIG_INVALID` when two files would have one name, or
 * nothing of a file's name can be used.
 *
 * @example
 * ```ts
 * import { platform, scanExtensions } from "@forgepoint/forge";
 *
 * const { config } = await scanExtensions(platform.cwd(), platform.files);
 * config.local.map(({ name }) => name); // ["greeter", "notes", "world"]
 * ```
 */
export async function scanExtensions(
  directory: string,
  files: Files,
): Promise<ScanResult> {
  const found = (await files.list(directory) ?? [])
    .filter((file) => file.endsWith(".wasm"))
    .sort();
  const byName = new Map<string, string>();
  const warnings: ConfigWarning[] = [];
  for (const file of found) {
    const stem = file.slice(0, -".wasm".length);
    const name = isSlug(stem) ? stem : suggestSlug(stem);
    if (name === undefined) throw unusable(directory, file);
    const other = byName.get(name);
    if (other !== undefined) throw collision(directory, name, other, file);
    byName.set(name, join(directory, file));
    if (name !== stem) {
      warnings.push({
        message:
          `The extension in "${file}" is named "${name}": names are a-z, 0-9 and single hyphens`,
      });
    }
  }
  const local = [...byName].map(([name, path]) => ({ name, path }));
  return {
    config: {
      oci: [],
      local,
      auth: {},
      registries: {},
      settings: DEFAULT_SETTINGS,
    },
    warnings,
  };
}

function unusable(directory: string, file: string): ForgeError {
  return new ForgeError(
    "CONFIG_INVALID",
    `Cannot name an extension after the file "${join(directory, file)}"`,
    {
      hint:
        "Rename the file to a-z, 0-9 and single hyphens, or list it in forge.ron under a name of your choice",
    },
  );
}

function collision(
  directory: string,
  name: string,
  one: string,
  other: string,
): ForgeError {
  return new ForgeError(
    "CONFIG_INVALID",
    `Cannot give the name "${name}" to both "${one}" and "${
      join(directory, other)
    }"`,
    {
      hint:
        "Rename one of them, or list both in forge.ron under names of your choice",
    },
  );
}
