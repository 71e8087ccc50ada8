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
import type { PlatformFetch, PlatformFetchInit } from "./types.ts";

type Tls = NonNullable<PlatformFetchInit["tls"]>;
type Dispatcher = Agent | EnvHttpProxyAgent;

const PROXY_VARIABLES = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY"]
  .concat("http_proxy");

/** Makes a fetch that keeps one agent for each set of certificates. */
export function createNodeFetch(): PlatformFetch {
  const agents = new Map<Tls | undefined, Promise<Dispatcher>>();
  const agentFor = (tls: Tls | undefined): Promise<Dispatcher> => {
    const known = agents.get(tls);
    if (known !== undefined) return known;
    const agent = createAgent(tls);
    agents.set(tls, agent);
    return agent;
  };
  return async (input, init = {}) => {
    const { tls, ...rest } = init;
    if (tls === undefined && !hasProxy()) return await fetch(input, rest);
    const undici = await import("undici");
    const dispatcher = await agentFor(tls);
    // The same standard, two declarations of it.
    const response = await undici.fetch(
      input,
      { ...rest, dispatcher } as Parameters<typeof undici.fetch>[1],
    );
    return response as unknown as Response;
  };
}

async function createAgent(tls: Tls | undefined): Promise<Dispatcher> {
  const { Agent, EnvHttpProxyAgent } = await import("undici");
  const { rootCertificates } = await import("node:tls");
  const connect = tls && {
    ca: [...rootCertificates, ...tls.caCerts ?? []],
    ...(tls.clientCert ?? {}),
  };
  const options = connect === undefined ? {} : { connect };
  return hasProxy()
    ? new EnvHttpProxyAgent({
      ...options,
      ...(connect === undefined ? {} : { requestTls: connect }),
    })
    : new Agent(options);
}

function hasProxy(): boolean {
  return PROXY_VARIABLES.some((name) => (process.env[name] ?? "") !== "");
}
