/**
 * Modules of any size.
 *
 * @module
 */

/** Adds bytes to a module that change nothing but its size, as a custom section (WebAssembly core, 5.5.3). */
export function withPadding(
  wasm: Uint8Array,
  paddingBytes: number,
  seed = 1,
): Uint8Array<ArrayBuffer> {
  const content = new Uint8Array(paddingBytes + 2);
  content.set([1, 0x70]);
  let state = seed;
  for (let at = 2; at < content.length; at++) {
    // Numerical Recipes' generator: what compresses well would hide cuts.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    content[at] = state >>> 24;
  }
  const head = [0, ...leb128(content.byteLength)];
  const padded = new Uint8Array(wasm.length + head.length + content.length);
  padded.set(wasm);
  padded.set(head, wasm.length);
  padded.set(content, wasm.length + head.length);
  return padded;
}

function leb128(value: number): number[] {
  const bytes: number[] = [];
  do {
    const low = value & 0x7f;
    value >>>= 7;
    bytes.push(value === 0 ? low : low | 0x80);
  } while (value !== 0);
  return bytes;
}
