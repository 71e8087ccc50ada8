import { assertEquals, assertThrows } from "@std/assert";
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
