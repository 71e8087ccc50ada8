/**
 * Builds `tests/fixtures/*.wasm` from the sources beside them.
 *
 * ```sh
 * deno task fixtures
 * ```
 *
 * The small binaries are committed so that tests need no compiler; a test
 * builds them again in memory and compares.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import wabt from "wabt";

/** Where sources and binaries are. */
export const FIXTURES: string = fromFileUrl(
  new URL("../tests/fixtures/", import.meta.url),
);

const FEATURES = {
  bulk_memory: true,
  multi_value: true,
  mutable_globals: true,
  reference_types: true,
  sat_float_to_int: true,
  sign_extension: true,
  simd: true,
  tail_call: true,
  exceptions: true,
};

/**
 * Assembles WAT.
 *
 * @param name Name of the source, for messages.
 * @param text The source.
 */
export async function assemble(
  name: string,
  text: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const assembler = await wabt();
  const module = assembler.parseWat(name, text, FEATURES);
  try {
    return new Uint8Array(module.toBinary({ write_debug_names: true }).buffer);
  } finally {
    module.destroy();
  }
}

/** Builds every fixture: file names and what they must contain. */
export async function buildFixtures(): Promise<
  Map<string, Uint8Array<ArrayBuffer>>
> {
  const built = new Map<string, Uint8Array<ArrayBuffer>>();
  for await (const { name } of Deno.readDir(FIXTURES)) {
    if (!name.endsWith(".wat")) continue;
    const text = await Deno.readTextFile(join(FIXTURES, name));
    built.set(
      name.replace(/\.wat$/, ".wasm"),
      await assemble(name, text),
    );
  }
  const greeter = built.get("greeter.wasm");
  if (greeter !== undefined) built.set("component.wasm", wrap(greeter));
  return built;
}

/** The smallest component around a core module: its header and one section. */
function wrap(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const header = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];
  return new Uint8Array([
    ...header,
    1,
    ...leb128(module.byteLength),
    ...module,
  ]);
}

function leb128(value: number): number[] {
  return value < 0x80
    ? [value]
    : [(value & 0x7f) | 0x80, ...leb128(Math.floor(value / 128))];
}

if (import.meta.main) {
  for (const [name, bytes] of await buildFixtures()) {
    await Deno.writeFile(join(FIXTURES, name), bytes);
    console.log(`${name}: ${bytes.byteLength} bytes`);
  }
}
