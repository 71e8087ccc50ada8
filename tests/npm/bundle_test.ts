import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join, toFileUrl } from "@std/path";
import { bundle } from "../../scripts/npm/bundle.ts";

async function bundleOf(
  files: Readonly<Record<string, string>>,
  look: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "forge-bundle-" });
  try {
    for (const [path, text] of Object.entries(files)) {
      const target = join(directory, "esm", path);
      await Deno.mkdir(join(target, ".."), { recursive: true });
      await Deno.writeTextFile(target, text);
    }
    const to = join(directory, "dist");
    await bundle({
      from: join(directory, "esm"),
      to,
      entries: { mod: "mod", oci: "src/oci" },
    });
    await look(to);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("what two subpaths share is one thing, and what is imported late is a file of its own", async () => {
  await bundleOf({
    "mod.js": `export { Shared } from "./src/shared.js";
      export const late = () => import("./src/late.js");`,
    "src/oci.js": `export { Shared } from "./shared.js";`,
    "src/shared.js": "export class Shared {}",
    "src/late.js": `export const word = "late";`,
  }, async (to) => {
    const mod = await import(toFileUrl(join(to, "mod.js")).href);
    const oci = await import(toFileUrl(join(to, "oci.js")).href);
    assertEquals(mod.Shared, oci.Shared);
    assertEquals((await mod.late()).word, "late");
    const text = await Deno.readTextFile(join(to, "mod.js"));
    assertEquals(text.includes(`"late"`), false);
  });
});

Deno.test("a module that is started by its URL is bundled, and found from every file", async () => {
  await bundleOf({
    "mod.js": `export { url } from "./src/runtime/pool.js";`,
    "src/oci.js": `export { url } from "./runtime/pool.js";`,
    "src/runtime/pool.js":
      `export const url = new URL("../worker/main.ts", import.meta.url);`,
    "src/worker/main.js": `import "./next.js"; export const is = "worker";`,
    "src/worker/next.js":
      `export const again = new URL("./main.js", import.meta.url);`,
  }, async (to) => {
    const { url } = await import(toFileUrl(join(to, "mod.js")).href);
    assertMatch(url.href, /\/dist\/main\.js$/);
    assertEquals((await import(url.href)).is, "worker");
  });
});

Deno.test("a URL of a module that was not compiled fails the build", async () => {
  const files = {
    "mod.js": `export const url = new URL("./gone.js", import.meta.url);`,
    "src/oci.js": "export {};",
  };
  await assertRejects(
    () => bundleOf(files, () => Promise.resolve()),
    Error,
    "gone.js",
  );
});
