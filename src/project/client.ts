/**
 * The client of the registries of a configuration: its network, its
 * credentials, its settings.
 *
 * @module
 */

import type { Config } from "../config/mod.ts";
import type { WithConcurrencyOptions } from "../http/mod.ts";
import type { Platform } from "../platform/types.ts";
import type { RegistryClient, RegistryEvent } from "../registry/mod.ts";

/** Options of {@linkcode createProjectClient}. */
export interface CreateProjectClientOptions {
  /** Disk, environment, network and clock. */
  readonly platform: Platform;
  /** The project root, absolute: where relative paths start. */
  readonly root: string;
  /** The registries that will be asked; those of `config.oci` if not given. */
  readonly registries?: readonly string[] | undefined;
  /** Asked about a host that is not allowed; `true` lets the request through. */
  readonly onUnknownHost?: ((host: string) => Promise<boolean>) | undefined;
  /** Refuse every request. */
  readonly offline: boolean;
  /** Limits how many requests are under way; no limit unless told otherwise. */
  readonly requestLimits?: WithConcurrencyOptions | undefined;
  /** Receives what happens as it happens. */
  readonly onEvent?: ((event: RegistryEvent) => void) | undefined;
}

/**
 * Makes the client that a configuration describes. Sends nothing.
 *
 * @throws {ForgeError} `FILE_UNREADABLE` when a certificate cannot be read.
 *
 * @example
 * ```ts
 * import {
 *   createProjectClient,
 *   openProject,
 *   platform,
 * } from "@forgepoint/forge";
 *
 * const { config, location } = await openProject({ platform });
 * const client = await createProjectClient(config, {
 *   platform,
 *   root: location.root,
 *   offline: false,
 * });
 * const notes = client.repository("ghcr.io", "acme/extensions/notes");
 * (await notes.resolve("v1.0.0")).digest;
 * ```
 */
export async function createProjectClient(
  config: Config,
  options: CreateProjectClientOptions,
): Promise<RegistryClient> {
  const { makeClient } = await import("./registry_client.ts");
  return await makeClient(config, options);
}
