/** What JSR gets, and what it would say of it. */

import { assertEquals, assertNotMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";
import denoJson from "../deno.json" with { type: "json" };
import { checkPublish } from "../scripts/publish_check.ts";

const ROOT = fromFileUrl(new URL("../", import.meta.url));

/** Beside the sources. */
const ACCOMPANYING = [
  ...["CHANGELOG.md", "LICENSE", "README.md"],
  ...["deno.json", "forge.example.ron", "mod.ts"],
];

/**
 * Imports whose target is known when they run: bindings that are made from a
 * component, and the package that makes them, which is no dependency.
 */
const LATE = [
  "src/runtime/component/start.ts",
  "src/runtime/component/tools.ts",
];

async function* sourcesBelow(directory: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(ROOT + directory)) {
    const path = `${directory}/${name}`;
    if (isDirectory) yield* sourcesBelow(path);
    else if (!name.endsWith("_test.ts")) yield path;
  }
}

Deno.test("JSR would take the package: no slow types, and just the files that belong", async () => {
  const { success, files, output } = await checkPublish();
  assertEquals(success, true, output);
  assertNotMatch(output, /slow-type|missing-license|error\[/);
  const warnings = [...output.matchAll(/^ *--> .*?\/(src\/[^:]*)/gm)];
  assertEquals(warnings.map(([, path]) => path).sort(), LATE);
  assertEquals(
    files,
    [...ACCOMPANYING, ...await Array.fromAsync(sourcesBelow("src"))].sort(),
  );
});

Deno.test("what counts for the score of a package is in place", async () => {
  assertEquals(denoJson.description.length > 50, true);
  assertEquals(denoJson.license, "MIT");
  for (const path of Object.values(denoJson.exports)) {
    const text = await Deno.readTextFile(ROOT + path);
    assertEquals(/^(?:#!.*\n)?\/\*\*[^]*?@module/.test(text), true, path);
  }
});
