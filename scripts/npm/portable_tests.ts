/**
 * Which test files can run on Node, and why the others cannot.
 *
 * A test runs on Node unless it, or a module that it imports, needs something
 * of Deno that `@deno/shim-deno` lacks, or the scripts of this repository.
 *
 * @module
 */

import { fromFileUrl, relative } from "@std/path";
import { findAdapters } from "./adapters.ts";
import { STARTED_BY_URL } from "./started_by_url.ts";

/** What tests use of `Deno` that has a counterpart in `@deno/shim-deno`. */
const SHIMMED = new Set([
  ...["chmod", "copyFile", "cwd", "errors", "lstat", "makeTempDir"],
  ...["makeTempFile", "mkdir", "open", "readDir", "readDirSync", "readFile"],
  ...["readFileSync", "readTextFile", "readTextFileSync", "realPath"],
  ...["remove", "removeSync", "rename", "stat", "statSync", "symlink"],
  ...["test", "TestContext", "truncate", "uid", "utime", "writeFile"],
  ...["writeFileSync", "writeTextFile", "writeTextFileSync", "env", "build"],
  ...["FileInfo", "DirEntry", "makeTempDirSync", "mkdirSync", "pid"],
]);

/**
 * What tests may read, at the same place relative to them as here; the build
 * copies it beside the compiled tests.
 */
export const READ_BY_TESTS: readonly string[] = [
  "tests",
  "forge.example.ron",
  "deno.json",
];

/** What cannot be seen in the code. */
const KEPT_ON_DENO: ReadonlyMap<string, string> = new Map([
  ["tests/ron/growth_test.ts", "measures time, and here several run at once"],
  ["tests/faults/http2_test.ts", "speaks HTTP/2, which Node's fetch does not"],
]);

/** A test file that stays on Deno. */
export interface DenoOnlyTest {
  /** Path from the root of the repository. */
  readonly path: string;
  /** What it needs. */
  readonly reason: string;
}

/** The test files of the repository, by where they can run. */
export interface TestFiles {
  /** Paths of those that run on both. */
  readonly portable: readonly string[];
  /** Those that run on Deno only. */
  readonly denoOnly: readonly DenoOnlyTest[];
}

/** Sorts the test files below `src/` and `tests/`. */
export async function findTestFiles(root: URL): Promise<TestFiles> {
  const adapters = await findAdapters(root);
  const replaced = Object.keys(adapters).map((path) =>
    new URL(path, root).href
  );
  const portable: string[] = [];
  const denoOnly: DenoOnlyTest[] = [];
  for (const directory of ["src/", "tests/"]) {
    for await (const url of testFilesBelow(new URL(directory, root))) {
      const path = relative(fromFileUrl(root), fromFileUrl(url));
      const reason = KEPT_ON_DENO.get(path) ??
        await findObstacle(url, root, new Set(replaced));
      if (reason === undefined) portable.push(path);
      else denoOnly.push({ path, reason });
    }
  }
  portable.sort();
  return { portable, denoOnly };
}

async function* testFilesBelow(directory: URL): AsyncGenerator<URL> {
  for await (const entry of Deno.readDir(directory)) {
    if (entry.isDirectory) {
      yield* testFilesBelow(new URL(`${entry.name}/`, directory));
    } else if (entry.name.endsWith("_test.ts")) {
      yield new URL(entry.name, directory);
    }
  }
}

async function findObstacle(
  url: URL,
  root: URL,
  seen: Set<string>,
): Promise<string | undefined> {
  if (seen.has(url.href)) return undefined;
  seen.add(url.href);
  if (url.href.startsWith(new URL("scripts/", root).href)) {
    return `imports ${url.href.slice(root.href.length)}`;
  }
  const code = withoutComments(await Deno.readTextFile(url));
  for (const [, name = ""] of code.matchAll(/\bDeno\.(\w+)/g)) {
    if (!SHIMMED.has(name)) return `uses Deno.${name}`;
  }
  const files = [...code.matchAll(FILE_URL)].map(([, path = ""]) => path);
  // A module of the package that starts another one; it is there on Node, too.
  const starts = files.filter((path) => isStarted(url, path, root));
  const read = files.filter((path) => !starts.includes(path))
    .map((path) => new URL(path, url).href.slice(root.href.length))
    .find((path) => !isReadable(path));
  if (read !== undefined) return `reads ${read === "" ? "the root" : read}`;
  for (const specifier of [...starts, ...localSpecifiers(code)]) {
    const found = await findObstacle(new URL(specifier, url), root, seen);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A file that is named relative to the module. */
const FILE_URL =
  /new URL\(\s*["`](\.\.?\/[^"`$]*)[^"`]*["`],\s*import\.meta\.url/g;

function isStarted(url: URL, path: string, root: URL): boolean {
  const source = new URL("src/", root).href;
  return url.href.startsWith(source) && !url.href.endsWith("_test.ts") &&
    path.endsWith(".ts") && new URL(path, url).href.startsWith(source);
}

function isReadable(path: string): boolean {
  return READ_BY_TESTS.some((allowed) =>
    path === allowed || path.startsWith(`${allowed}/`)
  ) || STARTED_BY_URL.some((started) => started.path === `./${path}`);
}

function localSpecifiers(code: string): readonly string[] {
  const found = code.matchAll(
    /(?:\bfrom|\bimport)\s*\(?\s*"(\.\.?\/[^"]+\.ts)"/g,
  );
  return [...found].map(([, specifier = ""]) => specifier);
}

/** Comments and the templates that tests write to disk may name anything. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}
