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
  ["0.1.0", "1.2.3-rc-1.0", "1.2.3-rc-1.0"],
  ["1.2.0-rc-1.1", "patch", "1.2.0"],
] as const;

const REFUSED = [
  ["0.1.0", "0.1.0"],
  ["0.1.0", "0.0.9"],
  ["0.1.0", "0.1.0-rc.1"],
  ["0.1.0", "v0.2.0"],
  ["0.1.0", "next"],
  ["0.1.0", ""],
  ["0.1.0", "1.2"],
  ["0.1.0", "01.2.3"],
  ["0.1.0", "1.2.3-01"],
  ["0.1.0", "1.2.3-rc..1"],
  ["0.1.0", "1.2.3-"],
  ["0.1.0", "1.2.3-rc_1"],
  ["0.1.0", "1.2.3+build.1"],
  ["0.1.0", "1.2.3 "],
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

/** What is done to the repository before the script runs. */
interface RepositoryState {
  /** Texts that are committed in place of those of this repository. */
  readonly edits?: Readonly<Record<string, string>>;
  /** Git commands after that. */
  readonly git?: readonly (readonly string[])[];
  /** Texts that are not committed. */
  readonly uncommitted?: Readonly<Record<string, string>>;
  /** Something that stands in the way, as a directory. */
  readonly directory?: string;
  /** Whether git knows nothing of it. */
  readonly isOutsideOfGit?: boolean;
}

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Git with a name, in a repository of its own. */
async function runGit(cwd: string, args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("git", {
    args: ["-c", "user.name=A", "-c", "user.email=a@example.com", ...args],
    cwd,
  }).output();
  if (!success) throw new Error(decode(stderr));
}

/** Runs the script in a copy of what it changes. */
async function runRelease(
  args: readonly string[],
  state: RepositoryState = {},
) {
  const directory = await Deno.makeTempDir({ prefix: "forge-release-" });
  const write = async (path: string, text: string) => {
    await Deno.mkdir(join(directory, dirname(path)), { recursive: true });
    await Deno.writeTextFile(join(directory, path), text);
  };
  const readAll = () =>
    Promise.all(
      CHANGED.map((path) => Deno.readTextFile(join(directory, path))),
    );
  try {
    for (const path of [...CHANGED, "scripts/release.ts"]) {
      const text = state.edits?.[path] ??
        await Deno.readTextFile(new URL(path, ROOT));
      await write(path, text);
    }
    const setUp = [["init", "-q"], ["add", "."], ["commit", "-qm", "All"]];
    for (const each of [...setUp, ...state.git ?? []]) {
      if (state.isOutsideOfGit !== true) await runGit(directory, each);
    }
    for (const [path, text] of Object.entries(state.uncommitted ?? {})) {
      await write(path, text);
    }
    if (state.directory !== undefined) {
      await Deno.mkdir(join(directory, state.directory));
    }
    const before = await readAll();
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-lock", "--allow-read", "--allow-write"]
        .concat("--allow-run=git", "scripts/release.ts", args),
      cwd: directory,
      env: { NO_COLOR: "1", GIT_CEILING_DIRECTORIES: dirname(directory) },
    }).output();
    const files = await Array.fromAsync(Deno.readDir(directory));
    const left = files.map(({ name }) => name)
      .filter((name) => name.endsWith(".new") && name !== state.directory);
    const [out, err] = [decode(stdout), decode(stderr)];
    return { code, out, err, before, after: await readAll(), left };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("one command changes version and changelog, and names the commands that are left", async () => {
  const { code, out, after, left } = await runRelease(["999.0.0"], {
    edits: { "CHANGELOG.md": UNRELEASED },
    // What is not part of the repository is not part of the release either.
    uncommitted: { "notes.txt": "" },
  });
  assertEquals(code, 0);
  const [changelog = "", deno = "", source = ""] = after;
  assertMatch(changelog, /^## \[999\.0\.0\] - \d{4}-\d\d-\d\d$/m);
  assertEquals(JSON.parse(deno).version, "999.0.0");
  assertStringIncludes(source, `VERSION: string = "999.0.0"`);
  assertStringIncludes(
    out,
    `git commit -m "Release 999.0.0" ${CHANGED.join(" ")}\n`,
  );
  assertStringIncludes(out, "git tag v999.0.0");
  assertEquals(left, []);
});

const WITH_CHANGES = { "CHANGELOG.md": UNRELEASED };
const STALE = `export const VERSION: string = "9.9.9";\n`;
const TAKEN = ["tag", "v999.0.0"];

/** Why a release cannot be: the words, the state, the exit status, the message. */
const IMPOSSIBLE: readonly (readonly [
  title: string,
  args: readonly string[],
  state: RepositoryState,
  code: number,
  message: RegExp,
])[] = [
  ["no word is given", [], {}, 2, /use deno task release/],
  ["a word is too many", ["minor", "now"], {}, 2, /use deno task release/],
  ["notes are of no version", ["notes"], {}, 2, /use deno task release/],
  ["the word is unknown", ["soon"], {}, 2, /give major, minor, patch/],
  ["the version is malformed", ["1.2.3-rc..1"], {}, 2, /"1\.2\.3-rc\.\.1"/],
  ["the version has been", ["0.0.1"], {}, 1, /is not before it/],
  [
    "nothing is unreleased",
    ["999.0.0"],
    { edits: { "CHANGELOG.md": "# Changelog\n" } },
    1,
    /\[Unreleased\]/,
  ],
  [
    "the version in the source is another",
    ["999.0.0"],
    { edits: { ...WITH_CHANGES, "src/version.ts": STALE } },
    1,
    /src\/version\.ts/,
  ],
  [
    "something is changed",
    ["999.0.0"],
    {
      edits: WITH_CHANGES,
      uncommitted: { "CHANGELOG.md": `${UNRELEASED}\n- More.\n` },
    },
    1,
    /commit or stash what is changed first \(CHANGELOG\.md\)/,
  ],
  [
    "something is about to be committed",
    ["999.0.0"],
    { edits: WITH_CHANGES, git: [["rm", "-q", "--cached", "src/version.ts"]] },
    1,
    /commit or stash what is changed first \(src\/version\.ts\)/,
  ],
  [
    "the tag exists",
    ["999.0.0"],
    { edits: WITH_CHANGES, git: [TAKEN] },
    1,
    /the tag v999\.0\.0 exists/,
  ],
  [
    "there is no repository",
    ["999.0.0"],
    { edits: WITH_CHANGES, isOutsideOfGit: true },
    1,
    /Cannot ask git/,
  ],
  [
    "a file cannot be written",
    ["999.0.0"],
    { edits: WITH_CHANGES, directory: "deno.json.new" },
    1,
    /Cannot write deno\.json/,
  ],
];

for (const [title, args, state, status, message] of IMPOSSIBLE) {
  Deno.test(`where ${title}, a release says so in one line, and changes nothing`, async () => {
    const { code, err, before, after, left } = await runRelease(args, state);
    assertMatch(err.trimEnd(), /^error: .*$/);
    assertMatch(err, message);
    assertEquals(code, status);
    assertEquals(after, before);
    assertEquals(left, []);
  });
}
