/**
 * Prepares a release: the version and the changelog, in one command.
 *
 * ```sh
 * deno task release minor   # or: patch, major, 1.2.3, 1.2.3-rc.1
 * ```
 *
 * It changes `deno.json`, `src/version.ts` and `CHANGELOG.md`, and prints the
 * commands that commit and tag them; the tag starts the release workflow. Where
 * something else is changed and not committed, it changes nothing.
 *
 * @module
 */

import { compareVersions, validateStrict } from "compare-versions";

const ROOT = new URL("../", import.meta.url);
const HOME = "https://github.com/forgepoint/forge";
const USAGE =
  "Cannot tell what is meant: use deno task release major|minor|patch|VERSION, or notes VERSION";

/** The command line is wrong, not the state of the repository. */
class UsageError extends RangeError {}

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
  const stepFrom = (isNext: boolean) => preRelease !== "" && isNext ? 0 : 1;
  if (wanted === "major") {
    return `${major + stepFrom(minor === 0 && patch === 0)}.0.0`;
  }
  if (wanted === "minor") return `${major}.${minor + stepFrom(patch === 0)}.0`;
  if (wanted === "patch") return `${major}.${minor}.${patch + stepFrom(true)}`;
  checkWanted(wanted);
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
    throw new RangeError(
      "Cannot release: nothing is under [Unreleased] in CHANGELOG.md",
    );
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
    throw new RangeError(`Cannot find ${version} in CHANGELOG.md`);
  }
  const rest = text.slice(found.index + found[0].length);
  const end = /^(## |\[[^\]]+\]: )/m.exec(rest)?.index ?? rest.length;
  return `${rest.slice(0, end).trim()}\n`;
}

/** Takes what the grammar of semver.org takes, but no build metadata: npm drops it. */
function checkWanted(text: string): void {
  if (validateStrict(text) && !text.includes("+")) return;
  throw new UsageError(
    `Cannot read version "${text}": give major, minor, patch, or one such as 1.2.3 or 1.2.3-rc.1`,
  );
}

function parseVersion(text: string): [number, number, number, string] {
  const [core = "", ...preRelease] = text.split("-");
  const [major = NaN, minor = NaN, patch = NaN] = core.split(".").map(Number);
  return [major, minor, patch, preRelease.join("-")];
}

function escape(text: string): string {
  return text.replace(/[.+]/g, "\\$&");
}

/** Reads a file of the repository. */
async function read(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(new URL(path, ROOT));
  } catch (cause) {
    throw new RangeError(`Cannot read ${path}: ${reasonOf(cause)}`, { cause });
  }
}

/** Writes all of them, or none: they replace the old ones when they are whole. */
async function writeAll(texts: Readonly<Record<string, string>>) {
  const written = Object.entries(texts).map(([path, text]) => ({
    ...{ path, text, at: new URL(path, ROOT) },
    beside: new URL(`${path}.new`, ROOT),
  }));
  try {
    for (const { path, text, beside } of written) {
      await Deno.writeTextFile(beside, text).catch((cause) => {
        const reason = reasonOf(cause);
        throw new RangeError(`Cannot write ${path}: ${reason}`, { cause });
      });
    }
    for (const { at, beside } of written) await Deno.rename(beside, at);
  } finally {
    for (const { beside } of written) await Deno.remove(beside).catch(() => {});
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What git answers. */
async function git(...args: readonly string[]): Promise<string> {
  const command = new Deno.Command("git", { args: [...args], cwd: ROOT });
  const { success, stdout, stderr } = await command.output().catch((cause) => {
    throw new RangeError(`Cannot start git: ${reasonOf(cause)}`, { cause });
  });
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  if (success) return text(stdout);
  const [reason = ""] = text(stderr).split("\n");
  throw new RangeError(`Cannot ask git ${args[0]}: ${reason}`);
}

/** A release is what was committed, and nobody's tag is made anew. */
async function checkRepository(version: string): Promise<void> {
  const changed = await git("diff", "--name-only", "HEAD");
  if (changed !== "") {
    throw new RangeError(
      `Cannot release: commit or stash what is changed first (${
        changed.split("\n").join(", ")
      })`,
    );
  }
  if (await git("tag", "--list", `v${version}`) !== "") {
    throw new RangeError(
      `Cannot release ${version}: the tag v${version} exists`,
    );
  }
}

/** Puts one text in the place of another, which must be there. */
function replaced(path: string, text: string, from: string, to: string) {
  if (!text.includes(from)) {
    throw new RangeError(`Cannot find ${from} in ${path}`);
  }
  return text.replace(from, () => to);
}

/** What a release changes: every text is made before the first file is written. */
async function release(wanted: string): Promise<void> {
  const [deno, source, changelog] = await Promise.all(
    ["deno.json", "src/version.ts", "CHANGELOG.md"].map(read),
  ) as [string, string, string];
  const previous: string = JSON.parse(deno).version;
  // The version of a repository that has never released is still to come.
  const isReleased = changelog.includes(`\n## [${previous}]`);
  const version = wanted === previous && !isReleased
    ? previous
    : nextVersion(previous, wanted);
  const date = new Date().toISOString().slice(0, 10);
  const changed = {
    "CHANGELOG.md": releaseChangelog(changelog, { version, previous, date }),
    "deno.json": replaced(
      "deno.json",
      deno,
      `"version": "${previous}"`,
      `"version": "${version}"`,
    ),
    "src/version.ts": replaced(
      "src/version.ts",
      source,
      `"${previous}"`,
      `"${version}"`,
    ),
  };
  await checkRepository(version);
  await writeAll(changed);
  console.log(`Prepared ${version}. Look at it, then:

  git commit -m "Release ${version}" ${Object.keys(changed).join(" ")}
  git tag v${version}
  git push --follow-tags origin HEAD v${version}`);
}

async function main(words: readonly string[]): Promise<void> {
  const [wanted, version] = words;
  const count = wanted === "notes" ? 2 : 1;
  if (wanted === undefined || words.length !== count) {
    throw new UsageError(USAGE);
  }
  if (version === undefined) return await release(wanted);
  console.log(releaseNotes(await read("CHANGELOG.md"), version));
}

if (import.meta.main) {
  await main(Deno.args).catch((error) => {
    if (!(error instanceof RangeError)) throw error;
    console.error(`error: ${error.message}`);
    Deno.exitCode = error instanceof UsageError ? 2 : 1;
  });
}
