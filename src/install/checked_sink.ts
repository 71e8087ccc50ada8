/**
 * A sink that believes nothing until the end.
 *
 * @module
 */

import type { StagedFile } from "../cache/mod.ts";
import {
  checkContent,
  type Descriptor,
  digestAlgorithm,
  Digester,
  digestHex,
} from "../oci/mod.ts";
import type { DownloadSink } from "../registry/mod.ts";

/** Bytes kept to tell what a layer holds: a tar header has 512. */
const HEAD_BYTES = 512;

/** What is known of content that has been verified. */
export interface CheckedContent {
  /** SHA-256 of all of it, 64 lowercase hex digits. */
  readonly sha256: string;
  /** Its size in bytes. */
  readonly size: number;
  /** Its first bytes. */
  readonly head: Uint8Array;
}

/** Writes to a staged file and hashes on the way. */
export class CheckedSink implements DownloadSink {
  readonly #staged: StagedFile;
  readonly #expected: Pick<Descriptor, "digest" | "size"> | undefined;
  #sha256 = new Digester();
  #sha512: Digester | undefined;
  #head: Uint8Array = new Uint8Array();

  /** Takes content that must be `expected`; without it, any. */
  constructor(
    staged: StagedFile,
    expected?: Pick<Descriptor, "digest" | "size">,
  ) {
    this.#staged = staged;
    this.#expected = expected;
    this.#reset();
  }

  /** How many bytes there are so far. */
  get size(): number {
    return this.#sha256.size;
  }

  /** Adds bytes. */
  async write(chunk: Uint8Array): Promise<void> {
    this.#sha256.update(chunk);
    this.#sha512?.update(chunk);
    if (this.#head.byteLength < HEAD_BYTES) this.#keepHead(chunk);
    await this.#staged.write(chunk);
  }

  /** Forgets everything so far. */
  async restart(): Promise<void> {
    await this.#staged.restart();
    this.#reset();
  }

  /**
   * Ends it.
   *
   * @throws {ForgeError} `SIZE_MISMATCH` or `DIGEST_MISMATCH`.
   */
  finish(): CheckedContent {
    const { size } = this.#sha256;
    const sha256 = this.#sha256.digest();
    if (this.#expected !== undefined) {
      const digest = this.#sha512?.digest() ?? sha256;
      checkContent({ digest, size }, this.#expected);
    }
    return { sha256: digestHex(sha256), size, head: this.#head };
  }

  #reset(): void {
    const isSha512 = this.#expected !== undefined &&
      digestAlgorithm(this.#expected.digest) === "sha512";
    this.#sha256 = new Digester();
    this.#sha512 = isSha512 ? new Digester("sha512") : undefined;
    this.#head = new Uint8Array();
  }

  #keepHead(chunk: Uint8Array): void {
    const wanted = chunk.subarray(0, HEAD_BYTES - this.#head.byteLength);
    const head = new Uint8Array(this.#head.byteLength + wanted.byteLength);
    head.set(this.#head);
    head.set(wanted, this.#head.byteLength);
    this.#head = head;
  }
}
