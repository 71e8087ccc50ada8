/**
 * What a user may settle for one registry.
 *
 * @module
 */

import type { TlsSettings } from "../http/mod.ts";
import { isLoopbackHost, registryApiHost } from "../oci/mod.ts";

/** Settings of one registry; all have defaults. Certificates are texts here, read from their files by the caller. */
export interface RegistrySettings {
  /** Speaks HTTP without TLS. True by default on loopback only. */
  readonly plainHttp?: boolean | undefined;
  /** Certificates. */
  readonly tls?: TlsSettings | undefined;
  /** Registries to ask first, in order; they have settings of their own, and never see this one's credentials. */
  readonly mirrors?: readonly string[] | undefined;
  /** Hosts (`name` or `name:port`) that token realms, redirects and upload locations may lead to although they are private. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Milliseconds that one attempt, or a stalled body, may take. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds that one request may spend waiting between attempts. */
  readonly retryBudgetMs?: number | undefined;
}

/**
 * The certificates for places that a registry names: its authorities are
 * trusted there too, but who we are is shown to nobody else.
 */
export function foreignTls(
  settings: RegistrySettings,
): TlsSettings | undefined {
  const { tls } = settings;
  if (tls?.clientCert === undefined) return tls;
  return tls.caCerts === undefined ? undefined : { caCerts: tls.caCerts };
}

/**
 * The root of the protocol on a registry.
 *
 * @param registry The registry as people write it, such as `docker.io`.
 * @param settings Its settings.
 * @returns A URL that ends in `/v2/`.
 */
export function registryRoot(
  registry: string,
  settings: RegistrySettings,
): URL {
  const isPlain = settings.plainHttp ?? isLoopbackHost(registry);
  return new URL(
    `${isPlain ? "http" : "https"}://${registryApiHost(registry)}/v2/`,
  );
}
