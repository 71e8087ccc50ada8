/**
 * The client of registries.
 *
 * @module
 */

import {
  discardBody,
  type Fetch,
  redactUrl,
  type WithConcurrencyOptions,
  withTransport,
} from "../http/mod.ts";
import {
  type Descriptor,
  type Digest,
  parseRegistryHost,
  parseRepository,
} from "../oci/mod.ts";
import type { Clock } from "../platform/types.ts";
import {
  exists,
  fetchBlob,
  type FetchBlobOptions,
  type FetchedBlob,
} from "./blobs.ts";
import { Connection } from "./connection.ts";
import { anonymous, type CredentialSource } from "./credentials.ts";
import type { RegistryEvent } from "./events.ts";
import { type FetchedManifest, fetchManifest, resolve } from "./manifests.ts";
import { noteFailure, type ReadablePlaces, readFromFirst } from "./mirrors.ts";
import {
  type BlobSource,
  pushBlob,
  type PushBlobOptions,
  type PushBlobOutcome,
} from "./push_blob.ts";
import { pushManifest } from "./push_manifest.ts";
import { listReferrers, type ListReferrersOptions } from "./referrers.ts";
import type { SignalOptions } from "./repository.ts";
import type { RegistrySettings } from "./settings.ts";
import { listTags, type ListTagsOptions, type TagList } from "./tags.ts";

/** Options of {@linkcode createRegistryClient}. */
export interface CreateRegistryClientOptions {
  /**
   * The way to the network, such as `globalThis.fetch`, with an allowlist
   * around it or not. The client itself puts redirects, timeouts and retries
   * around it.
   */
  readonly fetch: Fetch;
  /** Time and chance. */
  readonly clock: Clock;
  /** Who we are; nobody in particular unless told otherwise. */
  readonly credentials?: CredentialSource | undefined;
  /** What the user settled for a registry; defaults unless told otherwise. */
  readonly settings?: ((registry: string) => RegistrySettings) | undefined;
  /** Hears what happens. */
  readonly onEvent?: ((event: RegistryEvent) => void) | undefined;
  /** What this program calls itself; `forge` unless told otherwise. */
  readonly userAgent?: string | undefined;
  /** Limits how many requests are under way; no limit unless told otherwise. */
  readonly concurrency?: WithConcurrencyOptions | undefined;
}

/** A client that remembers tokens and what hosts have asked of it. */
export interface RegistryClient {
  /**
   * Names a repository; nothing is sent.
   *
   * @param registry The registry as in `forge.ron`, such as `docker.io`.
   * @param repository The name of the repository in it.
   * @throws {ForgeError} `REFERENCE_INVALID`.
   */
  readonly repository: (registry: string, repository: string) => Repository;
  /**
   * Asks whether a registry answers, and takes our credentials
   * (distribution-spec, "Determining Support").
   *
   * @param registry The registry as in `forge.ron`.
   * @param options The signal.
   * @throws {ForgeError} What stands in the way.
   */
  readonly ping: (registry: string, options?: SignalOptions) => Promise<void>;
}

/** One repository of one registry. All methods reject with a `ForgeError`, or with the signal's reason. */
export interface Repository {
  /** The host of the registry, for messages. */
  readonly host: string;
  /**
   * The same repository, read from the registry itself, for what no mirror
   * could give; tells of the mirrors that did not help.
   *
   * @param reason What was wrong with what a mirror gave.
   * @returns `undefined` when there are no mirrors.
   */
  readonly withoutMirrors: (reason: unknown) => Repository | undefined;
  /** Asks what a tag or digest stands for. */
  readonly resolve: (
    reference: string,
    options?: SignalOptions,
  ) => Promise<Descriptor>;
  /** Fetches a manifest or index; verified where a digest is asked for. */
  readonly fetchManifest: (
    reference: string,
    options?: SignalOptions,
  ) => Promise<FetchedManifest>;
  /** Starts to fetch a blob; the reader verifies it. */
  readonly fetchBlob: (
    descriptor: Descriptor,
    options?: FetchBlobOptions,
  ) => Promise<FetchedBlob>;
  /** Asks whether content is there. */
  readonly exists: (
    descriptor: Descriptor,
    options?: SignalOptions,
  ) => Promise<boolean>;
  /** Lists tags. */
  readonly tags: (options?: ListTagsOptions) => Promise<TagList>;
  /** Lists what refers to a manifest. */
  readonly referrers: (
    digest: Digest,
    options?: ListReferrersOptions,
  ) => Promise<readonly Descriptor[]>;
  /** Sees to it that a blob is there. */
  readonly pushBlob: (
    descriptor: Descriptor,
    source: BlobSource,
    options?: PushBlobOptions,
  ) => Promise<PushBlobOutcome>;
  /** Uploads a manifest or index. */
  readonly pushManifest: (
    reference: string,
    bytes: Uint8Array<ArrayBuffer>,
    options?: SignalOptions,
  ) => Promise<Descriptor>;
}

