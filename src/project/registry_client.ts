/**
 * What makes the client of a configuration: loaded when one is wanted.
 *
 * @module
 */

import { resolve } from "../path.ts";
import type { Config, RegistryConfig } from "../config/mod.ts";
import {
  type Fetch,
  hostAndPort,
  matchesHost,
  offlineFetch,
  privateAddressDenial,
  withAllowlist,
} from "../http/mod.ts";
import { parseRegistryHost } from "../oci/mod.ts";
import { entryFor, isWellKnown, networkHosts } from "../permissions/mod.ts";
import {
  chainCredentials,
  createRegistryClient,
  type CredentialSource,
  environmentCredentials,
  loginFileCredentials,
  loginPaths,
  type RegistryClient,
  type RegistrySettings,
} from "../registry/mod.ts";
import { type PemContent, readPem } from "./pem.ts";
import { readVariable } from "./variable.ts";
import type { CreateProjectClientOptions } from "./client.ts";

/** Makes the client. */
export async function makeClient(
  config: Config,
  options: CreateProjectClientOptions,
): Promise<RegistryClient> {
  const { platform, offline, onEvent } = options;
  const settings = offline
    ? new Map<string, RegistrySettings>()
    : await readSettings(config, options);
  const fetch = offline ? offlineFetch() : allowedFetch(config, options);
  return createRegistryClient({
    fetch,
    clock: platform.clock,
    credentials: credentialsOf(config, options),
    settings: (registry) => settings.get(parseRegistryHost(registry)) ?? {},
    concurrency: options.requestLimits,
    onEvent,
  });
}

/** Reaches the hosts of the registries; those of public ones at public addresses only. */
function allowedFetch(
  config: Config,
  options: CreateProjectClientOptions,
): Fetch {
  const registries = (options.registries ??
    config.oci.map(({ registry }) => registry)).map(parseRegistryHost);
  const wellKnown = networkHosts(
    { ...config, registries: {} },
    registries.filter(isWellKnown),
  );
  // Who names a host knows where it is: a private endpoint in the own network.
  const named = namedHosts(config, registries);
  const matches = (hosts: readonly string[], url: URL) =>
    hosts.some((host) => matchesHost(host, url));
  const send: Fetch = async (input, init) => {
    const url = new URL(input);
    const publicOnly = matches(wellKnown, url) && !matches(named, url);
    try {
      return await options.platform.fetch(input, { ...init, publicOnly });
    } catch (error) {
      throw privateAddressDenial(url, error, init?.purpose) ?? error;
    }
  };
  const hosts = networkHosts(config, registries);
  const allowed = withAllowlist(send, { hosts });
  const { onUnknownHost } = options;
  if (onUnknownHost === undefined) return allowed;
  return async (input, init) => {
    const url = new URL(input);
    const isWanted = !matches(hosts, url) &&
      await onUnknownHost(hostAndPort(url));
    return await (isWanted ? send : allowed)(input, init);
  };
}

function namedHosts(
  config: Config,
  registries: readonly string[],
): readonly string[] {
  return registries.flatMap((registry) =>
    entryFor(config.registries, registry)?.value.allowedHosts ?? []
  ).map((host) => host.toLowerCase());
}

/** The variables that the configuration names; where it names none, what login programs keep. */
export function credentialsOf(
  config: Config,
  options: Pick<CreateProjectClientOptions, "platform" | "onEvent">,
): CredentialSource {
  const env = (name: string) => readVariable(name, options.platform);
  const variables = environmentCredentials({ variables: config.auth, env });
  if (!config.settings.dockerCredentials) return variables;
  const named = new Set(Object.keys(config.auth).map(parseRegistryHost));
  let logins: CredentialSource | undefined;
  return {
    get(registry, repository) {
      if (named.has(registry)) return variables.get(registry);
      logins ??= loginsOf(options);
      return logins.get(registry, repository);
    },
  };
}

function loginsOf(
  { platform, onEvent }: Pick<
    CreateProjectClientOptions,
    "platform" | "onEvent"
  >,
): CredentialSource {
  const { files, env, runHelper } = platform;
  const onWarning = (registry: string, message: string) =>
    onEvent?.({ type: "registry-warning", registry, message });
  return chainCredentials(
    loginPaths({ env }).map((path) =>
      loginFileCredentials(path, { files, runHelper, onWarning })
    ),
  );
}

async function readSettings(
  config: Config,
  options: CreateProjectClientOptions,
): Promise<ReadonlyMap<string, RegistrySettings>> {
  const settings = new Map<string, RegistrySettings>();
  for (const [host, registry] of Object.entries(config.registries)) {
    settings.set(
      parseRegistryHost(host),
      await readOneSettings(registry, options),
    );
  }
  return settings;
}

async function readOneSettings(
  registry: RegistryConfig,
  options: CreateProjectClientOptions,
): Promise<RegistrySettings> {
  const { caFile, clientCertificate: client } = registry;
  const { files } = options.platform;
  const read = (path: string, holds: PemContent) =>
    readPem(resolve(options.root, path), { files, holds });
  const caCerts = caFile && [await read(caFile, "certificate")];
  const clientCert = client && {
    cert: await read(client.certFile, "certificate"),
    key: await read(client.keyFile, "private key"),
  };
  return {
    // Loopback stays plain unless TLS is asked for by a certificate.
    ...(registry.plainHttp ? { plainHttp: true } : {}),
    ...(caCerts || clientCert
      ? { plainHttp: false, tls: { caCerts: caCerts || undefined, clientCert } }
      : {}),
    mirrors: registry.mirrors,
    allowedHosts: registry.allowedHosts,
    timeoutMs: milliseconds(registry.timeoutSecs),
    retryBudgetMs: milliseconds(registry.retryBudgetSecs),
  };
}

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}
