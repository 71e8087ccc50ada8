/**
 * The one error class of the library and the union of its codes.
 *
 * A code is stable and meant for programs; a message is meant for people and
 * may improve. Malformed RON is the exception: it is a `SyntaxError`
 * (`RonSyntaxError` in `src/ron/`), which the configuration room wraps.
 *
 * @module
 */

/** Every `code` that a {@linkcode ForgeError} can carry. */
export type ForgeErrorCode =
  /** A file is not an archive of images, or is damaged. */
  | "ARCHIVE_INVALID"
  /** An image holds several modules and nothing says which one is meant. */
  | "ARTIFACT_AMBIGUOUS"
  /** An image holds no WASM module. */
  | "ARTIFACT_NO_MODULE"
  /** An image uses a shape or compression that this runtime cannot read. */
  | "ARTIFACT_UNSUPPORTED"
  /** A cached file does not have the bytes that its metadata promises. */
  | "CACHE_CORRUPT"
  /** The cache directory cannot be read. */
  | "CACHE_UNREADABLE"
  /** The cache directory cannot be written. */
  | "CACHE_UNWRITABLE"
  /** A signing certificate was not valid when its signature was made. */
  | "CERTIFICATE_EXPIRED"
  /** A signing certificate is that of somebody else than the configuration trusts. */
  | "CERTIFICATE_IDENTITY_MISMATCH"
  /** A signing certificate is malformed, or not one for signing code. */
  | "CERTIFICATE_INVALID"
  /** A signing certificate is in no certificate log that the trusted root names. */
  | "CERTIFICATE_NOT_LOGGED"
  /** A signing certificate does not lead to an authority of the trusted root. */
  | "CERTIFICATE_UNTRUSTED"
  /** A function of a component gave an error as its result. */
  | "COMPONENT_REFUSED"
  /** A component is to be run, and jco, which makes its bindings, is not there. */
  | "COMPONENT_TOOLS_MISSING"
  /** `forge.ron` decodes, but says something that cannot be meant. */
  | "CONFIG_INVALID"
  /** A configuration file that was asked for is not there. */
  | "CONFIG_NOT_FOUND"
  /** `forge.ron` is not valid RON, or not of the expected shape. */
  | "CONFIG_SYNTAX"
  /** The configuration file exists and cannot be read. */
  | "CONFIG_UNREADABLE"
  /** The database of an extension cannot be opened. */
  | "DATABASE_UNAVAILABLE"
  /** Text is not a digest in the sense of the OCI image specification. */
  | "DIGEST_INVALID"
  /** Bytes do not hash to the digest that was promised for them. */
  | "DIGEST_MISMATCH"
  /** An extension has no export of that name, or not one that can be called so. */
  | "EXPORT_NOT_FOUND"
  /** An extension broke the canonical ABI: text that is not UTF-8, a pointer out of bounds. */
  | "EXTENSION_ABI"
  /** More calls wait for an extension than its limit allows. */
  | "EXTENSION_BUSY"
  /** An extension was called after its shutdown. */
  | "EXTENSION_CLOSED"
  /** The thread or process of an extension ended, or could not be started. */
  | "EXTENSION_CRASHED"
  /** An extension refused to start: its `init` gave an error. */
  | "EXTENSION_INIT_FAILED"
  /** An extension of that name is not in the configuration. */
  | "EXTENSION_NOT_FOUND"
  /** An operation of an extension burnt all of its fuel: it loops, or has much to do. */
  | "EXTENSION_OUT_OF_FUEL"
  /** An operation of an extension stopped because its memory may not grow further. */
  | "EXTENSION_OUT_OF_MEMORY"
  /** An operation of an extension called itself too deeply. */
  | "EXTENSION_OUT_OF_STACK"
  /** An operation of an extension took longer than its limit allows. */
  | "EXTENSION_TIMEOUT"
  /** An extension failed again and again, and is left alone for a moment. */
  | "EXTENSION_UNAVAILABLE"
  /** An extension answered a field with an error; it is well itself. */
  | "FIELD_REFUSED"
  /** Another process is writing the file, or was killed while it did. */
  | "FILE_BUSY"
  /** A file that the configuration names is not there. */
  | "FILE_NOT_FOUND"
  /** A file that the configuration names cannot be read, or is a directory. */
  | "FILE_UNREADABLE"
  /** A file cannot be written. */
  | "FILE_UNWRITABLE"
  /** A fault in this program, or in what it stands on. */
  | "INTERNAL"
  /** The lock file has conflict markers of git. */
  | "LOCK_CONFLICT"
  /** An extension is not in the lock file, and `--frozen` adds none. */
  | "LOCK_ENTRY_MISSING"
  /** The lock file is not of the expected shape, or contradicts itself. */
  | "LOCK_INVALID"
  /** A module is in another layer than the lock file says. */
  | "LOCK_LAYER_MISMATCH"
  /** A manifest is another one than the lock file says. */
  | "LOCK_MANIFEST_MISMATCH"
  /** A module is another one than the lock file says. */
  | "LOCK_MODULE_MISMATCH"
  /** There is no lock file, and `--frozen` needs one. */
  | "LOCK_NOT_FOUND"
  /** `forge.ron` asks for another reference than the lock file has. */
  | "LOCK_REFERENCE_MISMATCH"
  /** A module has another size than the lock file says. */
  | "LOCK_SIZE_MISMATCH"
  /** The lock file exists and cannot be read. */
  | "LOCK_UNREADABLE"
  /** The lock file cannot be written. */
  | "LOCK_UNWRITABLE"
  /** The lock file was written by another version of the format. */
  | "LOCK_VERSION_UNSUPPORTED"
  /** A manifest is malformed or contradicts itself. */
  | "MANIFEST_INVALID"
  /** A host is not one that the configuration allows. */
  | "NETWORK_DENIED"
  /** A request failed below HTTP: name, connection, TLS, reset. */
  | "NETWORK_FAILED"
  /** Offline mode is on and something asked for the network. */
  | "NETWORK_OFFLINE"
  /** A request took longer than its time allows. */
  | "NETWORK_TIMEOUT"
  /** Offline mode is on and the extension is not in the cache. */
  | "NOT_CACHED"
  /** This process lacks a permission that the work needs. */
  | "PERMISSION_DENIED"
  /** Text is not a reference, registry host, repository or tag. */
  | "REFERENCE_INVALID"
  /** A registry refused the credentials, or wants some. */
  | "REGISTRY_AUTH"
  /** A registry answered with an error that has no code of its own here. */
  | "REGISTRY_FAILED"
  /** A registry does not have the repository, manifest or blob. */
  | "REGISTRY_NOT_FOUND"
  /** A registry asks to slow down for longer than the budget allows. */
  | "REGISTRY_RATE_LIMITED"
  /** A registry answered with something that is not the protocol. */
  | "REGISTRY_RESPONSE_INVALID"
  /** What is cached is not what its stored signature is about. */
  | "SIGNATURE_CONTENT_MISMATCH"
  /** The transparency log does not vouch for a signature. */
  | "SIGNATURE_LOG_INVALID"
  /** A signature, or what comes with it, is not in the form that it claims to have. */
  | "SIGNATURE_MALFORMED"
  /** Signatures are demanded and an image has none. */
  | "SIGNATURE_MISSING"
  /** Offline mode is on, signatures are demanded, and none is stored with the cache entry. */
  | "SIGNATURE_NOT_CACHED"
  /** A signature is about another image. */
  | "SIGNATURE_SUBJECT_MISMATCH"
  /** Nothing that is trusted says when a signature was made. */
  | "SIGNATURE_TIME_INVALID"
  /** A signature is valid for something else than an image. */
  | "SIGNATURE_TYPE_MISMATCH"
  /** A signature has a form or an algorithm that is not verified here. */
  | "SIGNATURE_UNSUPPORTED"
  /** A signature was made by no trusted key, or what it signs was changed. */
  | "SIGNATURE_UNTRUSTED"
  /** A private key cannot be read. */
  | "SIGNING_KEY_INVALID"
  /** The password of a private key is wrong, or there is none. */
  | "SIGNING_KEY_PASSWORD"
  /** Content has another size than was promised for it. */
  | "SIZE_MISMATCH"
  /** SQLite could not run a statement. */
  | "SQL_FAILED"
  /** A statement or its result goes beyond a limit. */
  | "SQL_LIMIT"
  /** A statement does what extensions must not do, such as opening another file. */
  | "SQL_REFUSED"
  /** Content is larger than the limit for its kind. */
  | "TOO_LARGE"
  /** A file that is to be trusted holds no public key that can be used. */
  | "TRUST_KEY_INVALID"
  /** A file that is to be trusted is no trusted root. */
  | "TRUST_ROOT_INVALID"
  /** The command line was not understood. */
  | "USAGE"
  /** Bytes are not a WASM module. */
  | "WASM_INVALID"
  /** A module trapped, or its program ended with a status other than 0. */
  | "WASM_TRAP"
  /** A module needs something that is not given to extensions. */
  | "WASM_UNSUPPORTED";

