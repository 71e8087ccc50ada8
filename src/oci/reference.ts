/**
 * References: which repository of which registry, and which version in it.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { type Digest, parseDigest } from "./digest.ts";

/** One image: where it is and which version is meant. */
export interface Reference {
  /** Host of the registry and its port where one is given, `docker.io` for Docker Hub. */
  readonly registry: string;
  /** Name of the repository within the registry, such as `org/extensions/notes`. */
  readonly repository: string;
  /** A mutable name for a version. Absent when only a digest is given. */
  readonly tag?: string;
  /** The version itself; wins over the tag. */
  readonly digest?: Digest;
}

/** distribution-spec, "Pulling manifests": `<name>`. */
const REPOSITORY =
  /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;
/** distribution-spec, "Pulling manifests": `<reference>` as a tag. */
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
/** Labels joined by dots, or an IPv6 address in brackets, and a port. */
const HOST =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:.]+\])(?::([0-9]{1,5}))?$/;
/** distribution-spec: many clients limit host and name together to this. */
const MAX_NAME_LENGTH = 255;
/** What a URL may carry before its host, `USER:PASSWORD@`; a digest follows the last @ of a reference instead. */
const USER_INFO = /^[^/]*@(?!sha[0-9]+:)[^/@]*\//i;
/** As much of a refused text as a message repeats. */
const MAX_QUOTED_LENGTH = 200;

/** The name under which people know Docker Hub. */
const DOCKER_HUB = "docker.io";
/** The name under which Docker Hub serves the protocol. */
const DOCKER_HUB_API = "registry-1.docker.io";

/**
 * Reads a reference as people write it.
 *
 * Without a host it means Docker Hub, without a tag or digest it means
 * `latest`, as with Docker and every tool since.
 *
 * @param text `[HOST/]REPOSITORY[:TAG][@DIGEST]`.
 * @throws {ForgeError} `REFERENCE_INVALID` or `DIGEST_INVALID`.
 *
 * @example
 * ```ts
 * import { parseReference } from "@forgepoint/forge/oci";
 *
 * parseReference("ghcr.io/acme/notes:v1");
 * // { registry: "ghcr.io", repository: "acme/notes", tag: "v1" }
 * ```
 */
export function parseReference(text: string): Reference {
  if (/^[a-z]+:\/\//i.test(text)) {
    throw invalid(
      "reference",
      text,
      "Leave out the scheme: HOST/REPOSITORY:TAG",
    );
  }
  if (USER_INFO.test(text)) {
    throw invalid(
      "reference",
      text,
      "Leave out user and password: they belong to the registry's auth settings",
    );
  }
  const at = text.indexOf("@");
  const digest = at < 0 ? undefined : parseDigest(text.slice(at + 1));
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(":");
  const hasTag = colon > named.lastIndexOf("/");
  const tag = hasTag ? parseTag(named.slice(colon + 1)) : undefined;
  const place = splitRegistry(hasTag ? named.slice(0, colon) : named);
  return {
    ...parseRepository(place.registry, place.repository),
    ...(tag !== undefined ? { tag } : {}),
    ...(digest !== undefined ? { digest } : {}),
    ...(tag === undefined && digest === undefined ? { tag: "latest" } : {}),
  };
}

/**
 * Reads a reference; `undefined` where {@linkcode parseReference} throws.
 *
 * @example
 * ```ts
 * import { tryParseReference } from "@forgepoint/forge/oci";
 *
 * tryParseReference("https://ghcr.io/acme/notes"); // undefined
 * ```
 */
export function tryParseReference(text: string): Reference | undefined {
  try {
    return parseReference(text);
  } catch (error) {
    if (error instanceof ForgeError) return undefined;
    throw error;
  }
}

/**
 * Writes a reference so that {@linkcode parseReference} gives it back.
 *
 * @example
 * ```ts
 * import { formatReference } from "@forgepoint/forge/oci";
 *
 * formatReference({ registry: "ghcr.io", repository: "acme/notes", tag: "v1" });
 * // "ghcr.io/acme/notes:v1"
 * ```
 */
export function formatReference(reference: Reference): string {
  const tag = reference.tag === undefined ? "" : `:${reference.tag}`;
  const digest = reference.digest === undefined ? "" : `@${reference.digest}`;
  return `${reference.registry}/${reference.repository}${tag}${digest}`;
}

/**
 * Reads a registry host and a repository that stand apart, as in `forge.ron`.
 *
 * @param registry A host, with a port where needed.
 * @param repository The path of the image in the registry.
 * @returns Both, with Docker Hub's shorthands spelled out (`library/`).
 * @throws {ForgeError} `REFERENCE_INVALID`.
 *
 * @example
 * ```ts
 * import { parseRepository } from "@forgepoint/forge/oci";
 *
 * parseRepository("docker.io", "nginx");
 * // { registry: "docker.io", repository: "library/nginx" }
 * ```
 */
