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
import { assemble } from "../tests/wasm/assemble.ts";

/** Where sources and binaries are. */
export const FIXTURES: string = fromFileUrl(
  new URL("../tests/fixtures/", import.meta.url),
);

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