/** Options of the {@linkcode ForgeError} constructor. */
export interface ForgeErrorOptions extends ErrorOptions {
  /** What to do next, as one sentence without a final period. */
  readonly hint?: string | undefined;
}

/**
 * An error that says what failed, and in `hint` what to do next.
 *
 * @example Tell errors apart
 * ```ts
 * import { ForgeError } from "@forgepoint/forge";
 *
 * const error: unknown = new ForgeError("NOT_CACHED", "Cannot load notes");
 * if (error instanceof ForgeError && error.code === "NOT_CACHED") {
 *   error.message; // "Cannot load notes"
 * }
 * ```
 */
export class ForgeError extends Error {
  /** The name of the class. */
  override readonly name: string = "ForgeError";
  /** What kind of failure this is, for programs. */
  readonly code: ForgeErrorCode;
  /** What to do next, for people. */
  readonly hint: string | undefined;

  /**
   * Makes an error.
   *
   * @param code What kind of failure this is.
   * @param message What failed, action first, without a final period.
   * @param options The hint, and the cause where there is one.
   */
  constructor(
    code: ForgeErrorCode,
    message: string,
    options: ForgeErrorOptions = {},
  ) {
    super(
      message,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.hint = options.hint;
  }
}

/** Whether an error says that there is no stack left. */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError &&
    error.message.startsWith("Maximum call stack");
}
