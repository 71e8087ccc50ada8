/**
 * What the endpoints share.
 *
 * @module
 */

import type { CompleteBehavior } from "./behavior.ts";
import type { HeaderFields, RegistryRequest } from "./exchange.ts";
import type { RegistryStore } from "./store.ts";

/** What an endpoint works on. */
export interface EndpointContext {
  /** The content. */
  readonly store: RegistryStore;
  /** The switches. */
  readonly behavior: CompleteBehavior;
  /** Gives the next session id, a UUID (distribution-spec, "POST then PUT"). */
  readonly newId: () => string;
  /** The origin that serves blobs when they are not served here. */
  readonly storageOrigin: () => string;
  /** Whether the requester may do something in another repository than that of the path. */
  readonly mayPull: (repository: string) => boolean;
}

/** A location in the form that the registry uses. */
export function location(
  context: EndpointContext,
  request: RegistryRequest,
  path: string,
): string {
  return context.behavior.absoluteLocations ? request.origin + path : path;
}

/** `Docker-Content-Digest`, unless the registry is one that leaves it out. */
export function digestHeader(
  context: EndpointContext,
  digest: string,
): HeaderFields {
  return context.behavior.digestHeader
    ? { "docker-content-digest": digest }
    : {};
}
