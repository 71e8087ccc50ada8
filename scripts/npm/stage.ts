/**
 * The part of the repository that becomes the package: dnt takes the tests of
 * a directory by their names, all of them, and some can run on Deno only.
 *
 * @module
 */

import { dirname, fromFileUrl, join } from "@std/path";

/** A directory with what is built. */
export interface Stage extends AsyncDisposable {
  /** Its absolute path. */
  readonly directory: string;
}

/** What is built, and what says what its imports mean. */
const PARTS = ["mod.ts", "src", "tests", "deno.json"];

/**
 * Copies the modules and the tests that run on Node.
 *
 * @param root The root of the repository.
 * @param without Paths from it of files that stay behind.
 */
export async function openStage(
  root: URL,
  without: ReadonlySet<string>,
): Promise<Stage> {
  const made = await Deno.makeTempDir({ prefix: "forge-npm-stage-" });
  const directory = await Deno.realPath(made);
  for (const path of PARTS) await copy(path);
  return {
    directory,
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };

  async function copy(path: string): Promise<void> {
    const source = fromFileUrl(new URL(path, root));
    if ((await Deno.stat(source)).isDirectory) {
      for await (const { name } of Deno.readDir(source)) {
        await copy(`${path}/${name}`);
      }
    } else if (/\.(?:ts|json)$/.test(path) && !without.has(path)) {
      const target = join(directory, path);
      await Deno.mkdir(dirname(target), { recursive: true });
      await Deno.copyFile(source, target);
    }
  }
}
