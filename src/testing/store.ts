/**
 * What the registry holds: blobs by digest, and per repository which of them
 * it has, its manifests, tags and running uploads.
 *
 * @module
 */

import {
  type Digest,
  type DigestAlgorithm,
  digestAlgorithm,
  Digester,
  type ImageIndex,
  type ImageManifest,
  parseManifest,
  tryParseDigest,
} from "../oci/mod.ts";

/** A manifest as it was pushed, byte for byte. */
export interface StoredManifest {
  /** Its name by what it is. */
  readonly digest: Digest;
  /** The `Content-Type` of the push. */
  readonly mediaType: string;
  /** The exact bytes. */
  readonly bytes: Uint8Array;
  /** The document, where it is one that the image specification knows. */
  readonly document: ImageManifest | ImageIndex | undefined;
}

/** An upload that has not been closed. */
export interface Upload {
  /** Names the session in its location. */
  readonly id: string;
  /** The bytes so far, in order. */
  readonly chunks: Uint8Array[];
  /** How many bytes so far. */
  size: number;
  /** Whether a chunk was smaller than the registry wants; then it has to be the last. */
  ended: boolean;
}

/** What one repository holds. */
export interface RepositoryContent {
  /** Blobs that can be pulled from here. */
  readonly blobs: Set<Digest>;
  /** Manifests by digest, in the order of their pushes. */
  readonly manifests: Map<Digest, StoredManifest>;
  /** Tags. */
  readonly tags: Map<string, Digest>;
  /** Sessions. */
  readonly uploads: Map<string, Upload>;
}

/** Everything in memory; not one byte on disk. */
export class RegistryStore {
  readonly #blobs = new Map<Digest, Uint8Array>();
  readonly #repositories = new Map<string, RepositoryContent>();

  /** The content of a repository that exists. */
  repository(name: string): RepositoryContent | undefined {
    return this.#repositories.get(name);
  }

  /** Names of all repositories. */
  repositories(): readonly string[] {
    return [...this.#repositories.keys()];
  }

  /** The content of a repository, which exists from now on. */
  openRepository(name: string): RepositoryContent {
    const known = this.#repositories.get(name);
    if (known !== undefined) return known;
    const content: RepositoryContent = {
      blobs: new Set(),
      manifests: new Map(),
      tags: new Map(),
      uploads: new Map(),
    };
    this.#repositories.set(name, content);
    return content;
  }

  /** The bytes of a blob, whichever repository has it. */
  blob(digest: Digest): Uint8Array | undefined {
    return this.#blobs.get(digest);
  }

  /** Keeps a blob, in a repository where one is named. */
  addBlob(
    digest: Digest,
    bytes: Uint8Array,
    options: { readonly repository?: string | undefined } = {},
  ): void {
    this.#blobs.set(digest, bytes);
    if (options.repository !== undefined) {
      this.openRepository(options.repository).blobs.add(digest);
    }
  }

  /** Makes a blob that is somewhere pullable from a repository; false when it is nowhere. */
  linkBlob(repository: string, digest: Digest): boolean {
    if (!this.#blobs.has(digest)) return false;
    this.openRepository(repository).blobs.add(digest);
    return true;
  }

  /** Keeps a manifest under its digest. */
  addManifest(repository: string, manifest: StoredManifest): void {
    const content = this.openRepository(repository);
    // Kept in the order of the last push, which the referrers list shows.
    content.manifests.delete(manifest.digest);
    content.manifests.set(manifest.digest, manifest);
  }

  /** A manifest by tag or digest. */
  manifest(repository: string, reference: string): StoredManifest | undefined {
    const content = this.repository(repository);
    if (content === undefined) return undefined;
    const digest = tryParseDigest(reference) ?? content.tags.get(reference);
    return digest === undefined ? undefined : content.manifests.get(digest);
  }
}

/** Hashes bytes at once. */
export function digestOf(
  bytes: Uint8Array,
  algorithm: DigestAlgorithm = "sha256",
): Digest {
  const digester = new Digester(algorithm);
  digester.update(bytes);
  return digester.digest();
}

/** Whether bytes are what a digest names. */
export function hasDigest(bytes: Uint8Array, digest: Digest): boolean {
  return digestOf(bytes, digestAlgorithm(digest)) === digest;
}

/** Joins chunks; a single one is not copied. */
export function joinBytes(chunks: readonly Uint8Array[]): Uint8Array {
  if (chunks.length === 1 && chunks[0] !== undefined) return chunks[0];
  const joined = new Uint8Array(
    chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0),
  );
  let offset = 0;
  for (const chunk of chunks) {
    joined.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return joined;
}

/** Reads a manifest without a complaint about what the image specification does not know. */
export function tryParseDocument(
  bytes: Uint8Array,
  mediaType: string,
): ImageManifest | ImageIndex | undefined {
  try {
    return parseManifest(bytes, mediaType);
  } catch {
    // Tests store broken manifests on purpose: they are served as they are.
    return undefined;
  }
}
