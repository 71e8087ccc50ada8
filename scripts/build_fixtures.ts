/**
 * Builds `tests/fixtures/*.wasm` from the sources beside them.
 *
 * ```sh
 * deno task fixtures
 * ```
 *
 * The small binaries are committed so that tests need no compiler; tests build
 * them again in memory and compare. Those in text need nothing but this
 * repository; the others Debian's `rustc` and `libstd-rust-dev-wasm32`, and
 * `npm`.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { assemble } from "../tests/wasm/assemble.ts";
import {
  embedWorld,
  fetchAdapter,
  toComponent,
} from "./fixtures/components.ts";
import { toNewerNames } from "./fixtures/naming.ts";
import { compileRust } from "./fixtures/rust.ts";

/** Where sources and binaries are. */
export const FIXTURES: string = fromFileUrl(
  new URL("../tests/fixtures/", import.meta.url),
);

/** Those that are not built of text alone. */
export const BUILT_BY_TOOLS: readonly string[] = [
  "tracker.wasm",
  "tracker_component.wasm",
  "world_component.wasm",
];

/** Builds the fixtures in text: file names and what they must contain. */
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
    if (name === "world.wat") {
      const renamed = await assemble(name, toNewerNames(text));
      built.set("world_cm32p2.wasm", renamed);
    }
  }
  const greeter = built.get("greeter.wasm");
  if (greeter !== undefined) built.set("component.wasm", wrap(greeter));
  return built;
}

/** Builds those of {@linkcode BUILT_BY_TOOLS}. */
export async function buildWithTools(): Promise<
  Map<string, Uint8Array<ArrayBuffer>>
> {
  const [tracker, adapter, worldText] = await Promise.all([
    compileRust(join(FIXTURES, "tracker")).then(embedWorld),
    fetchAdapter(),
    Deno.readTextFile(join(FIXTURES, "world.wat")),
  ]);
  const world = await embedWorld(await assemble("world.wat", worldText));
  return new Map([
    ["tracker.wasm", tracker],
    ["tracker_component.wasm", await toComponent(tracker, adapter)],
    ["world_component.wasm", await toComponent(world)],
  ]);
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
  for (
    const [name, bytes] of [
      ...await buildFixtures(),
      ...await buildWithTools(),
    ]
  ) {
    await Deno.writeFile(join(FIXTURES, name), bytes);
    console.log(`${name}: ${bytes.byteLength} bytes`);
  }
}
