/**
 * The fetch that follows redirects by hand.
 *
 * What the runtimes do by themselves is not enough: they keep custom headers
 * across origins, and follow from https to http.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import type { Fetch, FetchInit } from "./fetch.ts";
import { checkHop, isSameOrigin } from "./host_rules.ts";
import { NetworkDeniedError } from "./network_denied_error.ts";
import { networkErrorFrom } from "./network_error.ts";
import { discardBody } from "./read_bounded.ts";
import { redactUrl } from "./redact.ts";
import { withUrl } from "./rebuild_response.ts";

/** Hops that one request may take. */
const MAX_HOPS = 10;

const REDIRECT_STATUS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Header fields that say nothing of who asks; all others stay at the first origin. */
const ANONYMOUS_FIELDS: ReadonlySet<string> = new Set([
  "accept",
  "accept-encoding",
  "content-type",
  "if-range",
  "range",
  "user-agent",
]);

/**
 * Follows redirects, and gives nothing away by it.
 *
 * On every change of origin (scheme, host, port) all header fields that could
 * tell who asks are dropped, and stay dropped; so does the client certificate.
 * Targets obey {@linkcode checkHop}. 303 turns into a GET, as do 301 and 302
 * after a POST (Fetch standard, "HTTP-redirect fetch"); other methods and
 * their bodies are repeated.
 *
 * @param fetch What to send single requests with.
 * @returns A fetch whose responses are not redirects, and know their URL.
 * @throws {ForgeError} `NETWORK_DENIED` for a target that is refused,
 * `REGISTRY_RESPONSE_INVALID` for more than 10 hops or a broken Location.
 *
 * @example
 * ```ts
 * import { withRedirects } from "@forgepoint/forge/oci";
 *
 * const follow = withRedirects((input) =>
 *   Promise.resolve(
 *     new URL(input).pathname === "/old"
 *       ? new Response(null, { status: 307, headers: { location: "/new" } })
 *       : new Response("found"),
 *   )
 * );
 * const url = "https://registry.example/old";
 * await (await follow(url, { purpose: "api" })).text(); // "found"
 * ```
 */
export function withRedirects(fetch: Fetch): Fetch {
  return async (input, init = {}) => {
    const home = new URL(input);
    let url = home;
    let request: FetchInit = { ...init, redirect: "manual" };
    for (let hop = 0; hop <= MAX_HOPS; hop++) {
      const response = await sendHop(fetch, url, request);
      const location = response.headers.get("location");
      if (!REDIRECT_STATUS.has(response.status) || location === null) {
        return withUrl(response, url.href);
      }
      discardBody(response);
      const next = resolveLocation(location, url);
      checkTarget(home, url, next, init);
      request = nextRequest(request, response.status, !isSameOrigin(url, next));
      url = next;
    }
    throw invalid(
      `Gave up after ${MAX_HOPS} redirects from ${redactUrl(home)}`,
    );
  };
}

/** The failure of a hop is that of the host it led to, not of the first one. */
async function sendHop(
  fetch: Fetch,
  url: URL,
  request: FetchInit,
): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (error) {
    throw request.signal?.aborted ? error : networkErrorFrom(url, error);
  }
}

/** A target must be fit for the host it came from; the first host vouches too. */
function checkTarget(home: URL, from: URL, to: URL, init: FetchInit): void {
  checkHop(from, to, {
    purpose: "redirect",
    allowedHosts: [home.hostname, ...init.allowedHosts ?? []],
  });
  // The form of a token request holds the secret itself.
  const holdsSecret = init.purpose === "realm" && init.method === "POST";
  if (!holdsSecret || isSameOrigin(home, to)) return;
  throw new NetworkDeniedError(to, {
    purpose: "redirect",
    why: `it would see a credential that is meant for ${home.host}`,
    hint: "Ask whoever runs the registry",
  });
}

function nextRequest(
  request: FetchInit,
  status: number,
  isOtherOrigin: boolean,
): FetchInit {
  const method = request.method?.toUpperCase() ?? "GET";
  const becomesGet = (status === 303 && method !== "HEAD") ||
    ((status === 301 || status === 302) && method === "POST");
  const headers = new Headers(request.headers);
  for (const name of [...headers.keys()]) {
    if (isOtherOrigin && !ANONYMOUS_FIELDS.has(name)) headers.delete(name);
    if (becomesGet && name.startsWith("content-")) headers.delete(name);
  }
  const { body: _body, ...bodiless } = request;
  return {
    ...(becomesGet ? { ...bodiless, method: "GET" } : request),
    headers,
    purpose: "redirect",
    ...(isOtherOrigin ? { tls: request.foreignTls, credentials: "omit" } : {}),
  };
}

function resolveLocation(location: string, base: URL): URL {
  if (URL.canParse(location, base)) return new URL(location, base);
  throw invalid(
    `Cannot follow redirect from ${redactUrl(base)}: its Location is not a URL`,
  );
}

function invalid(message: string): ForgeError {
  return new ForgeError("REGISTRY_RESPONSE_INVALID", message, {
    hint: "Check the registry's name, and any proxy or login page between",
  });
}
