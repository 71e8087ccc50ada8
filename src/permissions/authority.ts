/**
 * Hosts with their ports spelled out.
 *
 * @module
 */

import type { Config } from "../config/mod.ts";
import {
  isLoopbackHost,
  parseRegistryHost,
  registryApiHost,
} from "../oci/mod.ts";

/** What a part of the configuration says of a registry, however its host is written there. */
export function entryFor<T>(
  entries: Readonly<Record<string, T>>,
  registry: string,
): { readonly key: string; readonly value: T } | undefined {
  const host = parseRegistryHost(registry);
  for (const [key, value] of Object.entries(entries)) {
    if (parseRegistryHost(key) === host) return { key, value };
  }
  return undefined;
}

/** The port that a registry is on unless its host says otherwise: 80 for plain HTTP. */
export function defaultPort(config: Config, registry: string): number {
  const settings = entryFor(config.registries, registry)?.value;
  const hasCertificates = settings?.caFile !== undefined ||
    settings?.clientCertificate !== undefined;
  const isPlain = settings?.plainHttp === true ||
    (isLoopbackHost(registry) && !hasCertificates);
  return isPlain ? 80 : 443;
}

/** Host and port that serve the protocol for a registry. */
export function apiAuthority(config: Config, registry: string): string {
  const host = registryApiHost(parseRegistryHost(registry));
  return /:[0-9]+$/.test(host)
    ? host
    : `${host}:${defaultPort(config, registry)}`;
}