/** What images can be pulled and copied from: a repository, or something like one. */
export type ImageSource =
  & Pick<Repository, "host" | "fetchManifest" | "fetchBlob" | "referrers">
  & Partial<Pick<Repository, "withoutMirrors">>;

/** What images can be copied to. */
export type ImageTarget = Pick<Repository, "pushBlob" | "pushManifest">;

/** What names sources of images: a client, or an archive. */
export interface ImageSources {
  /** The images of that name; nothing is sent. */
  readonly repository: (registry: string, repository: string) => ImageSource;
}

/**
 * Makes a client. Nothing is sent until a method of a repository is called.
 *
 * @param options Network, time, credentials, settings.
 *
 * @example
 * ```ts
 * import { createRegistryClient } from "@forgepoint/forge/oci";
 *
 * const client = createRegistryClient({
 *   fetch: (input, init) => fetch(input, init),
 *   clock: {
 *     now: () => Date.now(),
 *     random: () => Math.random(),
 *     sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
 *   },
 * });
 * const repository = client.repository("ghcr.io", "acme/notes");
 * ```
 */
export function createRegistryClient(
  options: CreateRegistryClientOptions,
): RegistryClient {
  const { clock, credentials = anonymous } = options;
  const { userAgent, concurrency } = options;
  const onEvent = options.onEvent ?? (() => {});
  const settingsOf = options.settings ?? (() => ({}));
  const fetch = withTransport(
    withRequestEvents(options.fetch, clock, onEvent),
    { clock, userAgent, concurrency, onRetry: onEvent },
  );
  const connections = new Map<string, Connection>();
  const connect = (registry: string): Connection => {
    const known = connections.get(registry);
    if (known !== undefined) return known;
    const settings = settingsOf(registry);
    const made = new Connection({
      registry,
      fetch,
      clock,
      credentials,
      settings,
      onEvent,
    });
    connections.set(registry, made);
    return made;
  };
  return {
    repository(registry, repository) {
      const { registry: host, repository: name } = parseRepository(
        registry,
        repository,
      );
      const connection = connect(host);
      const mirrors = (connection.settings.mirrors ?? []).map((mirror) => ({
        connection: connect(parseRegistryHost(mirror)),
        name,
      }));
      return repositoryAt({ origin: { connection, name }, mirrors, onEvent });
    },
    async ping(registry, { signal } = {}) {
      const connection = connect(parseRegistryHost(registry));
      discardBody(
        await connection.send({
          action: `reach registry ${connection.registry}`,
          method: "GET",
          url: connection.root,
          scope: "",
          expect: [200],
          init: { purpose: "api", signal: signal ?? null },
        }),
      );
    },
  };
}

/** Reads go through the mirrors, writes to the registry itself. */
function repositoryAt(places: ReadablePlaces): Repository {
  const { origin } = places;
  const read = readFromFirst;
  return {
    host: origin.connection.root.host,
    withoutMirrors(reason) {
      if (places.mirrors.length === 0) return undefined;
      for (const mirror of places.mirrors) noteFailure(places, mirror, reason);
      return repositoryAt({ ...places, mirrors: [] });
    },
    resolve: (reference, options = {}) =>
      read(places, options, (place) => resolve(place, reference, options)),
    fetchManifest: (reference, options = {}) =>
      read(places, options, (at) => fetchManifest(at, reference, options)),
    fetchBlob: (descriptor, options = {}) =>
      read(places, options, (at) => fetchBlob(at, descriptor, options)),
    // A mirror need not have all: only the registry itself can say no.
    exists: (descriptor, options = {}) =>
      read(
        places,
        { ...options, isNothing: (isThere) => !isThere },
        (at) => exists(at, descriptor, options),
      ),
    tags: (options) => listTags(origin, options),
    referrers: (digest, options = {}) =>
      read(
        places,
        {
          ...options,
          isNothing: ({ length }) => length === 0,
          mayBeNothing: true,
        },
        (at) => listReferrers(at, digest, options),
      ),
    pushBlob: (descriptor, source, options) =>
      pushBlob(origin, descriptor, source, options),
    pushManifest: (reference, bytes, options) =>
      pushManifest(origin, reference, bytes, options),
  };
}

/** Tells of every single request, redirects and token requests included. */
function withRequestEvents(
  fetch: Fetch,
  clock: Clock,
  onEvent: (event: RegistryEvent) => void,
): Fetch {
  return async (input, init) => {
    const started = clock.now();
    const told = () => ({
      method: init?.method ?? "GET",
      url: redactUrl(input),
      durationMs: clock.now() - started,
    });
    try {
      const response = await fetch(input, init);
      onEvent({ type: "request", ...told(), status: response.status });
      return response;
    } catch (error) {
      onEvent({ type: "request-failed", ...told() });
      throw error;
    }
  };
}
