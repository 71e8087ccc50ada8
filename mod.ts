/**
 * Forge extensions: WASM modules from OCI registries, named in `forge.ron`,
 * verified, cached, sandboxed and run.
 *
 * The steps are plain functions, and each takes what it needs from outside as
 * an argument; {@linkcode platform} is this process with its disk and network.
 * Importing this module does nothing.
 *
 * @example Run everything that forge.ron names
 * ```ts
 * import {
 *   installProject,
 *   loadExtension,
 *   openProject,
 *   platform,
 *   readModule,
 * } from "@forgepoint/forge";
 *
 * const project = await openProject({ platform });
 * for (const outcome of await installProject(project, { platform })) {
 *   if (outcome.status === "failed") throw outcome.error;
 *   if (outcome.status === "skipped") continue;
 *   const bytes = await readModule(outcome, platform);
 *   const extension = await loadExtension({ name: outcome.name, bytes });
 *   extension.functions;
 * }
 * ```
 *
 * @module
 */

export {
  type ArchivedImage,
  type ArchiveWriter,
  createArchive,
  type ImageArchive,
  type ImageName,
  type NamelessImage,
  openArchive,
  type OpenArchiveOptions,
} from "./src/archive/mod.ts";
export {
  type Cache,
  type CacheEntry,
  cacheKey,
  type CacheKeyParts,
  type CacheLookup,
  type CacheMetadata,
  openCache,
  type OpenCacheOptions,
  type Remains,
  type StagedFile,
} from "./src/cache/mod.ts";
export {
  checkConfig,
  type CheckConfigOptions,
  type Config,
  CONFIG_PATH_VARIABLE,
  type ConfigCheck,
  ConfigError,
  type ConfigErrorOptions,
  type ConfigFile,
  type ConfigFinding,
  type ConfigLocation,
  type ConfigScan,
  type ConfigWarning,
  DEFAULT_CACHE_DIR,
  DEFAULT_DATA_DIR,
  DEFAULT_SETTINGS,
  type ExtensionReference,
  findConfig,
  type FindConfigOptions,
  type FindingSeverity,
  isSlug,
  type LimitsConfig,
  LINT_SEVERITIES,
  type LintCode,
  type LocalExtension,
  type OciExtension,
  parseConfig,
  type ParseConfigOptions,
  type ParsedConfig,
  readConfig,
  readConfigText,
  type RegistryAuth,
  type RegistryConfig,
  SCAN_DIRECTORY,
  scanExtensions,
  type ScanResult,
  type Settings,
  suggestSlug,
  type Surroundings,
  type TrustConfig,
} from "./src/config/mod.ts";
export {
  ForgeError,
  type ForgeErrorCode,
  type ForgeErrorOptions,
} from "./src/errors.ts";
export type { WithConcurrencyOptions } from "./src/http/mod.ts";
export {
  DEFAULT_CONCURRENCY,
  type FailedOutcome,
  install,
  type InstallEvent,
  type InstallOptions,
  type Outcome,
  type OutcomeBase,
  type Plan,
  planInstall,
  type PlanInstallOptions,
  type PlannedExtension,
  type PlannedLocal,
  type PlannedOci,
  type PlannedTrust,
  type ReadImage,
  readImage,
  type ReadImageOptions,
  readModule,
  type ReadModuleOptions,
  readTrustPolicy,
  type ReadyOutcome,
  type ResolvedImage,
  resolveImage,
  type SkippedOutcome,
  type TrustFile,
  type VerifiedImage,
  verifyImage,
  type VerifyImageOptions,
} from "./src/install/mod.ts";
export {
  differenceFrom,
  findLocked,
  formatLock,
  type FoundContent,
  type Lock,
  LOCK_VERSION,
  type LockDifference,
  type LockedExtension,
  type LockLookup,
  lockPathOf,
  lockReference,
  type LockReferenceParts,
  parseLock,
  type ParseLockOptions,
  readLock,
  writeLock,
  type WriteLockOptions,
} from "./src/lock/mod.ts";
export {
  type Companion,
  companionsOf,
  denoFlags,
  denoFlagsText,
  denoPermissionSet,
  isWellKnown,
  listRequirements,
  type ListRequirementsOptions,
  networkHosts,
  type PermissionKind,
  type Requirement,
  WELL_KNOWN_REGISTRIES,
  type WellKnownRegistry,
} from "./src/permissions/mod.ts";
export { platform } from "./src/platform/deno.ts";
export type {
  Clock,
  CodeMeter,
  Database,
  EntryKind,
  EntryStat,
  EntryTimes,
  Executed,
  Files,
  FileSink,
  FileStat,
  OpenDatabaseOptions,
  OpenEntryOptions,
  Platform,
  PlatformFetch,
  PlatformFetchInit,
  RemoteHost,
  RemoteHostOptions,
  Sandbox,
  SqlValue,
  SyncDirectory,
  SyncFile,
} from "./src/platform/types.ts";
export {
  applyUpdates,
  type ApplyUpdatesOptions,
  compareModules,
  type CompareModulesOptions,
  createProjectClient,
  type CreateProjectClientOptions,
  dataDirectory,
  type ExportedExtension,
  exportProject,
  type ExportProjectOptions,
  extensionLimits,
  extensionOptions,
  type ExtensionVersions,
  type FetchedUpdates,
  fetchUpdates,
  type FetchUpdatesOptions,
  importArchive,
  type ImportArchiveOptions,
  installProject,
  type InstallProjectOptions,
  isolation,
  type IsolationOptions,
  type ListChange,
  loadExtensions,
  type LoadExtensionsOptions,
  type LoadOutcome,
  type LockChange,
  type LockedProject,
  lockProject,
  lookUpVersions,
  type LookUpVersionsOptions,
  type ModuleChanges,
  openProject,
  openProjectCache,
  type OpenProjectCacheOptions,
  type OpenProjectOptions,
  type PinOutcome,
  pinProject,
  type PinProjectOptions,
  type Project,
  type ProjectExtensionOptions,
  projectRequirements,
  type ProjectRequirementsOptions,
  type ReferenceChange,
  type RunningExtensions,
  type StoredVerification,
  type Update,
  verifyProject,
  type VerifyProjectOptions,
  type WatchEvent,
  watchProject,
  type WatchProjectOptions,
  withReferences,
} from "./src/project/mod.ts";
export {
  copyImage,
  type CopyImageOptions,
  type CopyOutcome,
  type CopySource,
  metadataAnnotations,
  type PublishedModule,
  type PublishedTag,
  publishModule,
  type PublishModuleOptions,
  type SignedImage,
  signImage,
  type SignImageOptions,
  type TransferEvent,
} from "./src/publish/mod.ts";
export {
  type CallResult,
  DEFAULT_LIMITS,
  DEVELOPMENT_LIMITS,
  type ExaminedModule,
  examineModule,
  type ExamineModuleOptions,
  type Extension,
  type ExtensionDatabase,
  type ExtensionDirectory,
  type ExtensionEvent,
  type ExtensionInfo,
  type ExtensionIsolation,
  type ExtensionLimits,
  type ExtensionMetrics,
  type ExtensionWorld,
  type FieldRequest,
  type FieldResult,
  type GlobalContext,
  type JsonObject,
  type LimitNames,
  loadExtension,
  type LoadExtensionOptions,
  type LogLevel,
  type LogLine,
  type ModuleSource,
  type OperationOptions,
  type RepositoryContext,
  type RequestContext,
  type UserContext,
  type WasmNumber,
} from "./src/runtime/mod.ts";
// Not from the rooms' own mod.ts: what only some programs need waits.
export type {
  Certificate,
  CertificateExtension,
} from "./src/trust/certificate.ts";
export type { TrustedIdentity, TrustPolicy } from "./src/trust/policy.ts";
export {
  type KeyAlgorithm,
  parsePublicKey,
  type PublicKey,
} from "./src/trust/public_key.ts";
export type { ImageSignature } from "./src/trust/signature.ts";
export {
  generateKeyPair,
  type NewKeyPair,
  parseSigningKey,
  type ParseSigningKeyOptions,
  type SigningKey,
} from "./src/trust/signing_key.ts";
export {
  type Authority,
  parseTrustedRoot,
  type TrustedLog,
  type TrustedRoot,
  type ValidFor,
} from "./src/trust/trusted_root.ts";
export {
  type VerifiedSignature,
  verifySignatures,
  type VerifySignaturesOptions,
} from "./src/trust/verify.ts";
export { VERSION } from "./src/version.ts";
export { checkHeader } from "./src/wasm/header.ts";
export { inspect } from "./src/wasm/inspect.ts";
export type {
  WasmCustomSection,
  WasmExport,
  WasmExternKind,
  WasmFunctionType,
  WasmImport,
  WasmInfo,
  WasmMemory,
  WasmNested,
  WasmProducer,
  WasmSection,
} from "./src/wasm/info.ts";
export type { WasmKind } from "./src/wasm/header.ts";
