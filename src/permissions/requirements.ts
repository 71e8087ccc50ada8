/**
 * From a configuration to exactly what a run of it needs.
 *
 * @module
 */

import { resolve } from "../path.ts";
import {
  type Config,
  type ConfigLocation,
  isLikelyVariable,
  trustOf,
} from "../config/mod.ts";
import { apiAuthority, defaultPort, entryFor } from "./authority.ts";
import { lockPathOf } from "../lock/mod.ts";
import { companionsOf } from "./well_known.ts";

/** Kinds of permission, in Deno's words. */
export type PermissionKind = "net" | "read" | "write" | "env" | "run";

/** One permission, and who asks for it. */
export interface Requirement {
  /** Its kind. */
  readonly kind: PermissionKind;
  /** Host and port, path, variable or program. */
  readonly value: string;
  /** What it is for. */
  readonly reason: string;
  /** Which part of `forge.ron` asks for it, from the root of the file. */
  readonly path?: readonly (string | number)[];
}

/** What the configuration itself does not tell. */
export interface ListRequirementsOptions {
  /** Where the configuration is. */
  readonly location: ConfigLocation;
  /** The cache directory, absolute. */
  readonly cacheDir: string;
  /** Where extensions keep their data, absolute; absent when none is run. */
  readonly dataDir?: string | undefined;
  /** Whether no network is used at all. */
  readonly offline: boolean;
  /**
   * Names of the OCI extensions that are not in the cache; all of them when
   * absent. Registries that nothing is missing from are not asked.
   */
  readonly missing?: ReadonlySet<string> | undefined;
  /**
   * Whether a variable is set. What looks like a token in the place of a name
   * is listed only where it is: a list of permissions is shown to others.
   */
  readonly isSet?: ((variable: string) => boolean) | undefined;
  /** Files of `docker login` and `podman login`, and the variables that told where they are. */
  readonly logins?: {
    /** The files. */
    readonly files: readonly string[];
    /** The variables. */
    readonly variables: readonly string[];
    /** Programs that keep the credentials, `docker-credential-...`. */
    readonly helpers: readonly string[];
  } | undefined;
}

/**
 * Lists what a run needs: nothing more, each permission once.
 *
 * @returns Requirements by kind, in the order of the configuration.
 *
 * @example
 * ```ts
 * import { listRequirements, openProject, platform } from "@forgepoint/forge";
 *
 * const { config, location, plan } = await openProject({ platform });
 * listRequirements(config, {
 *   location,
 *   cacheDir: plan.cacheDir,
 *   offline: true,
 * }).filter(({ kind }) => kind === "net"); // []
 * ```
 */