export function parseRepository(
  registry: string,
  repository: string,
): { readonly registry: string; readonly repository: string } {
  const host = parseRegistryHost(registry);
  const name = host === DOCKER_HUB && !repository.includes("/")
    ? `library/${repository}`
    : repository;
  if (!REPOSITORY.test(name)) {
    throw invalid(
      "repository",
      repository,
      /[A-Z]/.test(repository)
        ? "Repository names are lower case"
        : "A repository is lower-case words joined by / . _ or -, without tag or digest",
    );
  }
  if (host.length + 1 + name.length > MAX_NAME_LENGTH) {
    throw invalid(
      "repository",
      repository,
      `Host and repository together have at most ${MAX_NAME_LENGTH} characters`,
    );
  }
  return { registry: host, repository: name };
}

/**
 * Reads the host of a registry.
 *
 * @param text A host name or address, with a port where needed.
 * @returns The host in lower case; Docker Hub under its one name `docker.io`.
 * @throws {ForgeError} `REFERENCE_INVALID`.
 *
 * @example
 * ```ts
 * import { parseRegistryHost } from "@forgepoint/forge/oci";
 *
 * parseRegistryHost("registry.example:5000"); // the same
 * ```
 */
export function parseRegistryHost(text: string): string {
  const match = HOST.exec(text);
  if (
    match === null || (match[1] !== undefined && Number(match[1]) > 65535) ||
    !URL.canParse(`https://${text}/`)
  ) {
    throw invalid(
      "registry",
      text,
      'A registry is a host such as "ghcr.io" or "localhost:5000", without scheme or path',
    );
  }
  const host = text.toLowerCase();
  return host === "index.docker.io" || host === DOCKER_HUB_API
    ? DOCKER_HUB
    : host;
}

/**
 * Reads a tag; `undefined` when the text is none.
 *
 * @example
 * ```ts
 * import { tryParseTag } from "@forgepoint/forge/oci";
 *
 * tryParseTag("not a tag"); // undefined
 * ```
 */
export function tryParseTag(text: string): string | undefined {
  return TAG.test(text) ? text : undefined;
}

/**
 * Reads a tag.
 *
 * @throws {ForgeError} `REFERENCE_INVALID`.
 *
 * @example
 * ```ts
 * import { parseTag } from "@forgepoint/forge/oci";
 *
 * parseTag("v1.0.0"); // "v1.0.0"
 * ```
 */
export function parseTag(text: string): string {
  if (TAG.test(text)) return text;
  throw invalid(
    "tag",
    text,
    text.startsWith("sha256:")
      ? 'That is a digest: use Digest("...") in forge.ron, @ on the command line'
      : "A tag has at most 128 letters, digits, _ . or -, and does not start with . or -",
  );
}

/**
 * The host that serves the protocol for a registry: Docker Hub has another one.
 *
 * @example
 * ```ts
 * import { registryApiHost } from "@forgepoint/forge/oci";
 *
 * registryApiHost("docker.io"); // "registry-1.docker.io"
 * ```
 */
export function registryApiHost(registry: string): string {
  return registry === DOCKER_HUB ? DOCKER_HUB_API : registry;
}

/** Whether a registry host is this machine itself, where plain HTTP is the custom. */
export function isLoopbackHost(host: string): boolean {
  const name = host.replace(/:[0-9]+$/, "");
  return name === "localhost" || name.endsWith(".localhost") ||
    name === "[::1]" || /^127(\.[0-9]{1,3}){3}$/.test(name);
}

/** Docker's rule: the first segment is a host if it looks like one. */
function splitRegistry(
  text: string,
): { readonly registry: string; readonly repository: string } {
  const slash = text.indexOf("/");
  const first = text.slice(0, slash);
  const isHost = slash > 0 &&
    (first === "localhost" || /[.:A-Z]/.test(first));
  return isHost
    ? { registry: first, repository: text.slice(slash + 1) }
    : { registry: DOCKER_HUB, repository: text };
}

function invalid(what: string, text: string, hint: string): ForgeError {
  return new ForgeError(
    "REFERENCE_INVALID",
    `Cannot read ${what} "${quotable(text)}"`,
    { hint },
  );
}

/** Text for a message: without what may be a password, and of bearable length. */
function quotable(text: string): string {
  const safe = text.replace(
    /^([a-z][a-z0-9+.-]*:\/\/)?[^/]*@(?!sha[0-9]+:)/i,
    "$1***@",
  );
  return safe.length > MAX_QUOTED_LENGTH
    ? `${safe.slice(0, MAX_QUOTED_LENGTH)}...`
    : safe;
}
