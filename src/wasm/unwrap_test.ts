import { assertEquals, assertThrows } from "@std/assert";
import { ForgeError } from "../errors.ts";
import { unwrapComponent } from "./mod.ts";

const read = (name: string) =>
  Deno.readFile(new URL(`../../tests/fixtures/${name}.wasm`, import.meta.url));

const HEADER = [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0];
/** A core module without memory, as adapters are. */
const ADAPTER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** A core module with a memory of one page. */
const MAIN = [...ADAPTER, 5, 3, 1, 0, 1];

const component = (...modules: number[][]) =>
  new Uint8Array([
    ...HEADER,
    ...modules.flatMap((module) => [1, module.length, ...module]),
  ]);

Deno.test("the module comes out as it went in", async () => {
  assertEquals(
    unwrapComponent(await read("component")),
    await read("greeter"),
  );
});

Deno.test("the module with a memory is the main one, wherever it is", () => {
  const expected = new Uint8Array(MAIN);
  assertEquals(unwrapComponent(component(MAIN, ADAPTER)), expected);
  assertEquals(unwrapComponent(component(ADAPTER, MAIN, ADAPTER)), expected);
  assertEquals(
    unwrapComponent(component(ADAPTER)),
    new Uint8Array(ADAPTER),
  );
});

Deno.test("components without a main module, or with two, are refused", () => {
  const refused = [
    component(),
    component(MAIN, MAIN),
    component(ADAPTER, ADAPTER),
    new Uint8Array(MAIN),
  ];
  for (const bytes of refused) {
    const error = assertThrows(() => unwrapComponent(bytes), ForgeError);
    assertEquals(error.code, "WASM_UNSUPPORTED");
  }
});
