/**
 * The one way to the network: a function of the shape of web-standard `fetch`.
 *
 * @module
 */

import type { TlsSettings } from "./tls.ts";

/** What a request is for; an error about its host says so. */
export type RequestPurpose =
  /** The protocol itself: manifests, tags, referrers. */
  | "api"
  /** The content of a blob. */
  | "blob"
  /** The token endpoint that a registry named as its realm. */
  | "realm"
  /** A place to which a server redirected. */
  | "redirect"
  /** The place at which a registry wants an upload. */
  | "upload location"
  /** The next page of a listing. */
  | "link";

/** What the decorators of this room understand beside web-standard options. */
export interface FetchInit extends RequestInit {
  /** What the request is for. */
  readonly purpose?: RequestPurpose;
  /** Hosts (`name` or `name:port`) that may be private although nobody else vouches for them. */
  readonly allowedHosts?: readonly string[] | undefined;
  /**
   * Whether a piece of a body may be overwritten when the next is asked for:
   * whoever reads it keeps none.
   */
  readonly reusesPieces?: boolean;
  /**
   * Reads the whole body, at most this many bytes, within the attempt, so that
   * a body that is cut short counts as a failed attempt and is tried again.
   */
  readonly bufferBytes?: number;
  /**
   * Hears how many bytes of the body are on their way; from the start again
   * where the request is repeated. Time limits hold for each piece then.
   */
  readonly onSent?: ((sentBytes: number) => void) | undefined;
  /** Says that a POST or PATCH may be sent twice without harm. */
  readonly replayable?: boolean;
  /** Milliseconds until the headers of one attempt must be there. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds that may be spent waiting between all attempts. */
  readonly retryBudgetMs?: number | undefined;
  /** Certificates for this origin; the innermost fetch puts them to use. */
  readonly tls?: TlsSettings | undefined;
  /** Certificates for the origins to which this one redirects. */
  readonly foreignTls?: TlsSettings | undefined;
}

/**
 * Sends one request.
 *
 * `globalThis.fetch` is one; the decorators of this room are made from one and
 * give one. Bodies are byte arrays or strings so that a request can be sent
 * again.
 */
export type Fetch = (
  input: string | URL,
  init?: FetchInit,
) => Promise<Response>;
