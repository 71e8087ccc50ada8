import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { ForgeError } from "../errors.ts";
import { systemClock } from "../platform/clock.ts";
import { nodeFiles } from "../platform/node_files.ts";
import type { Clock, Files } from "../platform/types.ts";
import { readLock, writeLock } from "./file.ts";
import { formatLock } from "./format.ts";
import { lockPathOf } from "./model.ts";
import { MAX_LOCK_BYTES } from "./parse.ts";
import { replaceFile } from "./replace_file.ts";
import { entry } from "./samples_test.ts";

const OLD = { extensions: [entry("greeter")] };
const NEW = { extensions: [entry("greeter"), entry("notes")] };
const DISK = { files: nodeFiles, clock: systemClock };

async function inDirectory(
  test: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function namesIn(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
}

/** A clock whose sleeps pass at once. */
function fastClock(): Clock {
  let now = 0;
  return {
    now: () => now,
    random: () => 0.5,
    sleep: (milliseconds) => Promise.resolve(void (now += milliseconds)),
  };
}

Deno.test("the lock lies beside its configuration", () => {
  assertEquals(lockPathOf("/app/forge.ron"), "/app/forge.lock");
  assertEquals(lockPathOf("/app/.forge/config.ron"), "/app/.forge/config.lock");
  assertEquals(lockPathOf("/app/extensions"), "/app/extensions.lock");
});

Deno.test("what is written is read, and written again only when it changes", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "forge.lock");
    assertEquals(await readLock(path, nodeFiles), undefined);
    assertEquals(await writeLock(path, OLD, DISK), true);
    assertEquals(await readLock(path, nodeFiles), OLD);
    assertEquals(await writeLock(path, OLD, DISK), false);
    assertEquals(await writeLock(path, NEW, DISK), true);
    assertEquals(await readLock(path, nodeFiles), NEW);
    assertEquals(namesIn(directory), ["forge.lock"]);
  }));

for (const first of [false, true]) {
  const what = first ? "the first lock" : "another lock";
  Deno.test(`whenever the process dies while it writes ${what}, the file is the old one or the new one`, async () => {
    const seen = new Set<string>();
    for (let deathAt = 0; deathAt < 12; deathAt++) {
      await inDirectory(async (directory) => {
        const path = join(directory, "forge.lock");
        if (!first) await writeLock(path, OLD, DISK);
        await writeLock(path, NEW, {
          ...DISK,
          files: dyingFiles(deathAt),
        }).catch(() => {});
        const found = await readLock(path, nodeFiles);
        const count = found?.extensions.length ?? 0;
        assertEquals(found, [undefined, OLD, NEW][count]);
        seen.add(String(count));
      });
    }
    assertEquals([...seen].sort(), first ? ["0", "2"] : ["1", "2"]);
  });
}

/** A disk that does nothing more after so many calls that change something. */
function dyingFiles(deathAt: number): Files {
  let calls = 0;
  const living =
    <A extends unknown[], T>(work: (...args: A) => Promise<T>) =>
    (...args: A): Promise<T> =>
      calls++ < deathAt ? work(...args) : Promise.reject(new Error("killed"));
  return {
    ...nodeFiles,
    replace: living(nodeFiles.replace),
    rename: living(nodeFiles.rename),
    remove: living(nodeFiles.remove),
    create: living(async (path: string) => {
      const sink = await nodeFiles.create(path);
      return {
        write: living((bytes: Uint8Array) => sink.write(bytes)),
        sync: living(() => sink.sync()),
        close: () => sink.close(),
      };
    }),
  };
}

Deno.test("who finds another writer waits, then says which file is in the way", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "forge.lock");
    await Deno.writeTextFile(`${path}.tmp`, "half");
    const error = await assertRejects(
      () => writeLock(path, NEW, { files: nodeFiles, clock: fastClock() }),
      ForgeError,
    );
    assertEquals(error.code, "FILE_BUSY");
    assertStringIncludes(error.hint ?? "", `remove "`);
    assertEquals(namesIn(directory), ["forge.lock.tmp"]);
  }));

Deno.test("a writer that ends is waited for", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "forge.lock");
    await Deno.writeTextFile(`${path}.tmp`, "half");
    const clock = fastClock();
    await writeLock(path, NEW, {
      files: nodeFiles,
      clock: {
        ...clock,
        async sleep(milliseconds) {
          if (clock.now() > 50) await nodeFiles.remove(`${path}.tmp`);
          await clock.sleep(milliseconds);
        },
      },
    });
    assertEquals(await readLock(path, nodeFiles), NEW);
    assertEquals(namesIn(directory), ["forge.lock"]);
  }));

Deno.test("many writers at once leave one whole file", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "forge.lock");
    const locks = Array.from({ length: 12 }, (_, i) => ({
      extensions: [entry(`writer-${i}`)],
    }));
    await Promise.all(locks.map((lock) => writeLock(path, lock, DISK)));
    const text = await Deno.readTextFile(path);
    assertEquals(locks.map(formatLock).includes(text), true);
    assertEquals(namesIn(directory), ["forge.lock"]);
  }));

Deno.test("a file that cannot be a lock is refused before it is read", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "forge.lock");
    const unread = () => Promise.reject(new Error("it was read"));
    const huge: Files = {
      ...nodeFiles,
      read: unread,
      stat: () =>
        Promise.resolve({
          kind: "file",
          size: MAX_LOCK_BYTES + 1,
          modifiedMs: 0,
        }),
    };
    const large = await assertRejects(() => readLock(path, huge), ForgeError);
    assertEquals(large.code, "LOCK_UNREADABLE");
    assertStringIncludes(large.message, "it has 16777217 bytes");
    await Deno.mkdir(path);
    const other = await assertRejects(
      () => readLock(path, nodeFiles),
      ForgeError,
    );
    assertEquals(other.code, "LOCK_UNREADABLE");
    assertStringIncludes(other.message, "it is not a file");
  }));

Deno.test("bytes that are not text are refused", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "forge.lock");
    await Deno.writeFile(path, Uint8Array.of(0xff, 0xfe, 0x00));
    const error = await assertRejects(
      () => readLock(path, nodeFiles),
      ForgeError,
    );
    assertEquals(error.code, "LOCK_UNREADABLE");
    assertStringIncludes(error.message, "it is not UTF-8 text");
  }));

Deno.test("a disk that refuses is named", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "none", "forge.lock");
    const error = await assertRejects(
      () => writeLock(path, NEW, DISK),
      ForgeError,
    );
    assertEquals(error.code, "LOCK_UNWRITABLE");
    assertStringIncludes(error.message, path);
  }));

Deno.test("a link is followed and stays a link", () =>
  inDirectory(async (directory) => {
    const target = join(directory, "target");
    const link = join(directory, "forge.lock");
    await Deno.writeTextFile(target, "old");
    await Deno.symlink(target, link);
    await replaceFile(link, new TextEncoder().encode("new"), DISK);
    assertEquals(await Deno.readTextFile(target), "new");
    assertEquals((await Deno.lstat(link)).isSymlink, true);
    assertEquals(namesIn(directory), ["forge.lock", "target"]);
  }));
