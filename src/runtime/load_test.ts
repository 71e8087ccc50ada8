import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { assemble } from "../../tests/wasm/assemble.ts";
import { ForgeError } from "../errors.ts";
import { loadExtension } from "./load.ts";
import type { LogLine } from "./log.ts";

async function fixture(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return await Deno.readFile(
    new URL(`../../tests/fixtures/${name}.wasm`, import.meta.url),
  );
}

async function load(fixtureName: string) {
  const lines: LogLine[] = [];
  const extension = await loadExtension(
    { name: "sample", bytes: await fixture(fixtureName) },
    { onLog: (line) => lines.push(line) },
  );
  return { extension, lines };
}

Deno.test("a reactor is initialized and its output arrives as lines with its name", async () => {
  const { lines } = await load("notes");
  assertEquals(lines, [{
    name: "sample",
    stream: "stdout",
    level: "info",
    text: "notes: ready, the pad is empty",
  }]);
});

Deno.test("exported functions are called with numbers, 64 bits as bigint", async () => {
  const { extension, lines } = await load("notes");
  assertEquals(await extension.call("add", 2, 40), 42);
  assertEquals(await extension.call("add_note", 2n ** 53n + 1n), 1);
  assertEquals(await extension.call("sum_notes"), 9007199254740993n);
  assertEquals(lines.at(-1)?.text, "notes: a note was added");
});

Deno.test("a command runs only when asked, and its exit status is the result", async () => {
  const command = await load("command");
  assertEquals(command.lines, []);
  assertEquals(await command.extension.run(), 0);
  assertEquals(
    command.lines.map(({ stream, text }) => `${stream}: ${text}`),
    ["stdout: command ran", "stderr: and warned"],
  );
  assertEquals(await (await load("exit3")).extension.run(), 3);
});

Deno.test("an import that is not WASI is refused by name", async () => {
  const error = await assertRejects(() => load("bad_import"), ForgeError);
  assertEquals(error.code, "WASM_UNSUPPORTED");
  assertStringIncludes(error.message, '"env" "evil"');
});

Deno.test("of a component around a core module that module is run", async () => {
  const { extension } = await load("component");
  assertEquals(extension.kind, "component");
  assertEquals(await extension.call("add", 2, 40), 42);
});

Deno.test("a trap is an error of the extension and leaves the program alone", async () => {
  const { extension } = await load("trap");
  const name = extension.functions.find((each) => !each.startsWith("_")) ?? "";
  const error = await assertRejects(
    () => extension.call(name),
    ForgeError,
  );
  assertEquals(error.code, "WASM_TRAP");
});

Deno.test("a function that is not there is named with those that are", async () => {
  const { extension } = await load("notes");
  const error = await assertRejects(
    () => extension.call("ad"),
    ForgeError,
  );
  assertEquals(error.code, "EXPORT_NOT_FOUND");
  assertStringIncludes(error.hint ?? "", "add_note");
});

Deno.test("bytes that are no module are refused with the text that people search for", async () => {
  const text = new TextEncoder().encode("<!doctype html><p>Sign in");
  const error = await assertRejects(
    () => loadExtension({ name: "sample", bytes: text }),
    ForgeError,
    "Invalid WASM magic number",
  );
  assertEquals(error.code, "WASM_INVALID");
});

Deno.test("a module that does not validate says where", async () => {
  // A function whose body ends without the number that its type promises.
  const bytes = await assemble("bad", "(module (func (result i32)))");
  const error = await assertRejects(
    () => loadExtension({ name: "sample", bytes }),
    ForgeError,
    "Cannot compile sample",
  );
  assertEquals(error.code, "WASM_INVALID");
});

Deno.test("an aborted load rejects with the reason of its signal", async () => {
  const reason = new Error("enough");
  const bytes = await fixture("notes");
  const error = await assertRejects(() =>
    loadExtension({ name: "sample", bytes }, {
      signal: AbortSignal.abort(reason),
    })
  );
  assertEquals(error, reason);
});

Deno.test("a load that is aborted while the extension starts lets go of it", async () => {
  const stop = new AbortController();
  const reason = new Error("enough");
  let closed = 0;
  const events: string[] = [];
  const error = await assertRejects(async () =>
    await loadExtension({ name: "sample", bytes: await fixture("world") }, {
      signal: stop.signal,
      onEvent: ({ type }) => events.push(type),
      database: {
        path: "sample.db",
        open() {
          stop.abort(reason);
          const none = () => {
            throw new Error("not asked");
          };
          const close = () => void (closed += 1);
          return Promise.resolve({
            ...{ query: none, execute: none, migrate: none, close },
          });
        },
      },
    })
  );
  assertEquals(error, reason);
  assertEquals(closed, 1);
  assertEquals(events, []);
});
