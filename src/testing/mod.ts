/**
 * An OCI registry in memory, for the tests of programs that use one.
 *
 * It runs on Deno and Node, keeps nothing, and misbehaves on request.
 *
 * @module
 */

export type {
  AccessQuestion,
  AuthMode,
  AuthRules,
  BasicAuth,
  BearerAuth,
  RepositoryAction,
} from "./auth.ts";
export { GHCR_LIKE, HUB_LIKE, type RegistryBehavior } from "./behavior.ts";
export {
  createTestCertificates,
  type CreateTestCertificatesOptions,
  type KeyAndCertificate,
  type TestCertificates,
} from "./certificates.ts";
export type { HeaderFields, RegistryReply } from "./exchange.ts";
export type {
  AlterFault,
  BodyFault,
  ContentLengthFault,
  CorruptFault,
  CutFault,
  DripFault,
  Fault,
  FaultAction,
  FaultHandle,
  FaultMatch,
  HeadersFault,
  HoldFault,
  RawFault,
  RedirectFault,
  ReplyFault,
  ResetFault,
  StallFault,
} from "./faults.ts";
export type {
  BlobContent,
  ImageContent,
  ImageStore,
  StoredImage,
} from "./image.ts";
export type { RegistryTls } from "./listener.ts";
export type { RecordedRequest, RequestLog } from "./recording.ts";
export { startRegistry } from "./memory_registry.ts";
export type { Registry, StartRegistryOptions } from "./registry.ts";
export {
  type PushedWasm,
  pushWasm,
  type PushWasmOptions,
} from "./push_wasm.ts";
export type { WasmShape } from "./wasm_shapes.ts";
export type {
  Descriptor,
  Digest,
  DigestAlgorithm,
  ImageIndex,
  ImageManifest,
  ImagePlatform,
} from "../oci/mod.ts";
export type { Clock } from "../platform/types.ts";
export type { StoredManifest } from "./store.ts";
