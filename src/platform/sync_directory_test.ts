import { assert, assertEquals, assertThrows } from "@std/assert";
import { execFileSync } from "node:child_process";
import { linkSync } from "node:fs";
import { join } from "@std/path";
import { platform } from "./deno.ts";
import type { SyncDirectory } from "./types.ts";

interface Scene {
  /** A directory with the one of the extension in it, and a secret beside. */
  readonly outside: string;
  readonly root: string;
  readonly directory: SyncDirectory;
}

function test(name: string, check: (scene: Scene) => void | Promise<void>) {
  Deno.test(name, async () => {
    const outside = await Deno.realPath(await Deno.makeTempDir());
    await Deno.writeTextFile(join(outside, "secret"), "secret");
    const root = join(outside, "data", "notes");
    const directory = await platform.openDirectory!(root);
    try {
      await check({ outside, root, directory });
    } finally {
      await Deno.remove(outside, { recursive: true });
    }
  });
}

function code(work: () => unknown): string {
  const error = assertThrows(work) as Error & { readonly code?: string };
  return error.code ?? error.message;
}

function write(
  directory: SyncDirectory,
  path: readonly string[],
  text: string,
) {
  const file = directory.open(path, { write: true, create: true });
  file.write(new TextEncoder().encode(text), 0);
  file.close();
}

function read(directory: SyncDirectory, path: readonly string[]): string {
  const file = directory.open(path, { write: false });
  const buffer = new Uint8Array(100);
  const bytes = file.read(buffer, 0);
  file.close();
  return new TextDecoder().decode(buffer.subarray(0, bytes));
}

test("a directory is made when something is written to it, and not before", async ({ directory, root }) => {
  assertEquals(directory.stat([])?.kind, "directory");
  assertEquals(directory.list([]), []);
  assertEquals(directory.stat(["a"]), undefined);
  assertEquals(code(() => directory.open(["a"], { write: true })), "ENOENT");
  assertEquals(code(() => directory.removeFile(["a"])), "ENOENT");
  assertEquals(code(() => directory.list(["a"])), "ENOENT");
  assertEquals(await Deno.stat(root).catch(() => "none"), "none");
  write(directory, ["a"], "text");
  assertEquals(await Deno.readTextFile(join(root, "a")), "text");
});

test("files are written, read, cut, listed, renamed and removed", ({ directory }) => {
  directory.makeDirectory(["d"]);
  write(directory, ["d", "a"], "one two");
  const file = directory.open(["d", "a"], { write: true });
  file.resize(3);
  file.setTimes({ accessedMs: 1000, modifiedMs: 2000 });
  assertEquals(file.stat().size, 3);
  assertEquals(file.stat().modifiedMs, 2000);
  file.sync();
  file.close();
  assertEquals(read(directory, ["d", "a"]), "one");
  directory.setTimes(["d", "a"], { accessedMs: 3000, modifiedMs: 4000 });
  assertEquals(directory.stat(["d", "a"])?.modifiedMs, 4000);
  directory.rename(["d", "a"], ["b"]);
  assertEquals(
    directory.list([]).map(({ name, kind }) => `${name} ${kind}`).sort(),
    ["b file", "d directory"],
  );
  directory.removeDirectory(["d"]);
  directory.removeFile(["b"]);
  assertEquals(directory.list([]), []);
});

test("opening changes nothing in a file that is there", ({ directory }) => {
  write(directory, ["a"], "text");
  directory.open(["a"], { write: true, create: true }).close();
  assertEquals(read(directory, ["a"]), "text");
  assertEquals(
    code(() => directory.open(["a"], { write: true, exclusive: true })),
    "EEXIST",
  );
  const file = directory.open(["a"], { write: false });
  assertEquals(code(() => file.write(new Uint8Array(1), 0)), "EBADF");
  file.close();
});

test("names that are none are refused", ({ directory, outside }) => {
  for (
    const name of ["", ".", "..", "/", "a/b", "../secret", "a\0", "\0", outside]
  ) {
    for (const path of [[name], ["d", name], [name, "a"]]) {
      const codes = [
        () => directory.stat(path),
        () => directory.list(path),
        () => directory.open(path, { write: true, create: true }),
        () => directory.makeDirectory(path),
        () => directory.removeFile(path),
        () => directory.removeDirectory(path),
        () => directory.rename(path, ["x"]),
        () => directory.setTimes(path, { accessedMs: 0, modifiedMs: 0 }),
      ].map((work) => {
        try {
          return work() === undefined ? "undefined" : "done";
        } catch (error) {
          return (error as { readonly code?: string }).code;
        }
      });
      assertEquals(codes.includes("done"), false, JSON.stringify(path));
    }
  }
  directory.makeDirectory(["x"]);
  assertEquals(code(() => directory.rename(["x"], ["..", "y"])), "EINVAL");
  const deep = Array.from({ length: 100 }, () => "d");
  assertEquals(code(() => directory.stat(deep)), "ENAMETOOLONG");
  assertEquals(
    code(() => directory.makeDirectory(["n".repeat(300)])),
    "ENAMETOOLONG",
  );
});

