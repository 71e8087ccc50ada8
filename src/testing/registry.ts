/**
 * What a registry in memory is to those who use it.
 *
 * @module
 */

import type { Descriptor, Digest } from "../oci/mod.ts";
import type { Clock } from "../platform/types.ts";
import type { AuthMode } from "./auth.ts";
import type { RegistryBehavior } from "./behavior.ts";
import type { Fault, FaultHandle } from "./faults.ts";
import type { ImageContent, StoredImage } from "./image.ts";
import type { RegistryTls } from "./listener.ts";
import type { RequestLog } from "./recording.ts";
import type { StoredManifest } from "./store.ts";

/** Options of {@linkcode startRegistry}. */
export interface StartRegistryOptions {
  /** An address of this machine; `127.0.0.1` when absent. */
  readonly hostname?: string;
  /** The port; any free one when absent or 0. */
  readonly port?: number;
  /** HTTPS; plain HTTP when absent. */
  readonly tls?: RegistryTls;
  /** Who may do what; everyone everything when absent. */
  readonly auth?: AuthMode;
  /** Where it differs from a registry that does all the specification offers. */
  readonly behavior?: RegistryBehavior;
  /** Faults that are in place from the start. */
  readonly faults?: readonly Fault[];
  /** When it is; tokens expire by it. */
  readonly clock?: Pick<Clock, "now">;
  /** Makes names for uploads and tokens; random UUIDs when absent. */
  readonly newId?: () => string;
}

/** A registry that is running. */
export interface Registry extends AsyncDisposable {
  /** Host and port, as in a reference: `127.0.0.1:43127`. */
  readonly host: string;
  /** Scheme, host and port: `http://127.0.0.1:43127`. */
  readonly origin: string;
  /** The second origin, of the object store and of a token endpoint that stands apart. */
  readonly secondOrigin: string;
  /** Where tokens are to be had. */
  readonly tokenUrl: string;
  /** The requests so far, in the order of their arrival. */
  readonly requests: RequestLog;
  /** How many requests were being answered at once, at most. */
  readonly peakRequests: number;
  /** Keeps a blob without a request; in a repository, or for the manifests that will name it. */
  readonly putBlob: (
    bytes: Uint8Array,
    options?: { readonly repository?: string },
  ) => Digest;
  /**
   * Keeps a manifest without a request and without a check: what it names
   * and is there becomes pullable with it.
   *
   * @param reference A tag, or a digest (kept under it whatever the bytes
   * hash to), or nothing.
   * @param content Bytes as they are; anything else as JSON.
   * @param mediaType Its `Content-Type`; that of the document when absent.
   */
  readonly putManifest: (
    repository: string,
    reference: string,
    content: Uint8Array | string | object,
    mediaType?: string,
  ) => Digest;
  /** Puts an image under a tag without a request. */
  readonly image: (
    repository: string,
    tag: string,
    image: ImageContent,
  ) => StoredImage;
  /** Puts an index under a tag without a request. */
  readonly index: (
    repository: string,
    tag: string,
    manifests: readonly Descriptor[],
  ) => Descriptor;
  /** The bytes of a blob, if it is there. */
  readonly blob: (digest: string) => Uint8Array | undefined;
  /** A manifest by tag or digest, if it is there. */
  readonly manifest: (
    repository: string,
    reference: string,
  ) => StoredManifest | undefined;
  /** The tags of a repository, in the order of their making. */
  readonly tags: (repository: string) => readonly string[];
  /** Puts a fault in place. */
  readonly fault: (fault: Fault) => FaultHandle;
  /** Takes all faults away. */
  readonly clearFaults: () => void;
  /** Makes every token that was given out invalid. */
  readonly revokeTokens: () => void;
  /** Ends every connection and stops listening; nothing is kept. */
  readonly close: () => Promise<void>;
}
