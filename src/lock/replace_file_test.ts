import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { ForgeError } from "../errors.ts";
import { systemClock } from "../platform/clock.ts";
import { nodeFiles } from "../platform/node_files.ts";
import { changeText } from "./replace_file.ts";

const DISK = { files: nodeFiles, clock: systemClock };

/** A file, and somebody who writes into it right after it was read. */
async function inFile(
  text: string | undefined,
  others: readonly string[],
  test: (scene: {
    readonly change: (
      change: (text: string | undefined) => string,
    ) => Promise<boolean>;
    readonly text: () => Promise<string>;
    readonly names: () => readonly string[];
  }) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  const path = join(directory, "a.ron");
  const waiting = [...others];
  const read = async () => {
    const isThere = await nodeFiles.stat(path) !== undefined;
    const seen = isThere ? await Deno.readTextFile(path) : undefined;
    const other = waiting.shift();
    if (other !== undefined) await Deno.writeTextFile(path, other);
    return seen;
  };
  try {
    if (text !== undefined) await Deno.writeTextFile(path, text);
    await test({
      change: (change) => changeText(path, change, { ...DISK, read }),
      text: () => Deno.readTextFile(path),
      names: () => [...Deno.readDirSync(directory)].map(({ name }) => name),
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const withMore = (text = "") => `${text}+`;

Deno.test("a text is changed to what comes of it", () =>
  inFile("a", [], async ({ change, text, names }) => {
    assertEquals(await change(withMore), true);
    assertEquals(await change((before = "") => before), false);
    assertEquals(await text(), "a+");
    assertEquals(names(), ["a.ron"]);
  }));

Deno.test("what somebody writes at the same moment is changed, not lost", () =>
  inFile("a", ["b", "c"], async ({ change, text, names }) => {
    assertEquals(await change(withMore), true);
    assertEquals(await text(), "c+");
    assertEquals(names(), ["a.ron"]);
  }));

Deno.test("a file that somebody makes at the same moment is changed, not lost", () =>
  inFile(undefined, ["b"], async ({ change, text }) => {
    assertEquals(await change(withMore), true);
    assertEquals(await text(), "b+");
  }));

Deno.test("a change that does not fit any more leaves what somebody wrote", () =>
  inFile("a", ["b"], async ({ change, text, names }) => {
    const changing = change((before) => {
      if (before !== "a") throw new RangeError("no longer a");
      return "c";
    });
    await assertRejects(() => changing, RangeError);
    assertEquals(await text(), "b");
    assertEquals(names(), ["a.ron"]);
  }));

Deno.test("a file that never comes to rest is said to be busy", () =>
  inFile(
    "a",
    Array.from({ length: 100 }, (_, i) => `${i}`),
    async ({ change, names }) => {
      const error = await assertRejects(() => change(withMore), ForgeError);
      assertEquals(error.code, "FILE_BUSY");
      assertEquals(names(), ["a.ron"]);
    },
  ));
