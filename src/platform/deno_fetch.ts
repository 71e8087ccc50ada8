/**
 * Deno's fetch, with certificates where a host needs some.
 *
 * @module
 */

import type { PlatformFetch, PlatformFetchInit } from "./types.ts";

type Tls = NonNullable<PlatformFetchInit["tls"]>;

/** Makes a fetch that keeps one HTTP client for each set of certificates. */
export function createDenoFetch(): PlatformFetch {
  const clients = new Map<Tls, Deno.HttpClient>();
  const clientFor = (tls: Tls): Deno.HttpClient => {
    const known = clients.get(tls);
    if (known !== undefined) return known;
    const client = Deno.createHttpClient({
      caCerts: [...tls.caCerts ?? []],
      ...(tls.clientCert ?? {}),
    });
    clients.set(tls, client);
    return client;
  };
  return (input, init = {}) => {
    const { tls, publicOnly: _, ...rest } = init;
    if (tls === undefined) return fetch(input, rest);
    return fetch(input, { ...rest, client: clientFor(tls) });
  };
}
