/**
 * From the text of `forge.ron` to a {@linkcode Config}.
 *
 * @module
 */

import { RonSyntaxError, tryDecodeRon } from "../ron/mod.ts";
import {
  type Config,
  DEFAULT_CACHE_DIR,
  DEFAULT_DATA_DIR,
  type LimitsConfig,
  type RegistryAuth,
  type RegistryConfig,
  type TrustConfig,
} from "./model.ts";
import { limitsOf } from "./limits.ts";
import { ConfigError, type ConfigWarning, warningOf } from "./problem.ts";
import {
  CONFIG_SCHEMA,
  type RawConfig,
  type RawLimits,
  type RawTrust,
} from "./schema.ts";
import { validateConfig } from "./validate.ts";

/** Options of {@linkcode parseConfig}. */
export interface ParseConfigOptions {
  /** What to call the file in messages. Default `forge.ron`. */
  readonly fileName?: string;
}

/** What {@linkcode parseConfig} read. */
export interface ParsedConfig {
  /** The configuration. */
  readonly config: Config;
  /** What in it is probably not meant, such as unknown fields. */
  readonly warnings: readonly ConfigWarning[];
}

/**
 * Reads the text of a configuration.
 *
 * @param text RON, as in the guide.
 * @param options The file's name.
 * @throws {ConfigError} `CONFIG_SYNTAX` when it is not RON or not of the
 * expected shape, `CONFIG_INVALID` when a name, host or reference in it cannot
 * be one; both with every finding.
 *
 * @example
 * ```ts
 * import { parseConfig } from "@forgepoint/forge";
 *
 * const { config } = parseConfig(`Config(
 *   extensions: Extensions(
 *     local: [LocalExtension(name: "notes", path: "./notes.wasm")],
 *   ),
 * )`);
 * config.local[0]?.name; // "notes"
 * ```
 */
export function parseConfig(
  text: string,
  options: ParseConfigOptions = {},
): ParsedConfig {
  const fileName = options.fileName ?? "forge.ron";
  const decoded = tryDecodeRon(text, CONFIG_SCHEMA);
  if (!decoded.ok) {
    throw syntaxError(text, fileName, decoded.diagnostics);
  }
  const invalid = validateConfig(decoded.value, decoded.document);
  if (invalid.length > 0) {
    throw new ConfigError("CONFIG_INVALID", "Cannot use the configuration", {
      text,
      fileName,
      diagnostics: invalid,
    });
  }
  return {
    config: configOf(decoded.value),
    warnings: decoded.warnings.map((each) => warningOf(each, fileName)),
  };
}

type Diagnostics = ConstructorParameters<typeof RonSyntaxError>[2];

function syntaxError(
  text: string,
  fileName: string,
  found: NonNullable<Diagnostics>,
): ConfigError {
  const diagnostics = found.filter(({ severity }) => severity === "error");
  const [first] = diagnostics;
  return new ConfigError(
    "CONFIG_SYNTAX",
    "Failed to parse RON configuration",
    {
      text,
      fileName,
      diagnostics,
      cause: first &&
        new RonSyntaxError(
          text,
          first as ConstructorParameters<typeof RonSyntaxError>[1],
          found,
        ),
    },
  );
}

function configOf({ extensions }: RawConfig): Config {
  const { oci, local, auth, registries, trust, settings } = extensions;
  return {
    oci: oci.map(({ trust, ...extension }) => ({
      ...withLimits(extension),
      ...(trust === undefined ? {} : { trust: trustOf(trust) }),
    })),
    local: local.map(withLimits),
    auth: record(auth, ({ username_env, token_env }): RegistryAuth => ({
      usernameEnv: username_env,
      tokenEnv: token_env,
    })),
    registries: record(registries, (raw): RegistryConfig => ({
      plainHttp: raw.plain_http,
      caFile: raw.ca_file,
      clientCertificate: raw.client_certificate && {
        certFile: raw.client_certificate.cert_file,
        keyFile: raw.client_certificate.key_file,
      },
      mirrors: raw.mirrors,
      allowedHosts: raw.allowed_hosts,
      timeoutSecs: raw.timeout_secs,
      retryBudgetSecs: raw.retry_budget_secs,
    })),
    ...(trust === undefined ? {} : { trust: trustOf(trust) }),
    settings: {
      cacheDir: settings.cache_dir ?? DEFAULT_CACHE_DIR,
      offlineMode: settings.offline_mode,
      verifyChecksums: settings.verify_checksums,
      dockerCredentials: settings.docker_credentials,
      dataDir: settings.data_dir ?? DEFAULT_DATA_DIR,
      ...(settings.limits && { limits: limitsOf(settings.limits) }),
    },
  };
}

/** An extension with its limits converted; without the key where it has none. */
function withLimits<T extends { readonly limits: RawLimits | undefined }>(
  { limits, ...extension }: T,
): Omit<T, "limits"> & { readonly limits?: LimitsConfig } {
  return limits === undefined
    ? extension
    : { ...extension, limits: limitsOf(limits) };
}

function trustOf(raw: RawTrust): TrustConfig {
  const { required, keys, identities, trusted_root } = raw;
  return { required, keys, identities, trustedRoot: trusted_root };
}

function record<T, U>(
  source: ReadonlyMap<string, T>,
  convert: (value: T) => U,
): Readonly<Record<string, U>> {
  // No prototype: a host named "constructor" finds nothing.
  const result: Record<string, U> = Object.create(null);
  for (const [key, value] of source) result[key] = convert(value);
  return result;
}
