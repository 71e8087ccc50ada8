/**
 * Node's fetch, with what Deno's has by itself: certificates for one host, and
 * the proxies that the environment names.
 *
 * Both need undici's agents. The copy inside Node cannot be imported, so the
 * package is, and only when it is needed.
 *
 * @module
 */

import process from "node:process";
import type { Agent, EnvHttpProxyAgent } from "undici";
import { createPublicLookup } from "./public_lookup.ts";
import type { PlatformFetch, PlatformFetchInit } from "./types.ts";

type Tls = NonNullable<PlatformFetchInit["tls"]>;
type Dispatcher = Agent | EnvHttpProxyAgent;

const PROXY_VARIABLES = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY"]
  .concat("http_proxy");

/** Makes a fetch that keeps one agent for each set of certificates. */
export function createNodeFetch(): PlatformFetch {
  const agents = new Map<Tls | "public" | "any", Promise<Dispatcher>>();
  const agentFor = (
    tls: Tls | undefined,
    publicOnly: boolean,
  ): Promise<Dispatcher> => {
    const key = tls ?? (publicOnly ? "public" : "any");
    const known = agents.get(key);
    if (known !== undefined) return known;
    const agent = createAgent(tls, publicOnly);
    agents.set(key, agent);
    return agent;
  };
  return async (input, init = {}) => {
    const { tls, publicOnly = false, ...rest } = init;
    if (tls === undefined && !publicOnly && !hasProxy()) {
      return await fetch(input, rest);
    }
    const undici = await import("undici");
    const dispatcher = await agentFor(tls, publicOnly);
    // The same standard, two declarations of it.
    const response = await undici.fetch(
      input,
      { ...rest, dispatcher } as Parameters<typeof undici.fetch>[1],
    );
    return response as unknown as Response;
  };
}

async function createAgent(
  tls: Tls | undefined,
  publicOnly: boolean,
): Promise<Dispatcher> {
  const { Agent, EnvHttpProxyAgent } = await import("undici");
  const { rootCertificates } = await import("node:tls");
  const connect = {
    ...(tls === undefined ? {} : {
      ca: [...rootCertificates, ...tls.caCerts ?? []],
      ...(tls.clientCert ?? {}),
    }),
    ...(publicOnly ? { lookup: await createPublicLookup() } : {}),
  };
  const options = { connect };
  return hasProxy()
    ? new EnvHttpProxyAgent({
      ...options,
      ...(tls === undefined ? {} : { requestTls: connect }),
    })
    : new Agent(options);
}

function hasProxy(): boolean {
  return PROXY_VARIABLES.some((name) => (process.env[name] ?? "") !== "");
}
