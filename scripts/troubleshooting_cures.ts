/**
 * What to do about each error; the causes are in `src/errors.ts`.
 *
 * @module
 */

import type { ForgeErrorCode } from "../src/errors.ts";

/** What to do about an error, by its code. A code without a cure does not compile. */
export const CURES: Readonly<Record<ForgeErrorCode, string>> = {
  ARCHIVE_INVALID:
    "Make the archive again with `forge cache export`, or as a plain tar with `skopeo copy ... oci-archive:FILE`",
  ARTIFACT_AMBIGUOUS:
    "Publish the module in an image of its own; the error lists what was found",
  ARTIFACT_NO_MODULE:
    "Check that the image is an extension and that the build copied the `.wasm` file into it",
  ARTIFACT_UNSUPPORTED:
    "Publish the image again as an OCI artifact with gzip, zstd or uncompressed layers",
  CACHE_CORRUPT:
    "Pull once while online, or run `forge cache clear` and pull again",
  CACHE_UNREADABLE:
    "Give this user read access to the cache directory, or name another one in `cache_dir`",
  CACHE_UNWRITABLE:
    "Free disk space, give this user write access, or name another directory in `cache_dir`",
  CERTIFICATE_EXPIRED:
    "Sign the image again; if the signature is fresh, check the clock of the machine that signed it",
  CERTIFICATE_IDENTITY_MISMATCH:
    "Compare the identity and issuer that the error quotes with `identities` in `forge.ron`; correct them only if you know the signer",
  CERTIFICATE_INVALID:
    "Sign the image again with a current cosign; `docs/signatures.md` says what a certificate must have",
  CERTIFICATE_NOT_LOGGED:
    "Name a `trusted_root` that has the certificate log of the authority, or sign with a public key",
  CERTIFICATE_UNTRUSTED:
    "Name the `trusted_root` of the Sigstore instance that issued the certificate",
  COMPONENT_REFUSED:
    "It is the component that says so: ask it for something else, or read what it printed",
  COMPONENT_TOOLS_MISSING:
    "Install `@bytecodealliance/jco-transpile`, or pass what loads it as `tools`",
  CONFIG_INVALID:
    "Correct the lines that the error shows; `forge check` shows all of them",
  CONFIG_NOT_FOUND:
    "Correct the path in `--config` or `FORGE_CONFIG_PATH`, or unset the variable",
  CONFIG_SYNTAX:
    "Correct the place that the error points at; `forge.example.ron` has every field",
  CONFIG_UNREADABLE:
    "Give this user read access to the file, and to the directories above it",
  DATABASE_UNAVAILABLE:
    "Give this user read and write access to `data_dir`, and close other programs that have the database open",
  DIGEST_INVALID:
    "Write `sha256:` and 64 lowercase hex digits; `forge digest REF` prints them",
  DIGEST_MISMATCH:
    "Pull again; if it stays, the registry, a mirror or a proxy changes content: report it to whoever runs it",
  EXPORT_NOT_FOUND: "Call one of the functions that the hint lists",
  EXTENSION_ABI:
    "Build the extension with current bindings, such as wit-bindgen; if it stays, tell its author",
  EXTENSION_BUSY:
    "Wait for calls to finish before making more, or raise `maxConcurrentOperations`",
  EXTENSION_CLOSED: "Load the extension again before calling it",
  EXTENSION_CRASHED:
    "Look at the message for how it ended: a machine without memory, a program that may not start others, a bundler that took the package apart; the next call starts the extension anew",
  EXTENSION_INIT_FAILED:
    "Read what the extension says in the message and in its log; its configuration may be wrong",
  EXTENSION_NOT_FOUND: "Use one of the names that the hint lists",
  EXTENSION_OUT_OF_FUEL:
    "Raise `fuel` if the work is worth it; otherwise the extension loops: tell its author",
  EXTENSION_OUT_OF_MEMORY:
    "Raise `memoryBytes`, or ask the extension for less at once",
  EXTENSION_OUT_OF_STACK:
    "This is a fault in the extension: it calls itself without end; tell its author",
  EXTENSION_TIMEOUT:
    "Raise `timeoutMs` if the work is worth it, or ask the extension for less at once",
  EXTENSION_UNAVAILABLE:
    "Look at the failures before it in the log; calls are let through again after the time in the hint",
  FIELD_REFUSED:
    "Read what the extension says; `forge schema NAME` shows its fields and their arguments",
  FILE_BUSY:
    "Wait for the other process; if there is none, remove the `.tmp` file that the hint names",
  FILE_NOT_FOUND:
    "Correct the path in `forge.ron`; relative paths start at the project root",
  FILE_UNREADABLE:
    "Give this user read access, and name a file, not a directory",
  FILE_UNWRITABLE: "Choose a place that may be written and has room",
  INTERNAL: "Report it with the message and the version",
  LOCK_CONFLICT:
    "Take either side of `forge.lock`, then run `forge lock`: it adds what is missing",
  LOCK_ENTRY_MISSING: "Run `forge lock` and commit `forge.lock`",
  LOCK_INVALID:
    "Restore `forge.lock` from version control, or remove it and run `forge lock`",
  LOCK_LAYER_MISMATCH:
    "Find out who changed `forge.lock` or the image; if the change is meant, run `forge update`",
  LOCK_MANIFEST_MISMATCH:
    "Find out who changed `forge.lock` or the cache; `forge pull` fetches what the lock says, `forge update` moves it",
  LOCK_MODULE_MISMATCH:
    "Find out who changed `forge.lock` or the cache; `forge pull` fetches what the lock says, `forge update` moves it",
  LOCK_NOT_FOUND:
    "Run `forge lock` and commit `forge.lock`, or run without `--frozen`",
  LOCK_REFERENCE_MISMATCH:
    "If the change of `forge.ron` is meant, run `forge lock` and commit `forge.lock`",
  LOCK_SIZE_MISMATCH:
    "Find out who changed `forge.lock` or the cache; `forge pull` fetches what the lock says, `forge update` moves it",
  LOCK_UNREADABLE: "Give this user read access to `forge.lock`",
  LOCK_UNWRITABLE:
    "Free disk space, or give this user write access to `forge.lock` and its directory",
  LOCK_VERSION_UNSUPPORTED:
    "Update Forge, or remove `forge.lock` and run `forge lock`",
  MANIFEST_INVALID: "Push the image again with a current tool",
  NETWORK_DENIED:
    "If the host is right, add it to `allowed_hosts` of the registry in `forge.ron`, or run `forge permissions --learn`",
  NETWORK_FAILED:
    "Check the host name, the connection, the proxy and, for HTTPS, `ca_file`",
  NETWORK_OFFLINE: "Run without `--offline` and with `offline_mode: false`",
  NETWORK_TIMEOUT:
    "Try again; for a slow registry set `timeout_secs` under `registries`",
  NOT_CACHED:
    "Run `forge pull` once while online, or copy the cache from another machine",
  PERMISSION_DENIED: "Run Deno with the flags that `forge permissions` prints",
  REFERENCE_INVALID:
    "Write `host/repository:tag` or `host/repository@sha256:...`, all but the tag in lowercase",
  REGISTRY_AUTH:
    "Set both variables that `auth` names; check that the token has not expired and may read packages",
  REGISTRY_FAILED:
    "Read what the registry said; try again later if it is a fault of its own",
  REGISTRY_NOT_FOUND:
    "Check registry, image and reference; many registries say this of private images too: check the credentials",
  REGISTRY_RATE_LIMITED:
    "Wait, log in (the limits are higher), or name a mirror under `registries`",
  REGISTRY_RESPONSE_INVALID:
    "Check that the host is a registry and that no proxy or login page answers for it",
  SIGNATURE_CONTENT_MISMATCH:
    "Find out who writes to the cache, run `forge cache clear` and pull again",
  SIGNATURE_LOG_INVALID:
    "Name a `trusted_root` that has the log; if it has, somebody changed the signature: do not use the image",
  SIGNATURE_MALFORMED:
    "Sign the image again; if others can verify it, report it with the signature",
  SIGNATURE_MISSING:
    "Ask the publisher to sign the image (`forge sign` or `cosign sign`), or do not demand it in `trust`",
  SIGNATURE_NOT_CACHED:
    "Pull once while online, so that the signature is stored with the entry",
  SIGNATURE_SUBJECT_MISMATCH:
    "Somebody attached the signature of another image: do not use this one, and tell the publisher",
  SIGNATURE_TIME_INVALID:
    "Sign again with a transparency log or a timestamp authority of the trusted root",
  SIGNATURE_TYPE_MISMATCH:
    "Sign the image itself (`cosign sign`, not `cosign attest`)",
  SIGNATURE_UNSUPPORTED:
    "Sign with a key of P-256, P-384, Ed25519 or RSA; `docs/signatures.md` lists what is verified",
  SIGNATURE_UNTRUSTED:
    "Check that `trust` names the public key of the publisher; if it does, the image is not theirs: do not use it",
  SIGNING_KEY_INVALID:
    "Make a key with `forge keygen` or `cosign generate-key-pair`, or convert yours to PKCS #8 PEM",
  SIGNING_KEY_PASSWORD:
    "Type the password when asked, or name the variable that has it with `--password-env`",
  SIZE_MISMATCH: "Pull again; if it stays, publish the image again",
  SQL_FAILED:
    "Correct the statement in the extension; the message is SQLite's own",
  SQL_LIMIT:
    "Ask for less in the extension, or raise the limit that the message names",
  SQL_REFUSED:
    "Remove the statement from the extension: it has one database and only that",
  TOO_LARGE: "Make the module smaller, or split it",
  TRUST_KEY_INVALID:
    "Name a PEM file that begins with `-----BEGIN PUBLIC KEY-----`, such as `cosign.pub`",
  TRUST_ROOT_INVALID:
    "Name the `trusted_root.json` of a Sigstore instance, as `cosign trusted-root create` writes it",
  USAGE: "See `forge COMMAND --help`",
  WASM_INVALID:
    "Build with `--target wasm32-wasip1`, and check that the right file was published",
  WASM_TRAP:
    "Read what the extension printed; it is a fault in the extension, so tell its author",
  WASM_UNSUPPORTED:
    "Build it as a core module for `wasm32-wasip1`, with no imports but WASI preview 1",
};

