/**
 * Signatures of images as they lie in a registry or a cache, not believed.
 *
 * @module
 */

/** A signature of an image, in one of cosign's two forms. */
export type ImageSignature =
  | {
    /** The old form: a layer under the tag `sha256-<hex>.sig`. */
    readonly form: "simplesigning";
    /** What was signed: the layer. */
    readonly payload: Uint8Array<ArrayBuffer>;
    /** The signature, base64: an annotation of the layer. */
    readonly signature: string;
    /** The signing certificate, PEM: an annotation. */
    readonly certificate?: string | undefined;
    /** What the transparency log said, JSON: an annotation. */
    readonly logEntry?: string | undefined;
  }
  | {
    /** The new form: a Sigstore bundle that refers to the image. */
    readonly form: "bundle";
    /** The bundle, JSON. */
    readonly bundle: Uint8Array<ArrayBuffer>;
  };

/** Bytes that a payload of the old form may have; real ones have about 250. */
export const MAX_PAYLOAD_BYTES: number = 64 * 1024;
