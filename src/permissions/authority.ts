/**
 * Hosts with their ports spelled out.
 *
 * @module
 */

import type { Config } from "../config/mod.ts";
import { isLoopbackHost, registryApiHost } from "../oci/mod.ts";

/** The port that a registry is on unless its host says otherwise: 80 for plain HTTP. */
export function defaultPort(config: Config, registry: string): number {
  const settings = config.registries[registry];
  const hasCertificates = settings?.caFile !== undefined ||
    settings?.clientCertificate !== undefined;
  const isPlain = settings?.plainHttp === true ||
    (isLoopbackHost(registry) && !hasCertificates);
  return isPlain ? 80 : 443;
}

/** Host and port that serve the protocol for a registry. */
export function apiAuthority(config: Config, registry: string): string {
  const host = registryApiHost(registry).toLowerCase();
  return /:[0-9]+$/.test(host)
    ? host
    : `${host}:${defaultPort(config, registry)}`;
}
