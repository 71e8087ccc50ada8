/** Modules that cannot be connected, and why. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ForgeError } from "../../errors.ts";
import { assemble } from "../../../tests/wasm/assemble.ts";
import { guestWat } from "../guest_wat_test.ts";
import { loadExtension } from "../load.ts";

async function refusalOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const error = await assertRejects(
    () => loadExtension({ name: "sample", bytes }),
    ForgeError,
  );
  assertEquals(error.code, "WASM_UNSUPPORTED");
  return error.message;
}

const REPLACED: readonly [string, string, string, string][] = [
  [
    "a function of the host that there is not",
    `"forge:extension/host-log@0.2.0" "log"`,
    `"forge:extension/host-log@0.2.0" "shout"`,
    `it imports function "forge:extension/host-log@0.2.0" "shout", which`,
  ],
  [
    "an interface that there is not",
    `"forge:extension/host-log@0.2.0" "log"`,
    `"forge:extension/host-mail@0.2.0" "log"`,
    `function "forge:extension/host-mail@0.2.0" "log"`,
  ],
  [
    "a name that every object has",
    `"forge:extension/host-log@0.2.0" "log"`,
    `"forge:extension/host-log@0.2.0" "constructor"`,
    `"constructor"`,
  ],
  [
    "an interface of a version to come",
    `"forge:extension/host-log@0.2.0" "log"`,
    `"forge:extension/host-log@0.3.0" "log"`,
    `"forge:extension/host-log@0.3.0" "log"`,
  ],
  [
    "a world of a version to come",
    "extension-api@0.2.0",
    "extension-api@1.0.0",
    "it is of the world forge:extension@1.0.0, and this host knows 0.2 and 0.1",
  ],
  [
    "a function of the host with another signature",
    "(func $log (param i32 i32 i32))",
    "(func $log (param i32 i32 i32) (result i32))",
    `the signature of "forge:extension/host-log@0.2.0" "log" is (i32, i32, i32) -> (i32), and this world has (i32, i32, i32) -> ()`,
  ],
  [
    "an extension without schema",
    "#get-schema",
    "#get-no-schema",
    `it does not export a function "forge:extension/extension-api@0.2.0#get-schema"`,
  ],
  [
    "an extension without allocator",
    `"cabi_realloc"`,
    `"malloc"`,
    `a function "cabi_realloc"`,
  ],
  [
    "an extension that hides its memory",
    `(memory (export "memory") 1)`,
    "(memory 1)",
    `a memory "memory"`,
  ],
  [
    "an exported function with another signature",
    `#shutdown")`,
    `#shutdown") (param i32)`,
    '#shutdown" is (i32) -> (), and this world has () -> ()',
  ],
  [
    "what frees a result with another signature",
    `resolve-field") (param i32)`,
    `resolve-field") (param i64)`,
    `the signature of "cabi_post_forge:extension/extension-api@0.2.0#resolve-field" is (i64) -> ()`,
  ],
  [
    "a function of WASI that there is not",
    `(memory (export "memory") 1)`,
    `(import "wasi_snapshot_preview1" "fd_explode" (func))
     (memory (export "memory") 1)`,
    `it imports function "wasi_snapshot_preview1" "fd_explode"`,
  ],
];

for (const [name, from, to, says] of REPLACED) {
  Deno.test(`${name} is refused by name`, async () => {
    const bytes = await guestWat({
      edit: (text) => {
        assertStringIncludes(text, from);
        return text.replaceAll(from, to);
      },
    });
    assertStringIncludes(await refusalOf(bytes), says);
  });
}

Deno.test("many refused imports are counted", async () => {
  const imports = Array.from(
    { length: 9 },
    (_, i) => `(import "env" "f${i}" (func))`,
  );
  assertStringIncludes(
    await refusalOf(await assemble("many", `(module ${imports.join("")})`)),
    `function "env" "f4" and 4 more, which extensions do not get`,
  );
});

Deno.test("memory, tables and globals of the host are not to be had", async () => {
  for (const what of ["(memory 1)", "(table 1 funcref)", "(global i32)"]) {
    const text = `(module (import "wasi_snapshot_preview1" "x" ${what}))`;
    assertStringIncludes(
      await refusalOf(await assemble("import", text)),
      `${what.slice(1).split(" ")[0]} "wasi_snapshot_preview1" "x"`,
    );
  }
});

Deno.test("the names that are meant to last are as good as the first ones", async () => {
  const bytes = await guestWat({
    edit: (text) =>
      text
        .replaceAll(
          /"forge:extension\/(host-[a-z]+)@0.2.0"/g,
          `"cm32p2|forge:extension/$1@0.2"`,
        )
        .replaceAll(
          /"cabi_post_forge:extension\/extension-api@0.2.0#([a-z-]+)"/g,
          `"cm32p2|forge:extension/extension-api@0.2|$1_post"`,
        )
        .replaceAll(
          /"forge:extension\/extension-api@0.2.0#([a-z-]+)"/g,
          `"cm32p2|forge:extension/extension-api@0.2|$1"`,
        )
        .replace(`"cabi_realloc"`, `"cm32p2_realloc"`)
        .replace(`(export "memory")`, `(export "cm32p2_memory")`),
    more: `(func (export "cm32p2_initialize")
      (i32.store8 (i32.const 1024) (i32.const 74)))`,
  });
  await using extension = await loadExtension({ name: "sample", bytes });
  assertEquals(extension.world, "forge:extension");
  assertEquals(
    await extension.resolveField({ fieldName: "f", parentType: "Query" }),
    { status: "success", json: "Jello" },
  );
});

Deno.test("version 0.1 of the world gets its context as JSON", async () => {
  const bytes = await guestWat({
    edit: (text) =>
      text.replaceAll("@0.2.0", "@0.1.0")
        .replace(
          "(param $request i32)",
          "(param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)",
        ),
    resolve: "(call $answer (i32.const 0) (local.get 6) (local.get 7))",
  });
  await using extension = await loadExtension({ name: "sample", bytes });
  const field = { fieldName: "f", parentType: "Query" };
  assertEquals(await extension.resolveField(field), {
    status: "success",
    json: `{"scope":"global"}`,
  });
  const repository = { id: "1", slug: "forge", isRemote: false, groupId: "2" };
  const context = {
    scope: "repository-user",
    repository,
    extraJson: `{"a":[9007199254740993]}`,
  } as const;
  assertEquals(await extension.resolveField({ ...field, context }), {
    status: "success",
    json: `{"scope":"repository_user","repository":{"id":"1","slug":"forge",` +
      `"group_id":"2","is_remote":false},"extra":{"a":[9007199254740993]}}`,
  });
});

Deno.test("a library may use the log and the database without being of the world", async () => {
  const bytes = await assemble(
    "library",
    `(module
    (import "forge:extension/host-log@0.2.0" "log"
      (func $log (param i32 i32 i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "hello")
    (func (export "greet")
      (call $log (i32.const 2) (i32.const 0) (i32.const 5))))`,
  );
  const lines: string[] = [];
  await using extension = await loadExtension({ name: "sample", bytes }, {
    onLog: ({ text }) => lines.push(text),
  });
  assertEquals([extension.world, extension.info], ["module", undefined]);
  await extension.call("greet");
  assertEquals(lines, ["hello"]);
});

Deno.test("a start function has no memory to speak with the host", async () => {
  const bytes = await assemble(
    "early",
    `(module
    (import "forge:extension/host-log@0.2.0" "log"
      (func $log (param i32 i32 i32)))
    (memory (export "memory") 1)
    (func $start (call $log (i32.const 2) (i32.const 0) (i32.const 5)))
    (start $start))`,
  );
  assertStringIncludes(await refusalOf(bytes), `no memory "memory" yet`);
});
