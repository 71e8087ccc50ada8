/**
 * Copying the images of a project into an archive.
 *
 * @module
 */

import { dirname, join } from "../path.ts";
import { createArchive } from "../archive/mod.ts";
import type { Cache, CacheEntry } from "../cache/mod.ts";
import { ForgeError } from "../errors.ts";
import type { PlannedOci } from "../install/mod.ts";
import { tryParseDigest } from "../oci/mod.ts";
import type { Files, Platform } from "../platform/types.ts";
import { copyImage } from "../publish/mod.ts";
import type { ImageSource } from "../registry/mod.ts";
import { createProjectClient } from "./client.ts";
import { openProjectCache, type Project } from "./project.ts";
import type {
  ExportedExtension,
  ExportProjectOptions,
} from "./export_project.ts";

/** Writes the archive beside its place, then puts it there. */
export async function writeArchive(
  project: Project,
  options: ExportProjectOptions,
): Promise<readonly ExportedExtension[]> {
  const { platform, path, signal, onEvent } = options;
  const cache = openProjectCache(project, { platform });
  const cached = await cachedExtensions(project, cache);
  const client = await createProjectClient(project.config, {
    platform,
    root: project.location.root,
    offline: project.plan.offline,
    onEvent,
  });
  return await writeWhole(path, platform, async (sink) => {
    const archive = await createArchive(sink);
    const exported: ExportedExtension[] = [];
    for (const { planned, entry } of cached) {
      const { name, registry, image, reference } = planned;
      const source = client.repository(registry, image);
      const { descriptor } = await copyImage(
        {
          repository: withCachedModule(source, entry, platform.files),
          reference: entry.metadata.contentDigest ?? reference,
        },
        archive.repository(registry, image),
        { tags: [], includeReferrers: true, signal, onEvent },
      );
      archive.name(descriptor, { registry, image, reference });
      exported.push({ name, manifestDigest: descriptor.digest });
    }
    await archive.finish();
    return exported;
  });
}

interface CachedExtension {
  readonly planned: PlannedOci;
  readonly entry: CacheEntry;
}

async function cachedExtensions(
  { plan }: Project,
  cache: Cache,
): Promise<readonly CachedExtension[]> {
  const cached: CachedExtension[] = [];
  for (const planned of plan.extensions) {
    if (planned.source !== "oci") continue;
    const found = await cache.get(planned.cacheKey, { verify: true });
    if (found.kind !== "hit") throw notCached(planned.name, found.kind);
    cached.push({ planned, entry: found.entry });
  }
  return cached;
}

/** Takes the module from the cache where the layer is the module itself. */
function withCachedModule(
  source: ImageSource,
  { path, metadata }: CacheEntry,
  files: Pick<Files, "readChunks">,
): ImageSource {
  const own = tryParseDigest(`sha256:${metadata.sha256}`);
  return {
    host: source.host,
    fetchManifest: source.fetchManifest,
    referrers: source.referrers,
    fetchBlob: (descriptor, options) =>
      descriptor.digest === own
        ? Promise.resolve({ chunks: files.readChunks(path), offset: 0 })
        : source.fetchBlob(descriptor, options),
  };
}

/** Writes a file that appears under its name when it is whole, or not at all. */
async function writeWhole<T>(
  path: string,
  { files, clock }: Platform,
  write: (sink: Awaited<ReturnType<Files["create"]>>) => Promise<T>,
): Promise<T> {
  const directory = dirname(path);
  const chance = Math.floor(clock.random() * 2 ** 48).toString(36);
  const temporary = join(directory, `.forge-${chance}.tmp`);
  try {
    const sink = await files.create(temporary);
    let result: T;
    try {
      result = await write(sink);
      await sink.sync();
    } finally {
      await sink.close();
    }
    await files.rename(temporary, path);
    await files.syncDirectory(directory);
    return result;
  } catch (error) {
    await files.remove(temporary).catch(() => {
      // The first error says more.
    });
    throw asUnwritable(path, error);
  }
}

function asUnwritable(path: string, error: unknown): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  const isOfDisk = error instanceof Error && !(error instanceof ForgeError) &&
    typeof code === "string" && /^E[A-Z]+$/.test(code);
  if (!isOfDisk) return error;
  return new ForgeError(
    "FILE_UNWRITABLE",
    `Cannot write "${path}": ${error.message}`,
    { hint: "Choose another place, or make room", cause: error },
  );
}

function notCached(name: string, kind: "miss" | "damaged"): ForgeError {
  return kind === "miss"
    ? new ForgeError(
      "NOT_CACHED",
      `Cannot export ${name}: it is not in the cache`,
      { hint: "Run forge pull first" },
    )
    : new ForgeError(
      "CACHE_CORRUPT",
      `Cannot export ${name}: its cached file is damaged`,
      { hint: "Run forge pull to fetch it again" },
    );
}
