/**
 * A module before and after it is wrapped.
 *
 * @module
 */

import type { ImagePlatform } from "../oci/mod.ts";
import type { ImageContent } from "./image.ts";
import type { LayerFile } from "./layers.ts";

/** What is to be wrapped. */
export interface WasmSource {
  /** The module. */
  readonly bytes: Uint8Array;
  /** Name of the file. */
  readonly fileName: string;
  /** What lies beside it in a tar. */
  readonly otherFiles: readonly LayerFile[];
}

/** A module in its wrapping. */
export interface ShapedWasm {
  /** The image. */
  readonly image: ImageContent;
  /** Which of its layers has the module. */
  readonly layer: number;
  /** What an index around the image says of it; no index when absent. */
  readonly index?: {
    /** The platform of the image. */
    readonly platform: ImagePlatform;
    /** What else is in the index. */
    readonly beside: "attestation" | "other-platform";
  };
}
