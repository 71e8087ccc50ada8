/**
 * Writing an archive, file by file.
 *
 * @module
 */

import {
  type Descriptor,
  type Digest,
  digestBytes,
  OCI_INDEX,
  parseManifest,
  tryParseDigest,
} from "../oci/mod.ts";
import type { FileSink } from "../platform/types.ts";
import {
  blobPath,
  INDEX_FILE,
  LAYOUT_FILE,
  LAYOUT_VERSION,
  OWN_NAME,
  REF_NAME,
} from "./layout.ts";
import { TarWriter } from "./tar_writer.ts";
import type { ArchiveWriter, ImageName } from "./create_archive.ts";

/** Starts an archive. */
export async function startArchive(sink: FileSink): Promise<ArchiveWriter> {
  const tar = await TarWriter.open(sink);
  const written = new Set<Digest>();
  const entries = new Map<string, Descriptor>();

  async function write(
    digest: Digest,
    size: number,
    content: AsyncIterable<Uint8Array>,
  ): Promise<boolean> {
    if (written.has(digest)) return false;
    written.add(digest);
    await tar.add(blobPath(digest), size, content);
    return true;
  }

  function name(descriptor: Descriptor, name: ImageName): void {
    const { mediaType, digest, size } = descriptor;
    const refName = formatName(name);
    entries.set(refName, {
      ...{ mediaType, digest, size },
      annotations: {
        [REF_NAME]: refName,
        [OWN_NAME.registry]: name.registry,
        [OWN_NAME.image]: name.image,
        [OWN_NAME.reference]: name.reference,
      },
    });
  }

  return {
    name,

    repository: (registry, image) => ({
      async pushBlob({ digest, size }, source) {
        const content = source instanceof Uint8Array ? once(source) : source(0);
        const isNew = await write(digest, size, content);
        return isNew ? "uploaded" : "present";
      },

      async pushManifest(reference, bytes) {
        const { mediaType, subject } = parseManifest(bytes);
        const digest = await digestBytes(bytes);
        const descriptor = { mediaType, digest, size: bytes.byteLength };
        await write(digest, bytes.byteLength, once(bytes));
        const isTag = tryParseDigest(reference) === undefined;
        // What refers to another image is found by nobody unless it is listed.
        if (isTag) name(descriptor, { registry, image, reference });
        else if (subject !== undefined) entries.set(digest, descriptor);
        return descriptor;
      },
    }),

    async finish() {
      const manifests = [...entries].sort(([a], [b]) => a < b ? -1 : 1)
        .map(([, descriptor]) => descriptor);
      const files = {
        [INDEX_FILE]: { schemaVersion: 2, mediaType: OCI_INDEX, manifests },
        [LAYOUT_FILE]: { imageLayoutVersion: LAYOUT_VERSION },
      };
      for (const [path, json] of Object.entries(files)) {
        const bytes = new TextEncoder().encode(JSON.stringify(json));
        await tar.add(path, bytes.byteLength, once(bytes));
      }
      await tar.end();
    },
  };
}

function formatName({ registry, image, reference }: ImageName): string {
  const joint = tryParseDigest(reference) === undefined ? ":" : "@";
  return `${registry}/${image}${joint}${reference}`;
}

async function* once<T>(value: T): AsyncGenerator<T, void, undefined> {
  yield await Promise.resolve(value);
}
