/**
 * Reading an archive, file by file.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import {
  type Descriptor,
  type Digest,
  type ImageIndex,
  MAX_MANIFEST_BYTES,
  OCI_INDEX,
  parseManifest,
  tryParseDigest,
  tryParseReference,
  verifyBytes,
} from "../oci/mod.ts";
import type { Files } from "../platform/types.ts";
import type { FetchedManifest } from "../registry/mod.ts";
import type { ImageName } from "./create_archive.ts";
import { damagedArchive } from "./damaged_archive.ts";
import {
  blobPath,
  INDEX_FILE,
  LAYOUT_FILE,
  OWN_NAME,
  REF_NAME,
} from "./layout.ts";
import { indexTar, readRange, streamRange, type TarFile } from "./tar_index.ts";
import type {
  ArchivedImage,
  ImageArchive,
  NamelessImage,
  OpenArchiveOptions,
} from "./open_archive.ts";

/** Reads what is in an archive. */
export async function readArchive(
  path: string,
  options: OpenArchiveOptions,
): Promise<ImageArchive> {
  const { files } = options;
  const stat = await files.stat(path);
  if (stat?.kind === "directory") {
    throw damagedArchive(
      path,
      "it is a directory",
      `Put it into one file: tar -cf images.tar -C ${path} .`,
    );
  }
  if (stat?.kind !== "file") {
    throw new ForgeError(
      "FILE_NOT_FOUND",
      `Cannot find the archive "${path}"`,
      {
        hint: "Check the path",
      },
    );
  }
  const content = await indexTar(path, stat.size, files);
  const archive = { path, files, content };
  if (!content.has(LAYOUT_FILE)) {
    throw damagedArchive(path, `it has no ${LAYOUT_FILE}`);
  }
  const index = await readIndex(archive);
  const images: ArchivedImage[] = [];
  const nameless: NamelessImage[] = [];
  for (const descriptor of index.manifests) {
    const name = nameOf(descriptor);
    const label = descriptor.annotations?.[REF_NAME];
    if (name === undefined) nameless.push({ label, descriptor });
    else images.push({ ...name, descriptor });
  }
  let subjects: Promise<readonly Referrer[]> | undefined;
  return {
    images,
    nameless,
    repository: (registry, image) => ({
      host: path,
      fetchManifest: async (reference) => {
        const digest = tryParseDigest(reference) ??
          images.find((each) =>
            each.registry === registry && each.image === image &&
            each.reference === reference
          )?.descriptor.digest;
        if (digest === undefined) throw absent(path, reference);
        return await readManifest(archive, digest);
      },
      fetchBlob: ({ digest, size }, { offset = 0 } = {}) => {
        const file = fileOf(archive, digest);
        if (file.size !== size) {
          // Of a registry this could be a connection that broke; here it stays so.
          throw damagedArchive(
            path,
            `the blob ${digest} has ${file.size} bytes in it, not ${size}`,
          );
        }
        const rest = { offset: file.offset + offset, size: file.size - offset };
        return Promise.resolve({
          chunks: streamRange(path, rest, files),
          offset,
        });
      },
      referrers: async (digest, { artifactType } = {}) => {
        subjects ??= readReferrers(archive, index);
        return (await subjects)
          .filter(({ subject }) => subject === digest)
          .map(({ descriptor }) => descriptor)
          .filter((descriptor) =>
            artifactType === undefined ||
            descriptor.artifactType === artifactType
          );
      },
    }),
  };
}

interface Archive {
  readonly path: string;
  readonly files: Pick<Files, "readChunks">;
  readonly content: ReadonlyMap<string, TarFile>;
}

interface Referrer {
  readonly subject: Digest;
  readonly descriptor: Descriptor;
}

async function readIndex({ path, files, content }: Archive) {
  const file = content.get(INDEX_FILE);
  if (file === undefined || file.size > MAX_MANIFEST_BYTES) {
    throw damagedArchive(path, `it has no ${INDEX_FILE} of a sensible size`);
  }
  const index = parseManifest(await readRange(path, file, files), OCI_INDEX);
  if (index.kind === "index") return index;
  throw damagedArchive(path, `its ${INDEX_FILE} is no index`);
}

/** The name of an image: ours, or that of a tool which writes whole names. */
function nameOf({ annotations = {} }: Descriptor): ImageName | undefined {
  const registry = annotations[OWN_NAME.registry];
  const image = annotations[OWN_NAME.image];
  const reference = annotations[OWN_NAME.reference];
  if (
    registry !== undefined && image !== undefined && reference !== undefined
  ) {
    return { registry, image, reference };
  }
  const text = annotations[REF_NAME] ?? "";
  const isWhole = /^[^/]*[.:][^/]*\/.*[:@]/.test(text);
  const parsed = isWhole ? tryParseReference(text) : undefined;
  return parsed && {
    registry: parsed.registry,
    image: parsed.repository,
    reference: parsed.digest ?? parsed.tag ?? "latest",
  };
}

function fileOf({ path, content }: Archive, digest: Digest): TarFile {
  const file = content.get(blobPath(digest));
  if (file === undefined) throw absent(path, digest);
  return file;
}

async function readManifest(
  archive: Archive,
  digest: Digest,
): Promise<FetchedManifest> {
  const { path, files } = archive;
  const file = fileOf(archive, digest);
  if (file.size > MAX_MANIFEST_BYTES) {
    throw damagedArchive(path, `the manifest ${digest} is too large`);
  }
  const bytes = await readRange(path, file, files);
  await verifyBytes(bytes, { digest, size: file.size });
  const manifest = parseManifest(bytes);
  const { mediaType, artifactType } = manifest;
  return {
    bytes,
    manifest,
    descriptor: {
      ...{ mediaType, digest, size: file.size },
      ...(artifactType === undefined ? {} : { artifactType }),
    },
  };
}

async function readReferrers(
  archive: Archive,
  index: ImageIndex,
): Promise<readonly Referrer[]> {
  const found: Referrer[] = [];
  for (const { digest } of index.manifests) {
    const { manifest, descriptor } = await readManifest(archive, digest);
    const subject = manifest.subject?.digest;
    if (subject === undefined) continue;
    const artifactType = manifest.artifactType ??
      (manifest.kind === "manifest" ? manifest.config.mediaType : undefined);
    found.push({
      subject,
      descriptor: artifactType === undefined
        ? descriptor
        : { ...descriptor, artifactType },
    });
  }
  return found;
}

function absent(path: string, what: string): ForgeError {
  return new ForgeError(
    "REGISTRY_NOT_FOUND",
    `Cannot find ${what} in the archive "${path}"`,
    { hint: "The archive is not complete: make it again" },
  );
}
