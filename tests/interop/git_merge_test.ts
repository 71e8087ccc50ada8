/** Lock files of two branches, merged by git. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { ForgeError } from "../../src/errors.ts";
import {
  formatLock,
  type Lock,
  type LockedExtension,
  parseLock,
} from "../../src/lock/mod.ts";
import { digest, entry } from "../../src/lock/samples_test.ts";
import { GIT, interopTest, pathOf } from "./tools.ts";

const BASE: Lock = { extensions: ["d", "m", "t"].map((name) => entry(name)) };

function withEntry(lock: Lock, added: LockedExtension): Lock {
  const others = lock.extensions.filter(({ name }) => name !== added.name);
  return { extensions: [...others, added] };
}

function moved(name: string): LockedExtension {
  return entry(name, {
    manifestDigest: digest(`new ${name} manifest`),
    layerDigest: digest(`new ${name} layer`),
    sha256: digest(`new ${name} module`).slice(7),
    sizeBytes: 500 + name.length,
  });
}

/** Commits `base`, `ours` and `theirs` on three branches and merges; gives the text that comes of it. */
async function merge(
  versions: { readonly base: Lock; readonly ours: Lock; readonly theirs: Lock },
  attributes = "",
): Promise<{ readonly isClean: boolean; readonly text: string }> {
  const directory = await Deno.makeTempDir();
  const git = async (...args: string[]) => {
    const { success } = await new Deno.Command(pathOf(GIT), {
      args: [
        ...["-c", "user.name=Ada", "-c", "user.email=ada@example.com"],
        ...["-c", "init.defaultBranch=main", "-c", "commit.gpgSign=false"],
        ...args,
      ],
      cwd: directory,
      env: { GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" },
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  };
  const file = join(directory, "forge.lock");
  const commit = async (lock: Lock) => {
    await Deno.writeTextFile(file, formatLock(lock));
    assert(await git("add", "-A"));
    assert(await git("commit", "-m", "a version"));
  };
  try {
    await Deno.writeTextFile(join(directory, ".gitattributes"), attributes);
    assert(await git("init"));
    await commit(versions.base);
    assert(await git("checkout", "-b", "theirs"));
    await commit(versions.theirs);
    assert(await git("checkout", "main"));
    await commit(versions.ours);
    const isClean = await git("merge", "--no-edit", "theirs");
    return { isClean, text: await Deno.readTextFile(file) };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const CLEAN: readonly (readonly [string, LockedExtension, LockedExtension])[] =
  [
    ["add different extensions", entry("a"), entry("n")],
    ["add at the start and at the end", entry("a"), entry("z")],
    ["move neighbours", moved("d"), moved("m")],
    ["add before one that the other moves", entry("a"), moved("d")],
    [
      "add between two, the first of which the other moves",
      entry("e"),
      moved("d"),
    ],
    ["add after the last, which the other moves", entry("z"), moved("t")],
  ];

for (const [what, first, second] of CLEAN) {
  interopTest(
    `git merges the locks of two branches that ${what}`,
    [GIT],
    async () => {
      const [ours, theirs] = [withEntry(BASE, first), withEntry(BASE, second)];
      const { isClean, text } = await merge({ base: BASE, ours, theirs });
      assert(isClean, text);
      const both = withEntry(ours, second);
      assertEquals(text, formatLock(both));
    },
  );
}

interopTest("two new extensions in one place are a conflict that is named", [
  GIT,
], async () => {
  const { isClean, text } = await merge({
    base: BASE,
    ours: withEntry(BASE, entry("e")),
    theirs: withEntry(BASE, entry("f")),
  });
  assert(!isClean);
  const error = assertThrows(() => parseLock(text), ForgeError);
  assertEquals(error.code, "LOCK_CONFLICT");
});

interopTest("with merge=union two new extensions in one place merge, too", [
  GIT,
], async () => {
  for (const base of [BASE, { extensions: [] }]) {
    const ours = withEntry(base, entry("e"));
    const theirs = withEntry(base, entry("f"));
    const attributes = "forge.lock merge=union\n";
    const { isClean, text } = await merge({ base, ours, theirs }, attributes);
    assert(isClean, text);
    const merged = parseLock(text);
    const both = withEntry(ours, entry("f"));
    assertEquals(formatLock(merged), formatLock(both));
  }
});

interopTest(
  "with merge=union one extension that moved twice is refused",
  [GIT],
  async () => {
    const other = entry("m", { manifestDigest: digest("elsewhere") });
    const { text } = await merge(
      {
        base: BASE,
        ours: withEntry(BASE, moved("m")),
        theirs: withEntry(BASE, other),
      },
      "forge.lock merge=union\n",
    );
    const error = assertThrows(() => parseLock(text), ForgeError);
    assertEquals(error.code, "LOCK_INVALID");
  },
);