/** A text that users search for. */
export interface GuideText {
  /** The heading. */
  readonly title: string;
  /** What stands in the message, word for word. */
  readonly text: string;
  /** When it comes, and with which code. */
  readonly when: string;
  /** What to do. */
  readonly cures: readonly string[];
}

/** The texts of the original server, which stand in the messages of this one. */
export const GUIDE_TEXTS: readonly GuideText[] = [
  {
    title: "Extension not found",
    text: "Failed to fetch OCI extension",
    when:
      "With `Failed to pull OCI image` and the reason behind it. The code is that of the reason, such as `REGISTRY_NOT_FOUND`.",
    cures: [
      "Compare registry, image and reference with what was published: `forge digest REF` asks for just that",
      "For a private image, configure credentials: registries say of those that they are not there",
    ],
  },
  {
    title: "Authentication failed",
    text: "Failed to pull OCI image: authentication failed",
    when: "Code `REGISTRY_AUTH`.",
    cures: [
      "Set both variables that `auth` names, for example `GHCR_USERNAME` and `GHCR_TOKEN`; with one of them unset the request is anonymous, and a warning says so",
      "Give the token the scope `read:packages`, and see that it has not expired",
    ],
  },
  {
    title: "Checksum verification failed",
    text: "Checksum verification failed for <cache-key>, re-fetching",
    when:
      "A warning: the cached file has changed, and it is being pulled again. Offline it cannot be, and the extension is skipped with `CACHE_CORRUPT`.",
    cures: [
      "Nothing, if it happens once",
      "If it comes back, run `forge cache verify`, then `forge cache clear`, and have the disk checked",
    ],
  },
  {
    title: "Offline, and not in the cache",
    text: "Skipping <name> (offline mode, not cached)",
    when: "A warning, with code `NOT_CACHED` in the document of `--json`.",
    cures: [
      "Run `forge pull` once while online",
      "Copy the cache directory from a machine that has it",
      "Leave offline mode: `offline_mode: false`, no `--offline`",
    ],
  },
  {
    title: "Not a WASM module",
    text: "Invalid WASM magic number",
    when: "Code `WASM_INVALID`; the message shows the first bytes.",
    cures: [
      "Build with `--target wasm32-wasip1`",
      "Check that the file that was pushed is the module",
    ],
  },
  {
    title: "The configuration cannot be parsed",
    text: "Failed to parse RON configuration",
    when: "Code `CONFIG_SYNTAX`; the message points at line and column.",
    cures: [
      "Look for a missing comma or parenthesis before the place shown",
      "Compare with [forge.example.ron](../forge.example.ron)",
    ],
  },
];
