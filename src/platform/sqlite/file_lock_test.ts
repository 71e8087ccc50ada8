import { assert, assertEquals, fail } from "@std/assert";
import { join } from "@std/path";
import process from "node:process";
import { createFileLock } from "./file_lock.ts";
import { beginningOf } from "./lock_owner.ts";
import { isWaitedFor, signAsWaiting } from "./lock_waiting.ts";
import { namesIn, withDirectory } from "./scene_test.ts";

Deno.test("a lock is had by one, and that of a process that is gone by the next", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "a.db");
    const [one, two] = [createFileLock(path), createFileLock(path)];
    assert(one.take() && one.take());
    assert(!two.take());
    one.release();
    one.release();
    // Whether it is kept for a while or not, whoever asks has it.
    assert(two.take());
    assert(!one.take());
    two.close();
    two.close();
    // No process has a number this high.
    await Deno.writeTextFile(`${path}.lock`, "99999999\n");
    assert(one.take());
    assert(!two.take());
    one.close();
    // A lock that is being written belongs to somebody.
    await Deno.writeTextFile(`${path}.lock`, "");
    assert(!one.take());
    assertEquals(namesIn(directory), ["a.db.lock"]);
  }));

Deno.test("a lock of a process that is gone is had, though another has its number by now", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "a.db");
    const lock = createFileLock(path);
    const says = (words: string) => Deno.writeTextFile(`${path}.lock`, words);
    const began = beginningOf(process.pid);
    // Linux alone tells when a process began.
    if (began !== undefined) {
      await says(`${process.pid} began=${began}\n`);
      assert(!lock.take());
      await says(`${process.pid} began=${began}0\n`);
      assert(lock.take());
      lock.close();
    }
    await says(`${process.pid}\n`);
    assert(!lock.take());
    // A thread of this process that was ended has closed what it had open.
    await says(`${process.pid} fd=987654\n`);
    assert(lock.take());
    lock.close();
    assertEquals(namesIn(directory), []);
  }));

Deno.test("a lock file that its process could not finish does not stay", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "a.db");
    const lock = createFileLock(path);
    await Deno.writeTextFile(`${path}.lock`, "");
    assert(!lock.take());
    const longAgo = new Date(Date.now() - 60_000);
    await Deno.utime(`${path}.lock`, longAgo, longAgo);
    // Nor does the file by which one alone takes it away.
    await Deno.writeTextFile(`${path}.lock.gone`, "");
    assert(!lock.take());
    await Deno.utime(`${path}.lock.gone`, longAgo, longAgo);
    assert(!lock.take());
    assert(lock.take());
    lock.close();
    assertEquals(namesIn(directory), []);
  }));

Deno.test("a lock that others wait for is given back between two statements", () =>
  withDirectory((directory) => {
    const path = join(directory, "a.db");
    let left = 0;
    const lock = createFileLock(path, { onLeaving: () => left++ });
    assert(lock.take());
    lock.release();
    signAsWaiting(lock.path);
    assert(isWaitedFor(lock.path));
    const until = (isEnough: () => boolean) => {
      const deadline = performance.now() + 10_000;
      while (!isEnough() && performance.now() < deadline) lock.pause();
    };
    until(() => left > 0);
    assertEquals(namesIn(directory), []);
    // While it is needed it is kept.
    assert(lock.take());
    signAsWaiting(lock.path);
    const since = performance.now();
    until(() => performance.now() - since > 50);
    assertEquals(left, 1);
    lock.close();
    return Promise.resolve();
  }));

Deno.test("a lock that is free for another reason only is given back", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "a.db");
    let isFree = false;
    const one = createFileLock(path, { isFree: () => isFree });
    assert(!one.take());
    for await (const { name } of Deno.readDir(directory)) fail(name);
    isFree = true;
    assert(one.take());
    one.close();
  }));
