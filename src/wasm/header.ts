/**
 * The first eight bytes: whether this is WASM at all, and which kind.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";

/** What a WASM binary is: a core module, or a component around some. */
export type WasmKind = "core" | "component";

/** Bytes of magic number and version, without which nothing is WASM. */
export const WASM_HEADER_BYTES = 8;

const MAGIC = [0x00, 0x61, 0x73, 0x6d] as const;

/** How much of a file is looked at to say what it is instead. */
const DESCRIBE_BYTES = 512;

/**
 * Checks the header of a module.
 *
 * @param bytes The module, or its first 8 bytes and more.
 * @returns Whether it is a core module or a component.
 * @throws {ForgeError} `WASM_INVALID` when it is not WASM or cut short;
 * `WASM_UNSUPPORTED` when it is of another version of the format.
 * @see {@link https://webassembly.github.io/spec/core/binary/modules.html#binary-module}
 *
 * @example
 * ```ts
 * import { checkHeader } from "@forgepoint/forge";
 *
 * checkHeader(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])); // "core"
 * ```
 */
export function checkHeader(bytes: Uint8Array): WasmKind {
  if (bytes.byteLength < MAGIC.length) {
    const size = bytes.byteLength === 0
      ? "it is empty"
      : `it has ${bytes.byteLength} bytes`;
    throw notWasm(`too small to be a WASM module, ${size}`);
  }
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) {
    const looks = describeBytes(bytes);
    throw notWasm(
      `Invalid WASM magic number "${hex(bytes.subarray(0, 4))}"` +
        (looks === undefined ? "" : `, it looks like ${looks.what}`),
      looks?.hint,
    );
  }
  if (bytes.byteLength < WASM_HEADER_BYTES) {
    throw notWasm(
      `truncated, no version: it has ${bytes.byteLength} of ${WASM_HEADER_BYTES} header bytes`,
    );
  }
  return kindOf(bytes);
}

function kindOf(bytes: Uint8Array): WasmKind {
  const word = (i: number) => (bytes[i] ?? 0) | ((bytes[i + 1] ?? 0) << 8);
  const version = word(4);
  const layer = word(6);
  if (layer === 0 && version === 1) return "core";
  if (layer === 1 && version === 0x0d) return "component";
  throw new ForgeError(
    "WASM_UNSUPPORTED",
    layer > 1
      ? `Cannot load WASM binary of layer ${layer}`
      : `Cannot load ${
        layer === 0 ? "core module" : "component"
      } of WASM version ${version}`,
    {
      hint: layer === 1
        ? "Build it with a current wasm-tools or wit-component: drafts of the format are not read"
        : "Build it for WASM version 1",
    },
  );
}

interface Look {
  readonly what: string;
  readonly hint?: string;
}

const BINARY_LOOKS: readonly (readonly [readonly number[], Look])[] = [
  [[0x1f, 0x8b], {
    what: "gzip",
    hint: "Unpack it first: a local path names the .wasm file itself",
  }],
  [[0x28, 0xb5, 0x2f, 0xfd], { what: "zstd", hint: "Unpack it first" }],
  [[0x7f, 0x45, 0x4c, 0x46], {
    what: "an ELF program",
    hint: "Build for a WASM target, such as --target wasm32-wasip1",
  }],
  [[0xcf, 0xfa, 0xed, 0xfe], { what: "a macOS program" }],
  [[0x4d, 0x5a], { what: "a Windows program" }],
  [[0x50, 0x4b, 0x03, 0x04], { what: "a zip archive" }],
  [[0x21, 0x3c, 0x61, 0x72, 0x63, 0x68, 0x3e], { what: "a static library" }],
  [[0x42, 0x43, 0xc0, 0xde], { what: "LLVM bitcode" }],
];

const TEXT_LOOKS: readonly (readonly [RegExp, Look])[] = [
  [/^<(?:!doctype|html|head|body|\?xml|!--)/i, {
    what: "HTML",
    hint: "A login or error page was saved in its place: check the address",
  }],
  [/^\((?:module|component|;)|^;;/, {
    what: "WAT text",
    hint: "Assemble it first, for instance with wat2wasm",
  }],
  [/^version https:\/\/git-lfs/, {
    what: "a Git LFS pointer",
    hint: "Fetch the file itself with `git lfs pull`",
  }],
  [/^#!/, { what: "a script" }],
  [/^[[{]/, {
    what: "JSON",
    hint: "A manifest or an error was saved in place of the module",
  }],
  [/^[\t\n\r\x20-\x7e]+$/, { what: "text" }],
];

function describeBytes(bytes: Uint8Array): Look | undefined {
  for (const [magic, look] of BINARY_LOOKS) {
    if (magic.every((byte, i) => bytes[i] === byte)) return look;
  }
  const head = bytes.subarray(0, DESCRIBE_BYTES);
  if (startsWith(bytes.subarray(257), "ustar")) {
    return { what: "a tar archive" };
  }
  if (head.every((byte) => byte === 0)) return { what: "zeros" };
  const text = new TextDecoder().decode(head).trimStart();
  return TEXT_LOOKS.find(([pattern]) => pattern.test(text))?.[1];
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return [...text].every((char, i) => bytes[i] === char.charCodeAt(0));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
    .join(" ");
}

function notWasm(why: string, hint?: string): ForgeError {
  return new ForgeError("WASM_INVALID", `Cannot load WASM module: ${why}`, {
    hint: hint ?? "Check that the file is a complete .wasm binary",
  });
}
