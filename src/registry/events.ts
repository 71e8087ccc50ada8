/**
 * What a client tells of its work.
 *
 * @module
 */

import type { RetryEvent } from "../http/mod.ts";

/** Something that happened while talking to a registry. */
export type RegistryEvent =
  | RetryEvent
  | RequestEvent
  | RequestFailedEvent
  | RegistryWarningEvent
  | MirrorFailedEvent;

/** A request that was answered; for logs of what goes over the wire. */
export interface RequestEvent {
  /** Tells it from other events. */
  readonly type: "request";
  /** Its method. */
  readonly method: string;
  /** Its URL, redacted. */
  readonly url: string;
  /** The status of the answer. */
  readonly status: number;
  /** Milliseconds until the answer's headers were there. */
  readonly durationMs: number;
}

/** A request that got no answer: no connection, no time left, or given up. Why is told by what comes of it. */
export interface RequestFailedEvent {
  /** Tells it from other events. */
  readonly type: "request-failed";
  /** Its method. */
  readonly method: string;
  /** Its URL, redacted. */
  readonly url: string;
  /** Milliseconds until that was clear. */
  readonly durationMs: number;
}

/** Something a person should hear of, once. */
export interface RegistryWarningEvent {
  /** Tells it from other events. */
  readonly type: "registry-warning";
  /** The registry that it is about. */
  readonly registry: string;
  /** What to tell. */
  readonly message: string;
}

/** A mirror that did not help; the next one, or the registry itself, is asked. */
export interface MirrorFailedEvent {
  /** Tells it from other events. */
  readonly type: "mirror-failed";
  /** The registry that is mirrored. */
  readonly registry: string;
  /** The mirror. */
  readonly mirror: string;
  /** Why it did not help. */
  readonly error: unknown;
}
