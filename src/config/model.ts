/**
 * What `forge.ron` says, as plain data.
 *
 * @module
 */

/** A whole configuration. */
export interface Config {
  /** Extensions that come from registries, in the order of the file. */
  readonly oci: readonly OciExtension[];
  /** Extensions that come from the disk, in the order of the file. */
  readonly local: readonly LocalExtension[];
  /** Which variables hold the credentials, by registry host. */
  readonly auth: Readonly<Record<string, RegistryAuth>>;
  /** How to reach a registry where the defaults do not do, by registry host. */
  readonly registries: Readonly<Record<string, RegistryConfig>>;
  /** Whose signatures are demanded of all extensions from registries. */
  readonly trust?: TrustConfig | undefined;
  /** How to treat all of them. */
  readonly settings: Settings;
}

/** An extension in a registry. */
export interface OciExtension {
  /** A slug, unique in the configuration: log prefix and database name. */
  readonly name: string;
  /** Registry host, such as `ghcr.io` or `localhost:5000`. */
  readonly registry: string;
  /** Image path within the registry. */
  readonly image: string;
  /** Which version. */
  readonly reference: ExtensionReference;
  /** What it may use up, where that differs from the others. */
  readonly limits?: LimitsConfig | undefined;
  /** Whose signatures are demanded of this one, instead of what holds for all. */
  readonly trust?: TrustConfig | undefined;
}

/** Whose signatures are demanded. One signature of one of them is enough. */
export interface TrustConfig {
  /** Whether a signature is demanded at all. */
  readonly required: boolean;
  /** Files with public keys, PEM. */
  readonly keys: readonly string[];
  /** Who may sign with a certificate. */
  readonly identities: readonly {
    /** What the certificate must name; with a `*` at its end, what it must begin with. */
    readonly identity: string;
    /** The identity provider that must have said so. */
    readonly issuer: string;
  }[];
  /** File with the authorities and logs that vouch for identities, `trusted_root.json`. */
  readonly trustedRoot?: string | undefined;
}

/** A version: by a name that can move, or by what it is. */
export type ExtensionReference =
  | {
    /** A mutable name. */
    readonly kind: "Tag";
    /** The tag. */
    readonly value: string;
  }
  | {
    /** An immutable name. */
    readonly kind: "Digest";
    /** `sha256:` and 64 hex digits. */
    readonly value: string;
  };

/** An extension on the disk. */
export interface LocalExtension {
  /** A slug, unique in the configuration. */
  readonly name: string;
  /** Path of the `.wasm` file, absolute or relative to the project root. */
  readonly path: string;
  /** What it may use up, where that differs from the others. */
  readonly limits?: LimitsConfig | undefined;
}

/**
 * What extensions may use up, as far as the file says; the names are those of
 * `ExtensionLimits`.
 */
export interface LimitsConfig {
  /** Which limits hold where the file says nothing. */
  readonly profile?: "default" | "development" | undefined;
  /** Size of the module in bytes. */
  readonly moduleBytes?: number | undefined;
  /** Memory of the module in bytes. */
  readonly memoryBytes?: number | undefined;
  /** Fuel of one operation. */
  readonly fuel?: number | undefined;
  /** Time of one operation in milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** Operations that may run or wait at the same time. */
  readonly maxConcurrentOperations?: number | undefined;
  /** Rows that one database query may give. */
  readonly maxRows?: number | undefined;
  /** Bytes that one database query may give. */
  readonly maxResultBytes?: number | undefined;
  /** Size of the database in bytes. */
  readonly databaseBytes?: number | undefined;
  /** Instructions of SQLite's machine in one statement. */
  readonly databaseSteps?: number | undefined;
  /** Size of the directory in bytes. */
  readonly directoryBytes?: number | undefined;
  /** Files and directories in the directory. */
  readonly directoryEntries?: number | undefined;
  /** Size of one file in the directory in bytes. */
  readonly fileBytes?: number | undefined;
}

/** Names of the environment variables with a registry's credentials. */
export interface RegistryAuth {
  /** The variable with the user name. */
  readonly usernameEnv?: string | undefined;
  /** The variable with the token or password. */
  readonly tokenEnv?: string | undefined;
}

/** How to reach one registry. */
export interface RegistryConfig {
  /** Speak HTTP without TLS. */
  readonly plainHttp: boolean;
  /** File with certificates to trust beside the system's, PEM. */
  readonly caFile?: string | undefined;
  /** Files with the certificate to show and its key, PEM. */
  readonly clientCertificate?: {
    /** File with the certificate. */
    readonly certFile: string;
    /** File with its key. */
    readonly keyFile: string;
  } | undefined;
  /** Registries to ask first, in order. */
  readonly mirrors: readonly string[];
  /** Hosts beside the registry's own that it may send us to. */
  readonly allowedHosts: readonly string[];
  /** Seconds that one attempt may take. */
  readonly timeoutSecs?: number | undefined;
  /** Seconds that may be spent waiting between attempts. */
  readonly retryBudgetSecs?: number | undefined;
}

/** How to treat all extensions. */
export interface Settings {
  /** Cache directory, absolute or relative to the project root. */
  readonly cacheDir: string;
  /** Never touch the network; skip what is not cached. */
  readonly offlineMode: boolean;
  /** Check the SHA-256 of cached files before they are used. */
  readonly verifyChecksums: boolean;
  /** Use what `docker login` and `podman login` keep where `auth` names nothing. */
  readonly dockerCredentials: boolean;
  /** Where extensions keep their databases and files, absolute or relative to the project root. */
  readonly dataDir: string;
  /** What each extension may use up, unless it says otherwise itself. */
  readonly limits?: LimitsConfig | undefined;
}

/** Where modules are cached unless the configuration says otherwise. */
export const DEFAULT_CACHE_DIR: string = ".forge/extensions/cache";

/** Where extensions keep their data unless the configuration says otherwise. */
export const DEFAULT_DATA_DIR: string = ".forge/extensions/data";

/** The settings of a configuration that says nothing about them. */
export const DEFAULT_SETTINGS: Settings = {
  cacheDir: DEFAULT_CACHE_DIR,
  offlineMode: false,
  verifyChecksums: true,
  dockerCredentials: true,
  dataDir: DEFAULT_DATA_DIR,
};

/**
 * Whose signatures are demanded of an extension: what it says itself, else
 * what holds for all.
 *
 * @returns `undefined` when none are.
 */
export function trustOf(
  config: Pick<Config, "trust">,
  extension: Pick<OciExtension, "trust">,
): TrustConfig | undefined {
  const trust = extension.trust ?? config.trust;
  return trust?.required === true ? trust : undefined;
}
