/**
 * What an install has to do, decided before anything is done.
 *
 * @module
 */

import { resolve } from "../path.ts";
import { cacheKey } from "../cache/mod.ts";
import {
  type Config,
  type OciExtension,
  type TrustConfig,
  trustOf,
} from "../config/mod.ts";
import {
  findLocked,
  type Lock,
  type LockLookup,
  lockReference,
} from "../lock/mod.ts";

/** What an install has to do. */
export interface Plan {
  /** The cache directory, absolute. */
  readonly cacheDir: string;
  /** Never touch the network. */
  readonly offline: boolean;
  /** Check cached files before they are used. */
  readonly verifyChecksums: boolean;
  /** Refuse what is not exactly as the lock file says. */
  readonly frozen: boolean;
  /** The extensions: those from registries first, each list in its order. */
  readonly extensions: readonly PlannedExtension[];
}

/** One extension to be had. */
export type PlannedExtension = PlannedOci | PlannedLocal;

/** An extension to be had from a registry, or the cache. */
export interface PlannedOci {
  /** Where it comes from. */
  readonly source: "oci";
  /** Its name. */
  readonly name: string;
  /** Registry host, as in `forge.ron`. */
  readonly registry: string;
  /** Image path, as in `forge.ron`. */
  readonly image: string;
  /** Tag or whole digest, as in `forge.ron`. */
  readonly reference: string;
  /** Name of its cache entry. */
  readonly cacheKey: string;
  /** What the lock file says of it; `undefined` when there is none. */
  readonly lock?: LockLookup;
  /** Whose signature it must have; absent when it needs none. */
  readonly trust?: PlannedTrust | undefined;
}

/** Whose signature an extension must have: files to read, and people. */
export interface PlannedTrust {
  /** Files with public keys. */
  readonly keys: readonly TrustFile[];
  /** Who may sign with a certificate. */
  readonly identities: TrustConfig["identities"];
  /** File with the authorities and logs that vouch for identities. */
  readonly trustedRoot?: TrustFile | undefined;
}

/** A file that says whom to trust. */
export interface TrustFile {
  /** Its path as in `forge.ron`, for messages. */
  readonly name: string;
  /** Its path, absolute. */
  readonly path: string;
}

/** An extension on the disk. */
export interface PlannedLocal {
  /** Where it comes from: named in `forge.ron`, or found by the scan. */
  readonly source: "local" | "scan";
  /** Its name. */
  readonly name: string;
  /** Path of the module, absolute. */
  readonly path: string;
}

/** Options of {@linkcode planInstall}. */
export interface PlanInstallOptions {
  /** The project root, absolute: where relative paths start. */
  readonly root: string;
  /** Whether the configuration is the result of a scan. */
  readonly scanned?: boolean;
  /** Says `true` whatever `offline_mode` says. */
  readonly offline?: boolean | undefined;
  /** The lock file, if there is one. */
  readonly lock?: Lock | undefined;
  /** Refuse what is not exactly as the lock file says. */
  readonly frozen?: boolean | undefined;
}

/**
 * Decides what an install has to do. Reads and writes nothing.
 *
 * @example
 * ```ts
 * import { parseConfig, planInstall } from "@forgepoint/forge";
 *
 * const { config } = parseConfig("Config()");
 * const plan = planInstall(config, { root: "/srv/app" });
 * plan.cacheDir; // "/srv/app/.forge/extensions/cache"
 * ```
 */
export function planInstall(config: Config, options: PlanInstallOptions): Plan {
  const { root } = options;
  const source = options.scanned ? "scan" : "local";
  return {
    cacheDir: resolve(root, config.settings.cacheDir),
    offline: options.offline === true || config.settings.offlineMode,
    verifyChecksums: config.settings.verifyChecksums,
    frozen: options.frozen === true,
    extensions: [
      ...config.oci.map((extension) => ({
        ...planOci(extension, options.lock),
        ...planTrust(trustOf(config, extension), root),
      })),
      ...config.local.map(({ name, path }): PlannedLocal => ({
        source,
        name,
        path: resolve(root, path),
      })),
    ],
  };
}

function planTrust(
  trust: TrustConfig | undefined,
  root: string,
): { readonly trust?: PlannedTrust } {
  if (trust === undefined) return {};
  const file = (name: string) => ({ name, path: resolve(root, name) });
  const { keys, identities, trustedRoot } = trust;
  return {
    trust: {
      keys: keys.map(file),
      identities,
      trustedRoot: trustedRoot === undefined ? undefined : file(trustedRoot),
    },
  };
}

function planOci(
  extension: OciExtension,
  lock: Lock | undefined,
): PlannedOci {
  const { name, registry, image } = extension;
  const reference = extension.reference.value;
  return {
    source: "oci",
    name,
    registry,
    image,
    reference,
    cacheKey: cacheKey({ registry, image, reference }),
    ...(lock === undefined ? {} : {
      lock: findLocked(lock, {
        name,
        reference: lockReference({ registry, image, reference }),
      }),
    }),
  };
}
