/**
 * What to do about an answer that is a failure.
 *
 * @module
 */

import type { ForgeErrorCode } from "../errors.ts";
import { findRetryAfter, parseRetryAfter } from "../http/mod.ts";
import type { RequestContext } from "./errors.ts";

/** A refusal, and all that is known of it. */
export interface Refusal {
  /** What the registry answered. */
  readonly response: Response;
  /** The request. */
  readonly context: RequestContext;
  /** The body of the answer. */
  readonly text: string;
}

/**
 * Says what to do about a refusal.
 *
 * @param code What kind it is.
 * @param refusal All that is known of it.
 */
export function hintFor(code: ForgeErrorCode, refusal: Refusal): string {
  const { response, context, text } = refusal;
  switch (code) {
    case "REGISTRY_AUTH":
      return context.authHint ?? "Check the credentials for this registry";
    case "REGISTRY_NOT_FOUND":
      return "Check registry, image and reference; a private image may need credentials to be seen";
    case "REGISTRY_RATE_LIMITED":
      return rateHint(refusal);
  }
  const aboutTls = tlsHint(text);
  if (aboutTls !== undefined) return aboutTls;
  if (context.isRealm === true && response.status < 500) {
    return "Ask whoever runs the registry: it sends its clients there for tokens";
  }
  return response.status >= 500
    ? "Try again later: the registry has a problem of its own"
    : "Check registry, image and reference";
}

/** What servers write when TLS was not spoken as they want it: Go's, then nginx's. */
export function tlsHint(text: string): string | undefined {
  if (
    /HTTP request (?:was sent )?to (?:an )?HTTPS (?:server|port)/i.test(text)
  ) {
    return "The registry speaks TLS: name its authority as ca_file, and no plain_http, under registries in forge.ron";
  }
  return /SSL certificate (?:was sent|error)/i.test(text)
    ? "The registry wants a client certificate: name it and its key as client_certificate under registries in forge.ron"
    : undefined;
}

function rateHint({ response, context, text }: Refusal): string {
  const { nowMs } = context;
  const header = response.headers.get("retry-after");
  const waitMs = parseRetryAfter(header, nowMs) ?? findRetryAfter(text);
  const login = "credentials may raise the limit";
  if (waitMs === undefined) return `Try again later; ${login}`;
  const until = new Date(nowMs + Math.ceil(waitMs)).toISOString();
  return `Try again after ${until}; ${login}`;
}
