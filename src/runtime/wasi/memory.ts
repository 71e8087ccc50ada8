/**
 * The memory of a module as calls of WASI read and write it: whatever a
 * pointer says, nothing outside is touched, and the call fails.
 *
 * @module
 */

import { Errno, WasiFailure } from "./errno.ts";

/** A buffer of the module: where, and how many bytes. */
interface Buffer {
  readonly pointer: number;
  readonly length: number;
}

/** Buffers in one call: more than any C library passes. */
const MAX_BUFFERS = 1024;

/** The memory of one module. */
export class WasiMemory {
  #memory: WebAssembly.Memory | undefined;

  /** Gives it the memory, once there is one. */
  attach(memory: WebAssembly.Memory): void {
    this.#memory = memory;
  }

  /** Bytes of the module, not copied: valid until the module runs again. */
  bytes(pointer: number, length: number): Uint8Array<ArrayBuffer> {
    const start = pointer >>> 0;
    const size = length >>> 0;
    const buffer = this.#memory?.buffer as ArrayBuffer | undefined;
    if (buffer === undefined || start + size > buffer.byteLength) {
      throw new WasiFailure(Errno.FAULT);
    }
    return new Uint8Array(buffer, start, size);
  }

  /** Some bytes to read and write numbers in. */
  view(pointer: number, length: number): DataView {
    const { buffer, byteOffset } = this.bytes(pointer, length);
    return new DataView(buffer, byteOffset, length >>> 0);
  }

  /** Text of the module; what is not UTF-8 fails. */
  text(pointer: number, length: number): string {
    const bytes = this.bytes(pointer, length);
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
        .decode(bytes);
    } catch {
      throw new WasiFailure(Errno.ILSEQ);
    }
  }

  /** Writes a 32-bit number. */
  setU32(pointer: number, value: number): void {
    this.view(pointer, 4).setUint32(0, value, true);
  }

  /** Writes a 64-bit number. */
  setU64(pointer: number, value: bigint): void {
    this.view(pointer, 8).setBigUint64(0, value, true);
  }

  /** The buffers that a list of pointers and lengths names. */
  *buffers(pointer: number, count: number): Generator<Uint8Array<ArrayBuffer>> {
    for (const { pointer: start, length } of this.#list(pointer, count)) {
      yield this.bytes(start, length);
    }
  }

  #list(pointer: number, count: number): Buffer[] {
    if (count >>> 0 > MAX_BUFFERS) throw new WasiFailure(Errno.INVAL);
    const view = this.view(pointer, count * 8);
    return Array.from({ length: count }, (_, i) => ({
      pointer: view.getUint32(i * 8, true),
      length: view.getUint32(i * 8 + 4, true),
    }));
  }
}
