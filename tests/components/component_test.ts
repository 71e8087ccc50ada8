/** Components of any world, with bindings that jco makes. */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ForgeError } from "../../src/errors.ts";
import {
  type Component,
  loadComponent,
  type LoadComponentOptions,
  type LogLine,
} from "../../src/runtime/mod.ts";

const tools = () => import("@bytecodealliance/jco-transpile/component");

/** A component of its world, `.wit`, and its code, `.wat`. */
async function build(world: string): Promise<Uint8Array<ArrayBuffer>> {
  const wasmTools = await import("@bytecodealliance/jco-transpile/wasm-tools");
  const read = (name: string) =>
    Deno.readTextFile(new URL(name, import.meta.url));
  const core = await wasmTools.parse(await read(`${world}.wat`));
  const embedded = await wasmTools.componentEmbed({
    binary: core,
    witSource: await read(`${world}.wit`),
    world,
  });
  return new Uint8Array(await wasmTools.componentNew(embedded, []));
}

const BYTES = await build("calc");

function load(options: LoadComponentOptions = {}): Promise<Component> {
  return loadComponent({ name: "calc", bytes: BYTES }, {
    tools,
    imports: { "acme:calc/host": { ask: () => 40 } },
    ...options,
  });
}

Deno.test("a component says what it has and wants, and is called with values of its types", async () => {
  using calc = await load();
  assertEquals([...calc.functions].sort(), [
    "acme:calc/ops@0.1.0#add",
    "acme:calc/ops@0.1.0#addAsked",
    "crash",
    "echo",
    "grow",
    "spin",
  ]);
  assertEquals(calc.imports, ["acme:calc/host"]);
  assertEquals(calc.call("acme:calc/ops@0.1.0#add", 2, 40), 42);
  assertEquals(calc.call("echo", "Grüße, 世界 🌍"), "Grüße, 世界 🌍");
});

Deno.test("it asks its host, and is called by the names of its interface", async () => {
  using calc = await load();
  assertEquals(calc.call("acme:calc/ops@0.1.0#add-asked", 2), 42);
});

Deno.test("an error that it gives is one with that error as its cause", async () => {
  const refuse = () => {
    throw Object.assign(new Error("no"), { payload: "not today" });
  };
  using calc = await load({ imports: { "acme:calc/host": { ask: refuse } } });
  const error = assertThrows(
    () => calc.call("acme:calc/ops@0.1.0#addAsked", 2),
    ForgeError,
    "not today",
  );
  assertEquals(error.code, "COMPONENT_REFUSED");
  assertEquals(error.cause, "not today");
  assertEquals(calc.call("acme:calc/ops@0.1.0#add", 1, 1), 2);
});

for (
  const [name, code] of [
    ["spin", "EXTENSION_OUT_OF_FUEL"],
    ["grow", "EXTENSION_OUT_OF_MEMORY"],
    ["crash", "WASM_TRAP"],
  ] as const
) {
  Deno.test(`"${name}" ends with ${code}, and the next call gets a fresh instance`, async () => {
    using calc = await load({ limits: { fuel: 10_000_000 } });
    const error = assertThrows(() => calc.call(name), ForgeError);
    assertEquals(error.code, code);
    assertEquals(calc.call("acme:calc/ops@0.1.0#add", 2, 40), 42);
  });
}

Deno.test("a failure of the host goes through as it is", async () => {
  const broken = new Error("the disk is full");
  const ask = () => {
    throw broken;
  };
  using calc = await load({ imports: { "acme:calc/host": { ask } } });
  assertEquals(
    assertThrows(() => calc.call("acme:calc/ops@0.1.0#addAsked", 2)),
    broken,
  );
});

Deno.test("what nobody gives is refused by name before anything runs", async () => {
  const error = await assertRejects(() => load({ imports: {} }), ForgeError);
  assertEquals(error.code, "WASM_UNSUPPORTED");
  assert(error.message.includes("acme:calc/host"), error.message);
});

Deno.test("without jco there is a clear error, with what to do", async () => {
  for (
    const missing of [
      () => Promise.reject(new Error("Cannot find module")),
      () => Promise.resolve({ default: {} }),
    ]
  ) {
    const error = await assertRejects(
      () => load({ tools: missing }),
      ForgeError,
    );
    assertEquals(error.code, "COMPONENT_TOOLS_MISSING");
    assert(error.hint?.includes("npm install"), error.hint);
  }
});

Deno.test("a core module, damaged bytes and too many of them are refused", async () => {
  const loadBytes = (bytes: Uint8Array<ArrayBuffer>, limits = {}) =>
    loadComponent({ name: "calc", bytes }, { tools, limits });
  const codes = await Promise.all([
    loadBytes(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)),
    loadBytes(BYTES.slice(0, BYTES.byteLength - 5)),
    loadBytes(BYTES, { moduleBytes: 100 }),
  ].map((loading) =>
    assertRejects(() => loading, ForgeError).then(({ code }) => code)
  ));
  assertEquals(codes, ["WASM_UNSUPPORTED", "WASM_INVALID", "TOO_LARGE"]);
});

Deno.test("a name that it does not have is told with those that it has", async () => {
  using calc = await load();
  for (const name of ["ad", "constructor", "acme:calc/ops@0.1.0#toString"]) {
    const error = assertThrows(() => calc.call(name), ForgeError);
    assertEquals(error.code, "EXPORT_NOT_FOUND");
    assert(error.hint?.includes("echo"), error.hint);
  }
});

Deno.test("a closed component is not called", async () => {
  const calc = await load();
  calc[Symbol.dispose]();
  const error = assertThrows(() => calc.call("crash"), ForgeError);
  assertEquals(error.code, "EXTENSION_CLOSED");
});

Deno.test("it prints through the host, and has no environment", async () => {
  const lines: LogLine[] = [];
  using prints = await loadComponent(
    { name: "prints", bytes: await build("prints") },
    { tools, onLog: (line) => lines.push(line) },
  );
  prints.call("hello");
  assertEquals(
    lines.map(({ name, stream, text }) => `${name} ${stream}: ${text}`),
    ["prints stdout: hello", "prints stdout: world"],
  );
  assertEquals(prints.call("variables"), 0);
  const error = assertThrows(() => prints.call("leave"), ForgeError);
  assertEquals(error.code, "WASM_TRAP");
  assert(error.message.includes("exit status 1"), error.message);
});
