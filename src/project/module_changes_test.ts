import { assertEquals, assertRejects } from "@std/assert";
import { ForgeError } from "../errors.ts";
import { changesInterface, compareModules } from "./module_changes.ts";

const fixture = (name: string) =>
  Deno.readFile(new URL(`../../tests/fixtures/${name}.wasm`, import.meta.url));
const NOTHING = { added: [], removed: [] };

Deno.test("a module and itself differ in nothing", async () => {
  for (const name of ["greeter", "world", "world_component", "component"]) {
    const bytes = await fixture(name);
    const changes = await compareModules(bytes, bytes, { name });
    assertEquals(changes.sizeBefore, changes.sizeAfter);
    assertEquals([changes.imports, changes.exports], [NOTHING, NOTHING]);
    assertEquals(changesInterface(changes), false);
  }
});

Deno.test("imports, exports and schema are told by what came and what went", async () => {
  const [greeter, world] = [await fixture("greeter"), await fixture("world")];
  const options = { name: "notes" };
  const there = await compareModules(greeter, world, options);
  const back = await compareModules(world, greeter, options);
  assertEquals(there.exports.removed.includes("add"), true);
  for (const part of ["imports", "exports", "schema"] as const) {
    assertEquals(
      [...there[part]!.added].sort(),
      [...back[part]!.removed].sort(),
    );
  }
  assertEquals(there.schema!.added.length > 0, true);
});

Deno.test("what is new has no size before, and all of it is added", async () => {
  const world = await fixture("world");
  const changes = await compareModules(undefined, world, { name: "notes" });
  assertEquals(changes.sizeBefore, undefined);
  assertEquals(changes.exports.removed, []);
  assertEquals(changesInterface(changes), true);
});

Deno.test("a module that does not start has no schema to compare", async () => {
  const [world, trap] = [await fixture("world"), await fixture("bad_import")];
  const changes = await compareModules(world, trap, { name: "notes" });
  assertEquals(changes.schema, undefined);
});

Deno.test("what is no module is an error, and an abort is thrown as it is", async () => {
  const world = await fixture("world");
  const error = await assertRejects(
    () => compareModules(world, new Uint8Array(3), { name: "notes" }),
    ForgeError,
  );
  assertEquals(error.code, "WASM_INVALID");
  const reason = new Error("enough");
  const signal = AbortSignal.abort(reason);
  assertEquals(
    await assertRejects(() =>
      compareModules(world, world, { name: "notes", signal })
    ),
    reason,
  );
});
