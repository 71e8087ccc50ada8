/**
 * The fetch that reaches named hosts only.
 *
 * @module
 */

import type { Fetch } from "./fetch.ts";
import { hostAndPort, NetworkDeniedError } from "./network_denied_error.ts";

/** Options of {@linkcode withAllowlist}. */
export interface WithAllowlistOptions {
  /**
   * Hosts that may be reached: `name` (any port), `name:port`, `*.name` (any
   * name below it), or `*` for all.
   */
  readonly hosts: readonly string[];
  /** Says how to allow a host, given as `name:port`; names the setting or flag. */
  readonly hint?: (host: string) => string;
}

/**
 * Refuses every host that is not on a list.
 *
 * Innermost of the decorators, so that retries, token realms, redirects and
 * upload locations all meet it.
 *
 * @param fetch What to send allowed requests with.
 * @param options The list.
 * @returns A fetch that rejects with {@linkcode NetworkDeniedError} otherwise.
 *
 * @example
 * ```ts
 * import { withAllowlist } from "@forgepoint/forge/oci";
 *
 * const only = withAllowlist((input, init) => fetch(input, init), {
 *   hosts: ["ghcr.io"],
 * });
 * await only("https://example.com/", { purpose: "api" })
 *   .catch((error) => error.code); // "NETWORK_DENIED"
 * ```
 */
export function withAllowlist(
  fetch: Fetch,
  options: WithAllowlistOptions,
): Fetch {
  const patterns = options.hosts.map((host) => host.toLowerCase());
  return (input, init) => {
    const url = new URL(input);
    if (patterns.some((pattern) => matchesHost(pattern, url))) {
      return fetch(input, init);
    }
    const host = hostAndPort(url);
    return Promise.reject(
      new NetworkDeniedError(url, {
        purpose: init?.purpose ?? "api",
        why: "it is not among the allowed hosts",
        hint: options.hint?.(host) ??
          `If that is right, add "${host}" to allowed_hosts of the registry in forge.ron`,
      }),
    );
  };
}

/**
 * Whether a URL's host is meant by a pattern: `name` (any port), `name:port`,
 * `*.name` (any name below it), or `*` for all.
 */
export function matchesHost(pattern: string, url: URL): boolean {
  if (pattern === "*") return true;
  const [, name = "", port] = /^(.*?)(?::(\d+))?$/.exec(pattern) ?? [];
  const hostname = url.hostname.replace(/\.$/, "");
  const effective = url.port || (url.protocol === "http:" ? "80" : "443");
  if (port !== undefined && port !== effective) return false;
  return name.startsWith("*.")
    ? hostname.endsWith(name.slice(1))
    : hostname === name;
}
