/**
 * Node's fetch, with what Deno's has by itself: certificates for one host, the
 * proxies that the environment names, and bodies as they were sent.
 *
 * All of it needs undici's agents. The copy inside Node cannot be imported, so the
 * package is, and only when it is needed.
 *
 * @module
 */

import process from "node:process";
import type { Agent, EnvHttpProxyAgent } from "undici";
import { createPublicLookup } from "./public_lookup.ts";
import type { PlatformFetch, PlatformFetchInit } from "./types.ts";
import { fetchAsSent, mayBeUnpacked } from "./fetch_as_sent.ts";

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
      const response = await fetch(input, rest);
      if (!mayBeUnpacked(response, rest.method)) return response;
      // Node's own fetch gives no say in it: once more, with an agent.
      response.body?.cancel().catch(() => {}); // It is not wanted any more.
    }
    return await fetchAsSent(input, rest, await agentFor(tls, publicOnly));
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
      // A proxy may refuse to connect to port 80; for plain HTTP it is asked itself, as Deno does.
      proxyTunnel: false,
      ...(tls === undefined ? {} : { requestTls: connect }),
    })
    : new Agent(options);
}

function hasProxy(): boolean {
  return PROXY_VARIABLES.some((name) => (process.env[name] ?? "") !== "");
}