export function listRequirements(
  config: Config,
  options: ListRequirementsOptions,
): readonly Requirement[] {
  const registries = options.offline ? [] : registriesOf(config, options);
  const all = [
    ...registries.flatMap((registry) => networkOf(config, registry)),
    ...readsOf(config, options, registries),
    ...writesOf(config, options, registries),
    ...variablesOf(config, options, registries),
    ...programsOf(config, options, registries),
  ];
  const seen = new Set<string>();
  return all.filter(({ kind, value }) => {
    const key = `${kind} ${value}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/**
 * Hosts and ports that registries may be reached at, for the allowlist of
 * their client.
 *
 * @param config Mirrors and allowed hosts.
 * @param registries Those of `config.oci` if not given.
 *
 * @example
 * ```ts
 * import { networkHosts, openProject, platform } from "@forgepoint/forge";
 *
 * const project = await openProject({ platform });
 * networkHosts(project.config);
 * ```
 */
export function networkHosts(
  config: Config,
  registries: readonly string[] = config.oci.map(({ registry }) => registry),
): readonly string[] {
  const hosts = registries.flatMap((registry) =>
    networkOf(config, { registry, path: [] })
  );
  return [...new Set(hosts.map(({ value }) => value))];
}

interface UsedRegistry {
  readonly registry: string;
  readonly path: readonly (string | number)[];
}

function registriesOf(
  config: Config,
  { missing }: ListRequirementsOptions,
): readonly UsedRegistry[] {
  const used = new Map<string, UsedRegistry>();
  config.oci.forEach(({ name, registry }, i) => {
    if (missing !== undefined && !missing.has(name)) return;
    if (used.has(registry)) return;
    const path = ["extensions", "oci", i, "registry"];
    used.set(registry, { registry, path });
  });
  return [...used.values()];
}

function networkOf(config: Config, used: UsedRegistry): Requirement[] {
  const { registry, path } = used;
  const { key, value: settings } = entryFor(config.registries, registry) ?? {};
  const base = ["extensions", "registries", key ?? registry];
  return [
    ...ownHosts(config, registry, path, "registry"),
    ...(settings?.mirrors ?? []).flatMap((mirror, i) =>
      ownHosts(config, mirror, [...base, "mirrors", i], "mirror")
    ),
    ...(settings?.allowedHosts ?? []).map((host, i): Requirement => ({
      kind: "net",
      value: /:[0-9]+$/.test(host)
        ? host.toLowerCase()
        : `${host.toLowerCase()}:${defaultPort(config, registry)}`,
      reason: `${registry} may send us there`,
      path: [...base, "allowed_hosts", i],
    })),
  ];
}

function ownHosts(
  config: Config,
  registry: string,
  path: readonly (string | number)[],
  role: string,
): Requirement[] {
  return [
    {
      kind: "net",
      value: apiAuthority(config, registry),
      reason: `the ${role} ${registry}`,
      path,
    },
    ...companionsOf(registry).map(({ host, reason }): Requirement => ({
      kind: "net",
      value: host,
      reason,
      path,
    })),
  ];
}

function readsOf(
  config: Config,
  options: ListRequirementsOptions,
  registries: readonly UsedRegistry[],
): Requirement[] {
  const { location, cacheDir } = options;
  const { root } = location;
  const read = (
    value: string,
    reason: string,
    path?: Requirement["path"],
  ): Requirement => ({
    kind: "read",
    value,
    reason,
    ...(path === undefined ? {} : { path }),
  });
  const usesCache = config.oci.length > 0;
  return [
    ...discoveredPaths(location).map((path) => read(path, "the configuration")),
    ...(usesCache && location.kind === "file"
      ? [read(lockPathOf(location.path), "the lock file")]
      : []),
    ...(usesCache
      ? [read(cacheDir, "the cache", [
        "extensions",
        "settings",
        "cache_dir",
      ])]
      : []),
    ...dataOf(config, options).map((value) => read(value, ...DATA)),
    ...config.local.map(({ name, path }, i) =>
      read(
        resolve(root, path),
        `the local extension ${name}`,
        location.kind === "scan"
          ? undefined
          : ["extensions", "local", i, "path"],
      )
    ),
    ...registries.flatMap(({ registry }) => certificates(config, registry))
      .map(({ file, path }) =>
        read(resolve(root, file), "a certificate", path)
      ),
    ...trustFiles(config).map(({ file, path }) =>
      read(resolve(root, file), "whom to trust with signatures", path)
    ),
    ...(usesLogins(config, registries) ? options.logins?.files ?? [] : [])
      .map((file) => read(file, "credentials of docker or podman login")),
  ];
}

/** Keys and trusted roots of signatures that are demanded, offline too. */
function trustFiles(config: Config) {
  const named = config.oci.map((each, i) => ({
    trust: trustOf(config, each),
    base: each.trust === undefined
      ? ["extensions", "trust"]
      : ["extensions", "oci", i, "trust"],
  }));
  return named.flatMap(({ trust, base }) => [
    ...(trust?.keys ?? []).map((file, i) => ({
      file,
      path: [...base, "keys", i],
    })),
    ...(trust?.trustedRoot === undefined ? [] : [
      { file: trust.trustedRoot, path: [...base, "trusted_root"] },
    ]),
  ]);
}

/** Everything that is looked at until the configuration is found. */
function discoveredPaths(location: ConfigLocation): readonly string[] {
  const { root } = location;
  const candidates = [
    resolve(root, "forge.ron"),
    resolve(root, ".forge/config.ron"),
  ];
  if (location.kind === "scan") return [...candidates, location.directory];
  if (location.via !== "search") return [location.path];
  const at = candidates.indexOf(location.path);
  return candidates.slice(0, at + 1);
}

function certificates(config: Config, registry: string) {
  const { key, value: settings } = entryFor(config.registries, registry) ?? {};
  const base = ["extensions", "registries", key ?? registry];
  const client = settings?.clientCertificate;
  return [
    ...(settings?.caFile === undefined
      ? []
      : [{ file: settings.caFile, path: [...base, "ca_file"] }]),
    ...(client === undefined ? [] : [
      {
        file: client.certFile,
        path: [...base, "client_certificate", "cert_file"],
      },
      {
        file: client.keyFile,
        path: [...base, "client_certificate", "key_file"],
      },
    ]),
  ];
}

/** Why the data directory is needed, and who names it. */
const DATA = [
  "databases and files of extensions",
  ["extensions", "settings", "data_dir"],
] as const;

/** The data directory, where there is an extension that may have data. */
function dataOf(
  { oci, local }: Config,
  { dataDir }: ListRequirementsOptions,
): readonly string[] {
  return dataDir === undefined || oci.length + local.length === 0
    ? []
    : [dataDir];
}

function writesOf(
  config: Config,
  options: ListRequirementsOptions,
  registries: readonly UsedRegistry[],
): Requirement[] {
  const [reason, path] = DATA;
  return [
    ...(registries.length === 0 ? [] : [{
      kind: "write" as const,
      value: options.cacheDir,
      reason: "the cache",
      path: ["extensions", "settings", "cache_dir"],
    }]),
    ...dataOf(config, options).map((value) => ({
      kind: "write" as const,
      value,
      reason,
      path,
    })),
  ];
}

/** Whether a text is the name of a variable, and no token. */
function isName(text: string, { isSet }: ListRequirementsOptions): boolean {
  return isLikelyVariable(text) || isSet?.(text) === true;
}

function variablesOf(
  config: Config,
  options: ListRequirementsOptions,
  registries: readonly UsedRegistry[],
): Requirement[] {
  const named = registries.flatMap(({ registry }) => {
    const { key, value: auth } = entryFor(config.auth, registry) ?? {};
    const base = ["extensions", "auth", key ?? registry];
    return [
      { value: auth?.usernameEnv, path: [...base, "username_env"] },
      { value: auth?.tokenEnv, path: [...base, "token_env"] },
    ].map((each) => ({ ...each, reason: `credentials of ${registry}` }));
  });
  const logins = usesLogins(config, registries)
    ? options.logins?.variables ?? []
    : [];
  const searched = options.location.kind === "scan" ||
    options.location.via !== "option";
  return [
    ...(searched
      ? [{
        kind: "env" as const,
        value: "FORGE_CONFIG_PATH",
        reason: "where the configuration is",
      }]
      : []),
    ...named.flatMap(({ value, reason, path }): Requirement[] =>
      value === undefined || !isName(value, options)
        ? []
        : [{ kind: "env", value, reason, path }]
    ),
    ...logins.map((value): Requirement => ({
      kind: "env",
      value,
      reason: "where docker and podman keep logins",
    })),
  ];
}

function programsOf(
  config: Config,
  options: ListRequirementsOptions,
  registries: readonly UsedRegistry[],
): Requirement[] {
  if (!usesLogins(config, registries)) return [];
  return (options.logins?.helpers ?? []).map((value) => ({
    kind: "run",
    value,
    reason: "keeps credentials of docker login",
  }));
}

/** Login files are asked for registries that `auth` does not name. */
function usesLogins(
  config: Config,
  registries: readonly UsedRegistry[],
): boolean {
  return config.settings.dockerCredentials &&
    registries.some(({ registry }) =>
      entryFor(config.auth, registry) === undefined
    );
}
