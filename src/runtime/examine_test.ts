import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { assemble } from "../../tests/wasm/assemble.ts";
import { ForgeError } from "../errors.ts";
import { examineModule } from "./examine.ts";

function fixture(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return Deno.readFile(
    new URL(`../../tests/fixtures/${name}.wasm`, import.meta.url),
  );
}

const WORLD = { world: "forge:extension", version: "0.2.0" };
const table: readonly (readonly [string, Record<string, unknown>])[] = [
  ["world", WORLD],
  ["world_cm32p2", { ...WORLD, version: "0.2" }],
  ["world_component", WORLD],
  ["tracker_component", WORLD],
  ["command", { world: "command", version: undefined }],
  ["greeter", { world: "module", version: undefined }],
];

for (const [name, expected] of table) {
  Deno.test(`${name}.wasm is seen to be what it is, and would be loaded`, async () => {
    const examined = await examineModule({ name, bytes: await fixture(name) });
    assertEquals(examined, { ...expected, problem: undefined } as unknown);
  });
}

const refused: readonly (readonly [string, string, RegExp])[] = [
  [
    "an import that no extension gets",
    '(module (import "env" "evil" (func)))',
    /Cannot load sample: it imports function "env" "evil"/,
  ],
  [
    "an import of WASI that there is not",
    '(module (import "wasi_snapshot_preview1" "sock_dial" (func)))',
    /it imports function "wasi_snapshot_preview1" "sock_dial"/,
  ],
  [
    "a memory beyond the limit",
    '(module (memory (export "memory") 1000))',
    /Cannot load sample: .*memory/,
  ],
];

for (const [what, text, words] of refused) {
  Deno.test(`${what} is a problem, and says which`, async () => {
    const bytes = await assemble("sample", text);
    const { problem, world } = await examineModule({ name: "sample", bytes });
    assertMatch(problem?.message ?? "", words);
    assertEquals(world, "module");
  });
}

Deno.test("the limits are those that are given", async () => {
  const source = { name: "sample", bytes: await fixture("world") };
  const { problem } = await examineModule(source, { moduleBytes: 100 });
  assertEquals(problem?.code, "TOO_LARGE");
});

Deno.test("what is no module is an error", async () => {
  const bytes = new Uint8Array([1, 2, 3, 4]);
  const error = await assertRejects(
    () => examineModule({ name: "sample", bytes }),
    ForgeError,
  );
  assertEquals(error.code, "WASM_INVALID");
});
