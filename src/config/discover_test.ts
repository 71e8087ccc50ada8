import { assertEquals, assertRejects } from "@std/assert";
import { resolve } from "@std/path";
import { ForgeError } from "../errors.ts";
import { nodeFiles } from "../platform/node_files.ts";
import type { Files, FileStat } from "../platform/types.ts";
import { findConfig } from "./discover.ts";
import { scanExtensions } from "./scan.ts";

const CWD = resolve("/srv/app");

/** A disk with these files and nothing else; a name with a final slash is a directory. */
function diskOf(...paths: readonly string[]): Files {
  const entries = new Map(paths.map((path): [string, FileStat["kind"]] => [
    resolve(CWD, path),
    path.endsWith("/") ? "directory" : "file",
  ]));
  return {
    ...nodeFiles,
    stat: (path) => {
      const kind = entries.get(path);
      return Promise.resolve(kind && { kind, size: 1, modifiedMs: 0 });
    },
    list: (directory) => {
      const names = [...entries.keys()]
        .filter((path) => path.startsWith(directory + "/"))
        .map((path) => path.slice(directory.length + 1));
      return Promise.resolve(names.length === 0 ? undefined : names);
    },
  };
}

function find(
  files: Files,
  options: { variable?: string; path?: string } = {},
) {
  return findConfig({
    files,
    env: (name) => name === "FORGE_CONFIG_PATH" ? options.variable : undefined,
    cwd: () => CWD,
    path: options.path,
  });
}

Deno.test("the configuration is found in the order of the guide", async () => {
  const all = ["named.ron", "forge.ron", ".forge/config.ron"];
  const cases = [
    { variable: "named.ron", there: all, expected: "named.ron" },
    { variable: undefined, there: all, expected: "forge.ron" },
    { variable: "", there: all, expected: "forge.ron" },
    {
      variable: undefined,
      there: [".forge/config.ron"],
      expected: ".forge/config.ron",
    },
  ];
  for (const { variable, there, expected } of cases) {
    const found = await find(diskOf(...there), {
      ...(variable !== undefined && { variable }),
    });
    assertEquals(found.kind === "file" && found.path, resolve(CWD, expected));
  }
});

Deno.test("an option goes before the variable", async () => {
  const disk = diskOf("a.ron", "b.ron");
  const found = await find(disk, { variable: "a.ron", path: "b.ron" });
  assertEquals(found.kind === "file" && found.path, resolve(CWD, "b.ron"));
});

Deno.test("without a configuration the extensions directory is scanned", async () => {
  assertEquals(await find(diskOf()), {
    kind: "scan",
    directory: resolve(CWD, "crates/server/extensions"),
    root: CWD,
  });
});

Deno.test("a directory named forge.ron is not a configuration", async () => {
  assertEquals((await find(diskOf("forge.ron/"))).kind, "scan");
});

Deno.test("a file that was named and is not there is an error, not another file", async () => {
  for (const options of [{ variable: "no.ron" }, { path: "no.ron" }]) {
    const error = await assertRejects(
      () => find(diskOf("forge.ron"), options),
      ForgeError,
    );
    assertEquals(error.code, "CONFIG_NOT_FOUND");
  }
});

Deno.test("a directory that was named is an error", async () => {
  const error = await assertRejects(
    () => find(diskOf("conf/"), { path: "conf" }),
    ForgeError,
  );
  assertEquals(error.code, "CONFIG_UNREADABLE");
});

Deno.test("relative paths start at the project root", async () => {
  const cases = [
    { there: "forge.ron", root: "." },
    { there: ".forge/config.ron", root: "." },
    { there: "deploy/forge.ron", path: "deploy/forge.ron", root: "deploy" },
    {
      there: "x/.forge/config.ron",
      path: "x/.forge/config.ron",
      root: "x/.forge",
    },
  ];
  for (const { there, path, root } of cases) {
    const found = await find(diskOf(there), {
      ...(path !== undefined && { path }),
    });
    assertEquals(found.root, resolve(CWD, root), there);
  }
});

Deno.test("a scan names extensions after their files, sorted", async () => {
  const disk = diskOf("ext/b.wasm", "ext/a.wasm", "ext/readme.md");
  const { config, warnings } = await scanExtensions(resolve(CWD, "ext"), disk);
  assertEquals(config.local.map(({ name }) => name), ["a", "b"]);
  assertEquals(config.local[0]?.path, resolve(CWD, "ext/a.wasm"));
  assertEquals(warnings, []);
});

Deno.test("a scan turns the names that compilers give into slugs and says so", async () => {
  const disk = diskOf("ext/my_extension.wasm");
  const { config, warnings } = await scanExtensions(resolve(CWD, "ext"), disk);
  assertEquals(config.local[0]?.name, "my-extension");
  assertEquals(warnings.length, 1);
});

Deno.test("a scan refuses two files with one name", async () => {
  const disk = diskOf("ext/a_b.wasm", "ext/a-b.wasm");
  const error = await assertRejects(
    () => scanExtensions(resolve(CWD, "ext"), disk),
    ForgeError,
  );
  assertEquals(error.code, "CONFIG_INVALID");
});

Deno.test("a scan of a directory that is not there finds nothing", async () => {
  const { config } = await scanExtensions(resolve(CWD, "none"), diskOf());
  assertEquals(config.local, []);
});
