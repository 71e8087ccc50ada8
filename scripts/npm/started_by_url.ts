/**
 * Modules that nothing imports: a worker or a process is started with their URL.
 *
 * @module
 */

import { join } from "@std/path";

/** Compiled, and no export of the package. */
export const STARTED_BY_URL: readonly { name: string; path: string }[] = [
  { name: "./extension-host", path: "./src/project/extension_host.ts" },
];

/**
 * Names compiled modules where compiled modules start them. The bundle does so
 * by itself; the tests start them where they were compiled.
 *
 * @param directory Where they were compiled.
 */
export async function nameCompiled(directory: string): Promise<void> {
  for await (const entry of Deno.readDir(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory) await nameCompiled(path);
    if (!entry.name.endsWith(".js")) continue;
    const text = await Deno.readTextFile(path);
    const named = STARTED_BY_URL.map(({ path }) => /[^/]+$/.exec(path)?.[0])
      .reduce((code: string, name = "") =>
        code.replaceAll(
          `/${name}", import.meta.url`,
          `/${name.replace(/ts$/, "js")}", import.meta.url`,
        ), text);
    if (named !== text) await Deno.writeTextFile(path, named);
  }
}
