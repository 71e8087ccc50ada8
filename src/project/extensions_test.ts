import { assertEquals, assertRejects } from "@std/assert";
import { ForgeError } from "../errors.ts";
import type { Outcome } from "../install/mod.ts";
import { guestWat } from "../runtime/guest_wat_test.ts";
import { loadExtensions } from "./extensions.ts";
import { platform } from "../platform/deno.ts";
import type { Files } from "../platform/types.ts";

const GOOD = await guestWat({});
const LOUD = await guestWat({
  shutdown: "(call $log (i32.const 2) (i32.const 1024) (i32.const 5))",
});
const BAD = await guestWat({ init: "(unreachable)" });

const MODULES: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  "/a.wasm": LOUD,
  "/b.wasm": BAD,
  "/c.wasm": LOUD,
};

const files: Files = {
  ...platform.files,
  read: (path) => Promise.resolve(MODULES[path] ?? GOOD),
};

function ready(name: string): Outcome {
  return {
    ...{ name, source: "local", status: "local", path: `/${name}.wasm` },
    ...{ sha256: "", sizeBytes: 0, verified: false },
  };
}

const missing: Outcome = {
  ...{ name: "d", source: "oci", status: "skipped" },
  error: new ForgeError("NOT_CACHED", "Skipping d"),
};

Deno.test("one extension that does not start does not take the others down", async () => {
  const outcomes = [ready("a"), ready("b"), missing, ready("c")];
  const said: string[] = [];
  const extensions = await loadExtensions(outcomes, {
    platform: { files },
    optionsFor: ({ name }) => ({
      onLog: ({ text }) => said.push(`${name}: ${text}`),
    }),
  });
  assertEquals(
    extensions.outcomes.map((each) =>
      each.status === "failed" ? each.error.code : each.status
    ),
    ["loaded", "WASM_TRAP", "missing", "loaded"],
  );
  assertEquals(extensions.loaded.map(({ name }) => name), ["a", "c"]);
  assertEquals(extensions.get("c")?.info?.name, "hello");
  assertEquals(extensions.get("b"), undefined);
  assertEquals(said, []);
  await extensions.shutdown();
  assertEquals(said, ["c: hello", "a: hello"]);
  await assertRejects(() => extensions.loaded[0]!.call("f"), ForgeError);
});

Deno.test("a load that is aborted shuts down what was loaded by then", async () => {
  const stop = new AbortController();
  const said: string[] = [];
  await assertRejects(
    () =>
      loadExtensions([ready("a"), ready("c")], {
        platform: { files },
        optionsFor: ({ name }) => ({
          onLog: () => said.push(name),
          onEvent: () => stop.abort(new Error("enough")),
        }),
        signal: stop.signal,
      }),
    Error,
    "enough",
  );
  assertEquals(said, ["a"]);
});
