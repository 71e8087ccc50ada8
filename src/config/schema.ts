/**
 * The shape of `forge.ron`, as serde reads it in the original server, and the
 * fields that this project adds; all of those are optional.
 *
 * @module
 */

import {
  bigInteger,
  bool,
  defaultField,
  enumeration,
  field,
  type Infer,
  integer,
  list,
  map,
  newtypeVariant,
  option,
  optionalField,
  type Schema,
  string,
  struct,
  unitVariant,
} from "../ron/mod.ts";
import { DEFAULT_CACHE_DIR } from "./model.ts";

const reference = enumeration("Reference", {
  Tag: newtypeVariant(string()),
  Digest: newtypeVariant(string()),
});

const profile = enumeration("Profile", {
  Default: unitVariant(),
  Development: unitVariant(),
});

const limits = struct("Limits", {
  profile: optionalField(option(profile)),
  module_mib: optionalField(option(integer("u32"))),
  memory_mib: optionalField(option(integer("u32"))),
  fuel: optionalField(option(bigInteger("u64"))),
  timeout_ms: optionalField(option(integer("u32"))),
  concurrent_operations: optionalField(option(integer("u32"))),
  result_rows: optionalField(option(integer("u32"))),
  result_mib: optionalField(option(integer("u32"))),
  database_mib: optionalField(option(integer("u32"))),
  database_steps: optionalField(option(bigInteger("u64"))),
  directory_mib: optionalField(option(integer("u32"))),
  directory_entries: optionalField(option(integer("u32"))),
  file_mib: optionalField(option(integer("u32"))),
});

/** Limits as the file has them. */
export type RawLimits = Infer<typeof limits>;
const trustedIdentity = struct("TrustedIdentity", {
  identity: field(string()),
  issuer: field(string()),
});

const trust = struct("Trust", {
  required: defaultField(bool(), true),
  keys: defaultField(list(string()), () => []),
  identities: defaultField(
    list(trustedIdentity),
    (): readonly Infer<typeof trustedIdentity>[] => [],
  ),
  trusted_root: optionalField(option(string())),
});

/** Whose signatures are demanded, as the file has it. */
export type RawTrust = Infer<typeof trust>;

const ociExtension = struct("OciExtension", {
  name: field(string()),
  registry: field(string()),
  image: field(string()),
  reference: field(reference),
  limits: optionalField(option(limits)),
  trust: optionalField(option(trust)),
});

const localExtension = struct("LocalExtension", {
  name: field(string()),
  path: field(string()),
  limits: optionalField(option(limits)),
});

const registryAuth = struct("RegistryAuth", {
  username_env: optionalField(option(string())),
  token_env: optionalField(option(string())),
});

const clientCertificate = struct("ClientCertificate", {
  cert_file: field(string()),
  key_file: field(string()),
});

const registrySettings = struct("RegistrySettings", {
  plain_http: defaultField(bool(), false),
  ca_file: optionalField(option(string())),
  client_certificate: optionalField(option(clientCertificate)),
  mirrors: defaultField(list(string()), () => []),
  allowed_hosts: defaultField(list(string()), () => []),
  timeout_secs: optionalField(option(integer("u32"))),
  retry_budget_secs: optionalField(option(integer("u32"))),
});

const settings = struct("Settings", {
  cache_dir: optionalField(option(string())),
  offline_mode: defaultField(bool(), false),
  verify_checksums: defaultField(bool(), true),
  docker_credentials: defaultField(bool(), true),
  data_dir: optionalField(option(string())),
  limits: optionalField(option(limits)),
});

type RawSettings = Infer<typeof settings>;
type RawRegistries = ReadonlyMap<string, Infer<typeof registrySettings>>;

/** What a Config without `settings` has; with empty `settings`, `cache_dir` is None. */
const defaultSettings = (): RawSettings => ({
  cache_dir: DEFAULT_CACHE_DIR,
  offline_mode: false,
  verify_checksums: true,
  docker_credentials: true,
  data_dir: undefined,
  limits: undefined,
});

const extensions = struct("Extensions", {
  oci: defaultField(list(ociExtension), () => []),
  local: defaultField(list(localExtension), () => []),
  auth: defaultField(
    map(string(), registryAuth),
    () => new Map<string, Infer<typeof registryAuth>>(),
  ),
  registries: defaultField(
    map(string(), registrySettings),
    (): RawRegistries => new Map(),
  ),
  trust: optionalField(option(trust)),
  settings: defaultField(settings, defaultSettings),
});

type RawExtensions = Infer<typeof extensions>;

const config = struct("Config", {
  extensions: defaultField(extensions, (): RawExtensions => ({
    oci: [],
    local: [],
    auth: new Map(),
    registries: new Map(),
    trust: undefined,
    settings: defaultSettings(),
  })),
});

/** The decoded file, field names as in the file. */
export type RawConfig = Infer<typeof config>;

/** The schema of the whole file. */
export const CONFIG_SCHEMA: Schema<RawConfig> = config;
