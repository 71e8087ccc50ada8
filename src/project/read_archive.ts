/**
 * Taking images out of an archive into the cache.
 *
 * @module
 */

import {
  damagedArchive,
  type ImageArchive,
  openArchive,
} from "../archive/mod.ts";
import { cacheKey } from "../cache/mod.ts";
import { install, type Outcome, type PlannedOci } from "../install/mod.ts";
import { type Descriptor, tryParseDigest } from "../oci/mod.ts";
import { type ImageSources, referrersTagSubject } from "../registry/mod.ts";
import { openProjectCache, type Project } from "./project.ts";
import { selectOci } from "./select.ts";
import type { ImportArchiveOptions } from "./import_archive.ts";

/** Installs from an archive what the project wants, or all of it. */
export async function readInto(
  project: Project,
  options: ImportArchiveOptions,
): Promise<readonly Outcome[]> {
  const { platform, path, signal, onEvent } = options;
  const { files, clock } = platform;
  const archive = await openArchive(path, { files });
  const wanted = selectOci(project);
  const extensions = new Map(
    [...namedImages(archive, wanted), ...knownByDigest(archive, wanted)]
      .map((planned) => [planned.cacheKey, planned]),
  );
  let client: ImageSources = archive;
  if (options.as !== undefined) {
    for (const planned of selectOci(project, [options.as])) {
      const image = theImage(archive, planned, path);
      extensions.set(planned.cacheKey, planned);
      client = withImage(client, planned, image);
    }
  }
  const plan = {
    ...project.plan,
    offline: false,
    extensions: [...extensions.values()],
  };
  return await install(plan, {
    ...{ cache: openProjectCache(project, { platform }), client },
    ...{ files, clock, signal, onEvent, refresh: true },
  });
}

/** What the archive calls as `forge.ron` does, or as it could. */
function namedImages(
  { images }: ImageArchive,
  wanted: readonly PlannedOci[],
): readonly PlannedOci[] {
  return images
    .filter(({ reference }) => referrersTagSubject(reference) === undefined)
    .map(({ registry, image, reference }): PlannedOci => {
      const key = cacheKey({ registry, image, reference });
      return wanted.find((planned) => planned.cacheKey === key) ?? {
        ...{ source: "oci", name: `${registry}/${image}`, registry, image },
        ...{ reference, cacheKey: key },
      };
    });
}

/** What is wanted by a digest that the archive has, whatever it calls it. */
function knownByDigest(
  { images, nameless }: ImageArchive,
  wanted: readonly PlannedOci[],
): readonly PlannedOci[] {
  const digests = new Set(
    [...images, ...nameless].map(({ descriptor }) => descriptor.digest),
  );
  return wanted.filter(({ reference, lock }) => {
    const digest = lock?.kind === "locked"
      ? lock.locked.manifestDigest
      : tryParseDigest(reference);
    return digest !== undefined && digests.has(digest);
  });
}

/** The image that can only be meant: the nameless one of the tag, or the only one. */
function theImage(
  { images, nameless }: ImageArchive,
  { reference }: PlannedOci,
  path: string,
): Descriptor {
  const mains = nameless.filter(({ label = "" }) =>
    referrersTagSubject(label) === undefined
  );
  const tagged = mains.filter(({ label }) => label === reference);
  const found = tagged.length > 0 ? tagged : mains;
  const [only, ...others] = found.length > 0 ? found : images;
  if (only !== undefined && others.length === 0) return only.descriptor;
  const count = found.length > 0 ? found.length : images.length;
  throw damagedArchive(
    path,
    `it has ${count} images, and none is called "${reference}" alone`,
    `Write it with one image, such as oras cp --to-oci-layout ... DIR:${reference}`,
  );
}

/** Lets the reference of an extension mean an image of the archive. */
function withImage(
  sources: ImageSources,
  { registry, image, reference }: PlannedOci,
  { digest }: Descriptor,
): ImageSources {
  return {
    repository(ofRegistry, name) {
      const source = sources.repository(ofRegistry, name);
      if (ofRegistry !== registry || name !== image) return source;
      return {
        ...source,
        fetchManifest: (wanted, ...rest) =>
          source.fetchManifest(wanted === reference ? digest : wanted, ...rest),
      };
    },
  };
}
