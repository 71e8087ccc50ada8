/**
 * What the doctor says of the disk: cache, data of extensions, lock file.
 *
 * @module
 */

import { join, relative } from "../../path.ts";
import { type CacheSurvey, surveyCache } from "../../cache/mod.ts";
import { isCached } from "../../install/mod.ts";
import { differenceFrom, lockPathOf } from "../../lock/mod.ts";
import {
  dataDirectory,
  openProjectCache,
  type Project,
} from "../../project/mod.ts";
import type { Io } from "../io.ts";
import { formatCount, formatSize } from "../table.ts";
import { type Line, lineOf } from "./line.ts";

/** Whether the cache can be written, and what in it is not sound. */
export async function cacheLines(
  project: Project,
  io: Io,
): Promise<readonly Line[]> {
  const { config, plan: { cacheDir, offline } } = project;
  const area = "cache";
  if (config.oci.length === 0) {
    return [{ area, status: "skipped", message: "nothing to cache" }];
  }
  const written = await tryWriting(area, cacheDir, io);
  const cache = openProjectCache(project, { platform: io.platform });
  try {
    const { files } = io.platform;
    const survey = await surveyCache(cache, { files, signal: io.signal });
    const count = formatCount(survey.entries.length, "entry", "entries");
    const size = formatSize(survey.sizeBytes);
    return [
      written ?? {
        area,
        status: "ok",
        message: `${shown(cacheDir, io)} can be written: ${count}, ${size}`,
      },
      ...flaws(survey, offline),
      ...offline ? await uncached(project, io) : [],
    ];
  } catch (error) {
    io.signal.throwIfAborted();
    return written === undefined ? [lineOf(area, error)] : [written];
  }
}

function flaws(survey: CacheSurvey, offline: boolean): readonly Line[] {
  const { damaged, incomplete, unfinished } = survey;
  const area: Line["area"] = "cache";
  const hint = "forge pull fetches it again";
  return [
    ...damaged.map(({ entry: { metadata }, reason }): Line => ({
      area,
      status: offline ? "problem" : "warning",
      message:
        `${metadata.registry}/${metadata.image} ${metadata.reference} is damaged: ${reason}`,
      hint: offline ? "Copy the cache again from where it is sound" : hint,
    })),
    ...(incomplete.length === 0 ? [] : [{
      area,
      status: "warning" as const,
      message: `${
        formatCount(incomplete.length, "entry", "entries")
      } incomplete: ${incomplete.map((key) => key.slice(0, 12)).join(", ")}`,
      hint: "forge cache clear removes everything, forge pull fetches it again",
    }]),
    ...(unfinished.count === 0 ? [] : [{
      area,
      status: "warning" as const,
      message: `${
        formatCount(unfinished.count, "unfinished file", "unfinished files")
      }, ${formatSize(unfinished.sizeBytes)}`,
      hint:
        "If nothing is being pulled, the next pull goes on with them or removes them within a day",
    }]),
  ];
}

async function uncached(
  project: Project,
  { platform }: Io,
): Promise<readonly Line[]> {
  const { plan } = project;
  const cache = openProjectCache(project, { platform });
  const lines: Line[] = [];
  for (const planned of plan.extensions) {
    if (planned.source !== "oci") continue;
    const { files } = platform;
    if (await isCached(plan, planned, { cache, files })) continue;
    lines.push({
      area: "cache",
      status: "problem",
      message: `${planned.name} is not cached, and offline_mode is on`,
      hint: "forge cache import reads an archive that forge cache export wrote",
    });
  }
  return lines;
}

/** Whether extensions can keep their data. */
export async function dataLine(project: Project, io: Io): Promise<Line> {
  const area = "data";
  if (project.plan.extensions.length === 0) {
    return { area, status: "skipped", message: "no extension needs any" };
  }
  const path = dataDirectory(project);
  return await tryWriting(area, path, io) ??
    { area, status: "ok", message: `${shown(path, io)} can be written` };
}

/** What is wrong with writing to a directory; makes it, as the first use would. */
async function tryWriting(
  area: Line["area"],
  directory: string,
  io: Io,
): Promise<Line | undefined> {
  const { files, clock } = io.platform;
  // A name that the cache clears away, should this process be killed here.
  const chance = Math.floor(clock.random() * 2 ** 48).toString(36);
  const path = join(directory, `.forge-doctor-${chance}.tmp`);
  try {
    await files.makeDirectory(directory);
    const sink = await files.create(path);
    try {
      await sink.write(new Uint8Array([10]));
    } finally {
      await sink.close();
      await files.remove(path);
    }
    return undefined;
  } catch (error) {
    io.signal.throwIfAborted();
    const { message } = lineOf(area, error);
    return {
      area,
      status: "problem",
      message: `Cannot write to ${shown(directory, io)}: ${message}`,
      hint:
        `Give this user write access, free disk space, or change ${area}_dir in forge.ron`,
    };
  }
}

/** Whether the lock file, forge.ron and the cache agree. */
export async function lockLines(
  project: Project,
  lockError: unknown,
  io: Io,
): Promise<readonly Line[]> {
  const { location, lock, plan } = project;
  const area = "lock";
  if (lockError !== undefined) return [lineOf(area, lockError)];
  const planned = plan.extensions.flatMap((each) =>
    each.source === "oci" ? [each] : []
  );
  if (location.kind === "scan" || planned.length === 0) {
    return [{ area, status: "skipped", message: "nothing to lock" }];
  }
  const file = shown(lockPathOf(location.path), io);
  if (lock === undefined) {
    return [{
      area,
      status: "warning",
      message: `no ${file}: a tag may be something else on another machine`,
      hint: "Run forge lock and commit the file",
    }];
  }
  const names = new Set(planned.map(({ name }) => name));
  const unlocked = planned.filter((each) => each.lock?.kind !== "locked");
  const surplus = lock.extensions.filter(({ name }) => !names.has(name));
  const entries = await openProjectCache(project, { platform: io.platform })
    .list();
  const other = planned.filter(({ cacheKey, lock }) => {
    const entry = entries.find(({ key }) => key === cacheKey);
    return lock?.kind === "locked" && entry !== undefined &&
      differenceFrom(lock.locked, entry.metadata) !== undefined;
  });
  const disagreements = [
    say(unlocked, `${file} does not have as forge.ron asks for it:`),
    say(surplus, `${file} has what forge.ron does not name:`),
    say(other, `the cache has another content than ${file}:`),
  ].flat();
  if (disagreements.length > 0) return disagreements;
  const count = formatCount(planned.length, "extension", "extensions");
  return [{ area, status: "ok", message: `${file} agrees: ${count}` }];
}

function say(
  extensions: readonly { readonly name: string }[],
  message: string,
): readonly Line[] {
  if (extensions.length === 0) return [];
  const names = [...new Set(extensions.map(({ name }) => name))].join(", ");
  return [{
    area: "lock",
    status: "warning",
    message: `${message} ${names}`,
    hint: "Run forge lock and commit the file",
  }];
}

function shown(path: string, { platform }: Io): string {
  const short = relative(platform.cwd(), path);
  return short.startsWith("..") ? path : short;
}
