import {
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { dirname, join } from "@std/path";
import {
  nextVersion,
  releaseChangelog,
  releaseNotes,
} from "../scripts/release.ts";

const STEPS = [
  ["0.1.0", "patch", "0.1.1"],
  ["0.1.9", "minor", "0.2.0"],
  ["0.9.9", "major", "1.0.0"],
  ["1.2.0-rc.1", "patch", "1.2.0"],
  ["1.2.0-rc.1", "minor", "1.2.0"],
  ["1.2.1-rc.1", "minor", "1.3.0"],
  ["2.0.0-rc.1", "major", "2.0.0"],
  ["2.1.0-rc.1", "major", "3.0.0"],
  ["0.1.1-beta.2", "0.1.1-rc.1", "0.1.1-rc.1"],
  ["0.1.0", "0.1.1-rc.1", "0.1.1-rc.1"],
  ["0.1.1-rc.9", "0.1.1-rc.10", "0.1.1-rc.10"],
  ["0.1.1-rc.1", "0.1.1", "0.1.1"],
] as const;

const REFUSED = [
  ["0.1.0", "0.1.0"],
  ["0.1.0", "0.0.9"],
  ["0.1.0", "0.1.0-rc.1"],
  ["0.1.0", "v0.2.0"],
  ["0.1.0", "next"],
  ["0.1.0", ""],
] as const;

for (const [current, wanted, expected] of STEPS) {
  Deno.test(`after ${current}, ${wanted} is ${expected}`, () => {
    assertEquals(nextVersion(current, wanted), expected);
  });
}

for (const [current, wanted] of REFUSED) {
  Deno.test(`after ${current}, "${wanted}" is refused`, () => {
    assertThrows(() => nextVersion(current, wanted), RangeError);
  });
}

const HOME = "https://github.com/forgepoint/forge";
const UNRELEASED = `# Changelog

## [Unreleased]

### Added

- One thing.
`;

Deno.test("the first release gets a heading, a link, and an empty [Unreleased]", () => {
  const text = releaseChangelog(UNRELEASED, {
    version: "0.2.0",
    previous: "0.1.0",
    date: "2030-01-02",
  });
  assertEquals(
    text,
    `# Changelog

## [Unreleased]

## [0.2.0] - 2030-01-02

### Added

- One thing.

[0.2.0]: ${HOME}/releases/tag/v0.2.0
[Unreleased]: ${HOME}/compare/v0.2.0...HEAD
`,
  );
  assertEquals(releaseNotes(text, "0.2.0"), "### Added\n\n- One thing.\n");
});

Deno.test("a later release links to what changed since the one before", () => {
  const first = releaseChangelog(UNRELEASED, {
    version: "0.2.0",
    previous: "0.1.0",
    date: "2030-01-02",
  });
  const more = first.replace(
    "## [Unreleased]\n",
    "## [Unreleased]\n\n### Fixed\n\n- Another.\n",
  );
  const second = releaseChangelog(more, {
    version: "0.2.1",
    previous: "0.2.0",
    date: "2030-02-03",
  });
  assertEquals(
    second.split("\n").slice(-4),
    [
      `[0.2.0]: ${HOME}/releases/tag/v0.2.0`,
      `[0.2.1]: ${HOME}/compare/v0.2.0...v0.2.1`,
      `[Unreleased]: ${HOME}/compare/v0.2.1...HEAD`,
      "",
    ],
  );
  assertEquals(releaseNotes(second, "0.2.0"), "### Added\n\n- One thing.\n");
});

Deno.test("nothing is released where nothing has changed", () => {
  const released = releaseChangelog(UNRELEASED, {
    version: "0.2.0",
    previous: "0.1.0",
    date: "2030-01-02",
  });
  for (const text of [released, "# Changelog\n", ""]) {
    assertThrows(
      () =>
        releaseChangelog(text, {
          version: "0.3.0",
          previous: "0.2.0",
          date: "2030-01-03",
        }),
      RangeError,
    );
  }
  assertThrows(() => releaseNotes(released, "9.9.9"), RangeError);
});

const ROOT = new URL("../", import.meta.url);
const CHANGED = ["CHANGELOG.md", "deno.json", "src/version.ts"];

/** Runs the script in a copy of what it changes; returns the texts afterwards. */
async function runRelease(
  args: readonly string[],
  edits: Readonly<Record<string, string>> = {},
) {
  const directory = await Deno.makeTempDir({ prefix: "forge-release-" });
  try {
    for (const path of [...CHANGED, "scripts/release.ts"]) {
      await Deno.mkdir(join(directory, dirname(path)), { recursive: true });
      const text = edits[path] ?? await Deno.readTextFile(new URL(path, ROOT));
      await Deno.writeTextFile(join(directory, path), text);
    }
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-lock", "--allow-read", "--allow-write"]
        .concat("scripts/release.ts", args),
      cwd: directory,
      env: { NO_COLOR: "1" },
    }).output();
    const texts = await Promise.all(
      CHANGED.map((path) => Deno.readTextFile(join(directory, path))),
    );
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, out: text(stdout), err: text(stderr), changed: texts };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("one command changes version and changelog, and names the commands that are left", async () => {
  const { code, out, changed } = await runRelease(["999.0.0"], {
    "CHANGELOG.md": UNRELEASED,
  });
  assertEquals(code, 0);
  const [changelog = "", deno = "", source = ""] = changed;
  assertMatch(changelog, /^## \[999\.0\.0\] - \d{4}-\d\d-\d\d$/m);
  assertEquals(JSON.parse(deno).version, "999.0.0");
  assertStringIncludes(source, `VERSION: string = "999.0.0"`);
  assertStringIncludes(out, "git tag v999.0.0");
});

Deno.test("a release that cannot be says why in one line, and changes nothing", async () => {
  const stale = `export const VERSION: string = "9.9.9";\n`;
  const tries = [
    [["soon"], {}, /give major, minor, patch, or one such as 1\.2\.3/],
    [["0.0.1"], {}, /is not before it/],
    [["999.0.0"], { "CHANGELOG.md": "# Changelog\n" }, /\[Unreleased\]/],
    [
      ["999.0.0"],
      { "CHANGELOG.md": UNRELEASED, "src/version.ts": stale },
      /src\/version\.ts/,
    ],
  ] as const;
  for (const [args, edits, message] of tries) {
    const { code, err, changed } = await runRelease(args, edits);
    assertEquals(code, 1);
    assertMatch(err.trimEnd(), /^error: .*$/);
    assertMatch(err, message);
    const before = await Promise.all(
      CHANGED.map((path) =>
        (edits as Record<string, string>)[path] ??
          Deno.readTextFile(new URL(path, ROOT))
      ),
    );
    assertEquals(changed, before);
  }
});
