/**
 * What the layers of an image hide from each other.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { rankFileName } from "./file_rank.ts";
import type { TarEntry } from "./read_tar.ts";

/** A file `.wh.x` hides `x` of earlier layers (image-spec, layer.md, "Whiteouts"). */
const WHITEOUT_PREFIX = ".wh.";
/** This one hides all that earlier layers have in its directory. */
const OPAQUE_WHITEOUT = ".wh..wh..opq";

/** Paths that an image may hide; a real one has a few dozen. */
const MAX_HIDDEN = 20_000;

/**
 * The paths that are hidden from a layer, and those that it hides.
 *
 * Layers are looked into from the last to the first. A path hides itself and
 * what is below; with a slash at its end, only what is below.
 */
export class Whiteouts {
  readonly #byLater: ReadonlySet<string>;
  readonly #all: Set<string>;

  /** Starts a layer with what later layers hide. */
  constructor(hidden: ReadonlySet<string>) {
    this.#byLater = hidden;
    this.#all = new Set(hidden);
  }

  /** What is hidden from the layer before this one. */
  get all(): ReadonlySet<string> {
    return this.#all;
  }

  /** Whether a later layer hides a path of this one: a layer does not hide its own files. */
  hides(path: string): boolean {
    if (this.#byLater.size === 0) return false;
    if (this.#byLater.has(path) || this.#byLater.has("/")) return true;
    for (
      let i = path.lastIndexOf("/");
      i > 0;
      i = path.lastIndexOf("/", i - 1)
    ) {
      const parent = path.slice(0, i);
      if (this.#byLater.has(parent) || this.#byLater.has(`${parent}/`)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Notes what an entry hides.
   *
   * @returns Whether the entry is a whiteout, and so no file of the image.
   */
  take({ path, kind }: TarEntry): boolean {
    const slash = path.lastIndexOf("/") + 1;
    const directory = path.slice(0, slash);
    const name = path.slice(slash);
    if (name === OPAQUE_WHITEOUT) {
      this.#add(directory === "" ? "/" : directory);
      return true;
    }
    if (name.startsWith(WHITEOUT_PREFIX)) {
      this.#add(directory + name.slice(WHITEOUT_PREFIX.length));
      return true;
    }
    // A link takes the place of the module that earlier layers have under its name.
    if (kind === "link" && rankFileName(path) > 0) this.#add(path);
    return false;
  }

  #add(path: string): void {
    if (this.#all.size >= MAX_HIDDEN) {
      throw new ForgeError(
        "TOO_LARGE",
        `Cannot unpack layer: it hides more than ${MAX_HIDDEN} paths`,
        { hint: "Publish the module alone, in an image made FROM scratch" },
      );
    }
    this.#all.add(path);
  }
}
