/**
 * Prepares a release: the version and the changelog, in one command.
 *
 * ```sh
 * deno task release minor   # or: patch, major, 1.2.3, 1.2.3-rc.1
 * ```
 *
 * It changes `deno.json`, `src/version.ts` and `CHANGELOG.md`, and prints the
 * commands that commit and tag them; the tag starts the release workflow.
 *
 * @module
 */

const ROOT = new URL("../", import.meta.url);
const HOME = "https://github.com/forgepoint/forge";
const VERSION = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9a-z.-]+))?$/i;

/**
 * Says what the next version is.
 *
 * @param current The version now.
 * @param wanted `major`, `minor`, `patch`, or a version.
 * @throws {RangeError} The wanted version is malformed, or not a later one.
 */
export function nextVersion(current: string, wanted: string): string {
  const [major, minor, patch, preRelease] = parseVersion(current);
  // 1.2.0-rc.1 is before 1.2.0: finishing it raises nothing further.
  const step = preRelease === "" ? 1 : 0;
  if (wanted === "major") return `${major + 1}.0.0`;
  if (wanted === "minor") return `${major}.${minor + 1}.0`;
  if (wanted === "patch") return `${major}.${minor}.${patch + step}`;
  if (compareVersions(wanted, current) > 0) return wanted;
  throw new RangeError(`Cannot release ${wanted}: ${current} is not before it`);
}

/**
 * Moves what is unreleased under a heading of its own.
 *
 * @param text The changelog in the format of keepachangelog.com.
 * @param release The version, its predecessor, and the day as `YYYY-MM-DD`.
 * @throws {RangeError} There is nothing to release.
 */
export function releaseChangelog(
  text: string,
  release: {
    readonly version: string;
    readonly previous: string;
    readonly date: string;
  },
): string {
  const { version, previous, date } = release;
  const match = /^## \[Unreleased\]\n([^]*?)(?=^## |^\[|(?![^]))/m.exec(text);
  if (match === null || (match[1] ?? "").trim() === "") {
    throw new RangeError("Cannot release: nothing is under [Unreleased]");
  }
  const body = text.replace(
    "## [Unreleased]\n",
    () => `## [Unreleased]\n\n## [${version}] - ${date}\n`,
  );
  const withoutLink = body.replace(/^\[Unreleased\]:.*\n/m, "").trimEnd();
  const isFirst = !new RegExp(`^## \\[${escape(previous)}\\]`, "m").test(text);
  const released = isFirst
    ? `${HOME}/releases/tag/v${version}`
    : `${HOME}/compare/v${previous}...v${version}`;
  const gap = /^\[[^\]]+\]: \S+$/m.test(withoutLink) ? "\n" : "\n\n";
  return `${withoutLink}${gap}[${version}]: ${released}\n` +
    `[Unreleased]: ${HOME}/compare/v${version}...HEAD\n`;
}

/**
 * The notes of one release.
 *
 * @param text The changelog.
 * @param version Whose section.
 * @throws {RangeError} The changelog has no such section.
 */
export function releaseNotes(text: string, version: string): string {
  const heading = new RegExp(`^## \\[${escape(version)}\\].*\n`, "m");
  const found = heading.exec(text);
  if (found === null) {
    throw new RangeError(`Cannot find ${version} in the changelog`);
  }
  const rest = text.slice(found.index + found[0].length);
  const end = /^(## |\[[^\]]+\]: )/m.exec(rest)?.index ?? rest.length;
  return `${rest.slice(0, end).trim()}\n`;
}

function parseVersion(text: string): [number, number, number, string] {
  const match = VERSION.exec(text);
  if (match === null) throw new RangeError(`Cannot read version "${text}"`);
  const [, major, minor, patch, preRelease = ""] = match;
  return [Number(major), Number(minor), Number(patch), preRelease];
}

/** Order of semver.org, section 11. */
function compareVersions(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  for (const i of [0, 1, 2] as const) {
    if (left[i] !== right[i]) return left[i] - right[i];
  }
  if (left[3] === "" || right[3] === "") {
    return Number(right[3] !== "") - Number(left[3] !== "");
  }
  return left[3].localeCompare(right[3], "en", { numeric: true });
}

function escape(text: string): string {
  return text.replace(/[.+]/g, "\\$&");
}

/** Changes one file; fails when the pattern is not in it exactly once. */
async function edit(path: string, change: (text: string) => string) {
  const url = new URL(path, ROOT);
  const before = await Deno.readTextFile(url);
  const after = change(before);
  if (after === before) throw new Error(`${path} has not changed`);
  await Deno.writeTextFile(url, after);
}

async function release(wanted: string): Promise<void> {
  const deno = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const previous: string = deno.version;
  const changelog = await Deno.readTextFile(new URL("CHANGELOG.md", ROOT));
  // The version of a repository that has never released is still to come.
  const isReleased = changelog.includes(`\n## [${previous}]`);
  const version = wanted === previous && !isReleased
    ? previous
    : nextVersion(previous, wanted);
  const date = new Date().toISOString().slice(0, 10);
  await edit(
    "CHANGELOG.md",
    (text) => releaseChangelog(text, { version, previous, date }),
  );
  if (version !== previous) {
    await edit(
      "deno.json",
      (text) =>
        text.replace(`"version": "${previous}"`, `"version": "${version}"`),
    );
    await edit(
      "src/version.ts",
      (text) => text.replace(`"${previous}"`, `"${version}"`),
    );
  }
  console.log(`Prepared ${version}. Look at it, then:

  git commit -am "Release ${version}"
  git tag v${version}
  git push --follow-tags origin HEAD v${version}`);
}

if (import.meta.main) {
  const [wanted, version] = Deno.args;
  if (wanted === "notes" && version !== undefined) {
    const text = await Deno.readTextFile(new URL("CHANGELOG.md", ROOT));
    console.log(releaseNotes(text, version));
  } else if (wanted !== undefined) {
    await release(wanted);
  } else {
    console.error(
      "usage: deno task release major|minor|patch|VERSION, or notes VERSION",
    );
    Deno.exitCode = 2;
  }
}
