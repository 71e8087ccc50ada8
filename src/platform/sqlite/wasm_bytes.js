// @ts-self-types="./wasm_bytes.d.ts"
/**
 * The code of SQLite as bytes, for those who rewrite it. TypeScript does not
 * know this kind of import yet.
 *
 * @module
 */

/** By name: JSR takes no package that asks for bytes in so many words, as long as only a flag gives them. */
const AS_BYTES = { with: { type: "bytes" } };

export async function loadBytes() {
  const { default: bytes } = await import(
    "@sqlite.org/sqlite-wasm/sqlite3.wasm",
    AS_BYTES
  );
  return bytes;
}
