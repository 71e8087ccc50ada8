/**
 * One repository of one registry: the words that requests are made of.
 *
 * @module
 */

import { type Digest, parseTag, tryParseDigest } from "../oci/mod.ts";
import type { Connection } from "./connection.ts";
import { repositoryScope } from "./scope.ts";

/** Where a repository is, and how to speak to it. */
export interface RepositoryPlace {
  /** Its registry. */
  readonly connection: Connection;
  /** Its name, as the protocol has it. */
  readonly name: string;
}

/** Options of everything that waits for a registry. */
export interface SignalOptions {
  /** Stops it; the promise rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A tag or digest, checked. */
export interface ParsedReference {
  /** The text for the URL. */
  readonly text: string;
  /** The digest, where it is one. */
  readonly digest: Digest | undefined;
  /** How people write it after the repository: `:v1` or `@sha256:...`. */
  readonly suffix: string;
}

/**
 * Reads what stands for a version in a repository.
 *
 * @throws {ForgeError} `REFERENCE_INVALID`.
 */
export function parseVersion(reference: string): ParsedReference {
  const digest = tryParseDigest(reference);
  return digest === undefined
    ? {
      text: parseTag(reference),
      digest: undefined,
      suffix: `:${reference}`,
    }
    : { text: digest, digest, suffix: `@${digest}` };
}

/** The URL of something in a repository. */
export function urlOf(place: RepositoryPlace, path: string): URL {
  return new URL(`${place.name}/${path}`, place.connection.root);
}

/** The scope for reading a repository. */
export function pullScope(place: RepositoryPlace): string {
  return repositoryScope(place.name, "pull");
}

/** The scope for writing to a repository. */
export function pushScope(place: RepositoryPlace): string {
  return repositoryScope(place.name, "push");
}

/** The scope for writing to a repository what another one has. */
export function mountScope(place: RepositoryPlace, from: string): string {
  return `${pushScope(place)} ${repositoryScope(from, "pull")}`;
}

/** A repository as people write it. */
export function nameOf(place: RepositoryPlace): string {
  return `${place.connection.registry}/${place.name}`;
}