test("links are seen, removed, and never followed", async ({ directory, outside, root }) => {
  write(directory, ["a"], "text");
  await Deno.symlink(join(outside, "secret"), join(root, "file"));
  await Deno.symlink(outside, join(root, "dir"));
  await Deno.symlink("a", join(root, "near"));
  await Deno.symlink(join(outside, "new"), join(root, "dangling"));
  for (const name of ["file", "dir", "near", "dangling"]) {
    assertEquals(directory.stat([name])?.kind, "link", name);
    for (const write of [true, false]) {
      const open = () => directory.open([name], { write, create: write });
      assertEquals(code(open), "ELOOP", name);
    }
    const times = { accessedMs: 0, modifiedMs: 0 };
    assertEquals(code(() => directory.setTimes([name], times)), "ELOOP", name);
  }
  for (
    const work of [
      () => directory.list(["dir"]),
      () => directory.stat(["dir", "secret"]),
      () => directory.open(["dir", "secret"], { write: false }),
      () => directory.open(["dir", "new"], { write: true, create: true }),
      () => directory.makeDirectory(["dir", "new"]),
      () => directory.removeFile(["dir", "secret"]),
      () => directory.removeDirectory(["dir", "data"]),
      () => directory.removeDirectory(["dir"]),
      () => directory.rename(["a"], ["dir", "a"]),
      () => directory.rename(["dir", "secret"], ["stolen"]),
    ]
  ) assert(["ELOOP", "ENOTDIR"].includes(code(work)), work.toString());
  directory.removeFile(["file"]);
  directory.removeFile(["dir"]);
  assertEquals(await Deno.readTextFile(join(outside, "secret")), "secret");
  const names = [];
  for await (const { name } of Deno.readDir(outside)) names.push(name);
  assertEquals(names.sort(), ["data", "secret"]);
});

test("a directory that is a link itself is none", async ({ outside }) => {
  const link = join(outside, "link");
  await Deno.symlink(outside, link);
  const directory = await platform.openDirectory!(link);
  assertEquals(code(() => directory.list([])), "ELOOP");
  assertEquals(
    code(() => directory.open(["secret"], { write: false })),
    "ELOOP",
  );
  assertEquals(
    code(() => directory.open(["new"], { write: true, create: true })),
    "ELOOP",
  );
});

test("a file with a second name is not opened", ({ directory, outside, root }) => {
  directory.makeDirectory(["d"]);
  linkSync(join(outside, "secret"), join(root, "hard"));
  for (const write of [true, false]) {
    assertEquals(code(() => directory.open(["hard"], { write })), "EPERM");
  }
  directory.removeFile(["hard"]);
});

test("pipes are not opened, and nobody waits for their other end", ({ directory, root }) => {
  directory.makeDirectory(["d"]);
  execFileSync("mkfifo", [join(root, "pipe")]);
  assertEquals(directory.stat(["pipe"])?.kind, "other");
  for (const write of [true, false]) {
    assertEquals(code(() => directory.open(["pipe"], { write })), "EACCES");
  }
});

test("directories are no files, and files no directories", ({ directory }) => {
  directory.makeDirectory(["d"]);
  write(directory, ["a"], "text");
  assertEquals(code(() => directory.open(["d"], { write: false })), "EISDIR");
  assertEquals(code(() => directory.removeFile(["d"])), "EISDIR");
  assertEquals(code(() => directory.removeDirectory(["a"])), "ENOTDIR");
  assertEquals(code(() => directory.list(["a"])), "ENOTDIR");
  assertEquals(code(() => directory.stat(["a", "b"])), "ENOTDIR");
  write(directory, ["d", "b"], "");
  assertEquals(code(() => directory.removeDirectory(["d"])), "ENOTEMPTY");
  assertEquals(code(() => directory.makeDirectory(["d"])), "EEXIST");
  for (
    const work of [
      () => directory.removeDirectory([]),
      () => directory.rename([], ["x"]),
      () => directory.rename(["a"], []),
    ]
  ) assertEquals(code(work), "EPERM");
});
