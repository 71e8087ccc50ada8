import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { dirname, join } from "@std/path";
import denoJson from "../deno.json" with { type: "json" };
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

// .github/workflows

async function readWorkflow(name: string): Promise<string> {
  return await Deno.readTextFile(
    new URL(`.github/workflows/${name}.yml`, ROOT),
  );
}

/** The text of each job, by its name. */
function jobsOf(workflow: string): ReadonlyMap<string, string> {
  const [, jobs = ""] = workflow.split(/^jobs:\n/m);
  return new Map(
    jobs.split(/^ {2}(?=\w+:$)/m).map((text) =>
      [text.slice(0, text.indexOf(":")), text] as const
    ),
  );
}

Deno.test("what the workflows run is there, with the Deno of the README", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", ROOT));
  const version = /deno@(\S+) task/.exec(readme)?.[1];
  for (const name of ["ci", "release"]) {
    const text = await readWorkflow(name);
    for (const [, task = ""] of text.matchAll(/deno task ([\w:-]+)/g)) {
      assert(Object.hasOwn(denoJson.tasks, task), `${name}.yml: ${task}`);
    }
    const versions = [...text.matchAll(/deno-version: v(\S+)/g)];
    assertEquals(new Set(versions.map(([, each]) => each)), new Set([version]));
  }
  const { mode } = await Deno.stat(new URL(".ci/run", ROOT));
  assertEquals((mode ?? 0) & 0o111, 0o111);
});

Deno.test("both packages are published with their provenance, after the tests, under the version of the tag", async () => {
  const jobs = jobsOf(await readWorkflow("release"));
  const publishing = { jsr: "deno publish", npm: "npm publish --provenance" };
  for (const [name, command] of Object.entries(publishing)) {
    const job = jobs.get(name) ?? "";
    assertStringIncludes(job, `- run: ${command}`);
    assertStringIncludes(job, "id-token: write");
    assertStringIncludes(job, "needs: test");
    assertStringIncludes(job, `"v$(jq -r .version deno.json)"`);
  }
  assertStringIncludes(
    jobs.get("test") ?? "",
    "uses: ./.github/workflows/ci.yml",
  );
});

Deno.test("actions of others are named by commit, with their version beside it", async () => {
  const page = new URL("docs/permissions.md", ROOT);
  for (
    const text of [
      await readWorkflow("ci"),
      await readWorkflow("release"),
      await Deno.readTextFile(page),
    ]
  ) {
    const used = [...text.matchAll(/^ +- uses: (.*)$/gm)]
      .map(([, action = ""]) => action);
    assert(used.length > 0);
    for (const action of used) {
      assertMatch(action, /^[\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  }
});
