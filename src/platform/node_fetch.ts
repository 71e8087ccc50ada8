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
import { isWithoutProxy } from "./no_proxy.ts";
import { createPublicLookup } from "./public_lookup.ts";
import type { PlatformFetch, PlatformFetchInit } from "./types.ts";
import { fetchAsSent, mayBeUnpacked } from "./fetch_as_sent.ts";

type Tls = NonNullable<PlatformFetchInit["tls"]>;
type Dispatcher = Agent | EnvHttpProxyAgent;

/** Variables of the environment. */
type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that name a proxy for a scheme, first come first served; Deno reads the same ones. */
const PROXY_VARIABLES: Readonly<Record<string, readonly string[]>> = {
  "http:": ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
  "https:": ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
};

/** And those that name who is to be reached without. */
const NO_PROXY_VARIABLES = ["NO_PROXY", "no_proxy"];

/** What an agent is for. */
interface Use {
  readonly tls: Tls | undefined;
  readonly publicOnly: boolean;
  readonly proxy: string | undefined;
}

/** Makes a fetch that keeps one agent for each set of certificates and each proxy. */
export function createNodeFetch(env: Environment = process.env): PlatformFetch {
  const agents = new Map<Tls | undefined, Map<string, Promise<Dispatcher>>>();
  const agentFor = (use: Use): Promise<Dispatcher> => {
    const ofTls = agents.get(use.tls) ?? new Map();
    agents.set(use.tls, ofTls);
    const key = `${use.publicOnly} ${use.proxy}`;
    const agent = ofTls.get(key) ?? createAgent(use);
    ofTls.set(key, agent);
    return agent;
  };
  return async (input, init = {}) => {
    const { tls, publicOnly = false, ...rest } = init;
    const proxy = proxyFor(new URL(input), env);
    if (tls === undefined && !publicOnly && proxy === undefined) {
      const response = await fetch(input, rest);
      if (!mayBeUnpacked(response, rest.method)) return response;
      // Node's own fetch gives no say in it: once more, with an agent.
      response.body?.cancel().catch(() => {}); // It is not wanted any more.
    }
    const agent = await agentFor({ tls, publicOnly, proxy });
    return await fetchAsSent(input, rest, agent);
  };
}

async function createAgent(
  { tls, publicOnly, proxy }: Use,
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
  if (proxy === undefined) return new Agent({ connect });
  return new EnvHttpProxyAgent({
    connect,
    // Hosts that need none do not get here.
    noProxy: "",
    httpProxy: proxy,
    httpsProxy: proxy,
    // A proxy may refuse to connect to port 80; for plain HTTP it is asked itself, as Deno does.
    proxyTunnel: false,
    ...(tls === undefined ? {} : { requestTls: connect }),
  });
}

function proxyFor(url: URL, env: Environment): string | undefined {
  const first = (names: readonly string[]) =>
    names.map((name) => env[name]?.trim())
      .find((value) => value !== undefined && value !== "");
  const proxy = first(PROXY_VARIABLES[url.protocol] ?? []);
  const exempt = first(NO_PROXY_VARIABLES) ?? "";
  if (proxy === undefined || isWithoutProxy(exempt, url)) return undefined;
  // A proxy may be written without its scheme.
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
}
