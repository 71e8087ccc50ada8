/** Extensions in threads and processes of their own. */

import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { ForgeError } from "../../src/errors.ts";
import { platform } from "../../src/platform/deno.ts";
import type {
  FieldRequest,
  JsonObject,
  WasmNumber,
} from "../../src/runtime/mod.ts";
import { isolation } from "../../src/project/mod.ts";
import {
  answering,
  FREE,
  guest,
  type GuestParts,
  words,
} from "./hostile/guest.ts";
import { ask, fixture, openStage } from "./stage.ts";

for (const level of ["inline", "worker", "process"] as const) {
  Deno.test(`${level}: what JSON cannot say is not asked, whatever is nested deep is`, async () => {
    await using stage = await openStage();
    const extension = await stage.load(
      await fixture("world"),
      level === "inline" ? {} : { isolation: isolation(level, { platform }) },
    );
    assertEquals(await ask(extension, "count"), 1);
    const circle: Record<string, unknown> = {};
    circle["again"] = circle;
    const wrong = [circle, { one: 1n }, (() => {}) as never];
    for (const value of wrong) {
      for (const part of ["arguments", "parent"]) {
        await assertRejects(
          () =>
            extension.resolveField({
              ...{ fieldName: "count", parentType: "Query", [part]: value },
            }),
          TypeError,
          `Cannot write the ${part} of count as JSON: `,
        );
      }
    }
    let deep: JsonObject = {};
    for (let depth = 0; depth < 1_000; depth++) deep = { deep };
    const result = await extension.resolveField({
      ...{ fieldName: "echo", parentType: "Query", arguments: deep },
    });
    assertEquals(result.status, "success");
    // It counts what it was asked, and is the same instance.
    assertEquals(await ask(extension, "count"), 3);
    assertEquals(extension.metrics.failures, 0);
  });
}

/** What a program may get wrong in a request, and the place that it is told. */
const WRONG_REQUESTS: readonly (readonly [object, string])[] = [
  [{ fieldName: 5 }, "fieldName: expected a string, got number"],
  [{ parentType: null }, "parentType: expected a string, got null"],
  [{ context: "user" }, `context: expected an object, got "user"`],
  [{ context: {} }, "context.scope: expected one of global, repository, user"],
  [{ context: { scope: "nope" } }, `context.scope: expected one of global`],
  [
    { context: { scope: "user", user: { id: 7, username: "ada" } } },
    "context.user.id: expected a string, got number",
  ],
  [
    { context: { scope: "repository", repository: { id: "r", slug: "s" } } },
    "context.repository.isRemote: expected true or false, got undefined",
  ],
  [
    { context: { scope: "global", global: { featureFlags: ["a", 1] } } },
    "context.global.featureFlags[1]: expected a string, got number",
  ],
  [
    { context: { scope: "global", extraJson: "{" } },
    `context.extraJson: expected JSON text, got "{"`,
  ],
];

for (const level of ["inline", "worker", "process"] as const) {
  Deno.test(`${level}: a mistake in a request is told by its place, and costs no instance`, async () => {
    await using stage = await openStage();
    const extension = await stage.load(
      await fixture("world"),
      level === "inline" ? {} : { isolation: isolation(level, { platform }) },
    );
    assertEquals(await ask(extension, "count"), 1);
    for (const [mistake, place] of WRONG_REQUESTS) {
      const request = { fieldName: "count", parentType: "Query", ...mistake };
      await assertRejects(
        () => extension.resolveField(request as FieldRequest),
        TypeError,
        place,
      );
    }
    // What nobody knows is not carried to where it could not be.
    const context = { scope: "global", more: () => {} } as const;
    assertEquals(await ask(extension, "count", {}, context), 2);
    assertEquals(extension.metrics.failures, 0);
  });

  Deno.test(`${level}: numbers of another type are told by their place, and cost no instance`, async () => {
    await using stage = await openStage();
    const extension = await stage.load(
      await fixture("notes"),
      level === "inline" ? {} : { isolation: isolation(level, { platform }) },
    );
    await extension.call("add_note", 2n ** 53n + 1n);
    const calls: readonly (readonly [readonly unknown[], string])[] = [
      [[5], "argument 1: expected a bigint for i64, got number"],
      [["5"], "argument 1: expected a bigint for i64, got string"],
      [[], "Cannot call add_note with 0 arguments: it takes 1 (i64)"],
      [[1n, 2n], "Cannot call add_note with 2 arguments: it takes 1 (i64)"],
    ];
    for (const [args, place] of calls) {
      await assertRejects(
        () => extension.call("add_note", ...args as WasmNumber[]),
        TypeError,
        place,
      );
    }
    assertEquals(await extension.call("sum_notes"), 2n ** 53n + 1n);
    assertEquals(extension.metrics.failures, 0);
  });
}

for (const level of ["worker", "process"] as const) {
  const isolated = { isolation: isolation(level, { platform }) };

  Deno.test(`in a ${level} an extension is what it is here`, async () => {
    await using stage = await openStage();
    const extension = await stage.load(await fixture("world"), isolated);
    assertEquals(extension.info?.name, "world");
    assertEquals(extension.schema, "type Query { echo: String }\n");
    assertEquals(await ask(extension, "echo", { $: "é" }), { $: "é" });
    assertEquals(await ask(extension, "count"), 2);
    await extension.resolveField({
      ...{ fieldName: "log", parentType: "Query", arguments: "said" },
    });
    assertGreater(extension.metrics.fuel, 0);
    assertGreater(extension.metrics.memoryBytes, 0);
    await extension.shutdown();
    assertEquals(stage.lines.map(({ text }) => text), [
      "said",
      "shutting down",
    ]);
  });

  Deno.test(`in a ${level} numbers of every type are exact`, async () => {
    await using stage = await openStage();
    const greeter = await stage.load(await fixture("greeter"), isolated);
    assertEquals(await greeter.call("add", 2, 40), 42);
    assertEquals(await greeter.call("fib", 90), 2880067194370816120n);
    for (const value of [NaN, Infinity, -0, 5e-324, 0.5]) {
      assertEquals(await greeter.call("half", value), value / 2);
    }
    const error = await assertRejects(() => greeter.call("none"), ForgeError);
    assertEquals(error.code, "EXPORT_NOT_FOUND");
    assertEquals(greeter.metrics.traps, 0);
  });

  Deno.test(`in a ${level} an extension keeps its data through a panic and a reload`, async () => {
    await using stage = await openStage();
    const bytes = await fixture("tracker");
    const tracker = await stage.load(bytes, isolated);
    await ask(tracker, "openIssue", { title: "one" });
    const error = await assertRejects(
      () => tracker.resolveField({ fieldName: "panic", parentType: "Query" }),
      ForgeError,
    );
    assertEquals(error.code, "WASM_TRAP");
    await ask(tracker, "openIssue", { title: "two" });
    await tracker.shutdown();
    const again = await stage.load(bytes, isolated);
    const issues = await ask(again, "issues") as { title: string }[];
    assertEquals(issues.map(({ title }) => title).sort(), ["one", "two"]);
  });

  Deno.test(`in a ${level} fuel ends what loops`, async () => {
    await using stage = await openStage();
    const extension = await stage.load(await fixture("world"), {
      ...isolated,
      limits: { fuel: 1_000_000 },
    });
    const error = await assertRejects(
      () => extension.resolveField({ fieldName: "spin", parentType: "Query" }),
      ForgeError,
    );
    assertEquals(error.code, "EXTENSION_OUT_OF_FUEL");
    assertEquals(await ask(extension, "count"), 1);
  });

  Deno.test(`in a ${level} time ends what loops, while this thread goes on`, async () => {
    await using stage = await openStage();
    const extension = await stage.load(await fixture("world"), {
      ...isolated,
      // Deno cannot stop a thread: its fuel must end at some time.
      limits: { fuel: level === "worker" ? 3e9 : Infinity, timeoutMs: 1000 },
      database: undefined,
    });
    let ticks = 0;
    const ticking = setInterval(() => ticks += 1, 5);
    const error = await assertRejects(
      () => extension.resolveField({ fieldName: "spin", parentType: "Query" }),
      ForgeError,
    );
    clearInterval(ticking);
    assertEquals(error.code, "EXTENSION_TIMEOUT");
    assertGreater(ticks, 0);
    assertEquals(stage.events.at(-1)?.type, "failed");
  });

  Deno.test(`in a ${level} a module that is refused says why`, async () => {
    await using stage = await openStage();
    for (
      const [name, code] of [
        ["bad_import", "WASM_UNSUPPORTED"],
        ["trap", "none"],
      ] as const
    ) {
      const bytes = await fixture(name);
      const found = await stage.load(bytes, isolated).then(
        () => "none",
        (error) => error.code,
      );
      assertEquals(found, code, name);
    }
    const error = await assertRejects(
      () =>
        fixture("world").then((bytes) =>
          stage.load(bytes, { ...isolated, customConfig: "not today" })
        ),
      ForgeError,
    );
    assertEquals(error.code, "EXTENSION_INIT_FAILED");
    assert(error.message.includes("not today"), error.message);
  });
}

/** What an extension does when it resolves a field, and what comes of it. */
const ATTACKS: readonly (readonly [string, GuestParts, string])[] = [
  ["recursion", { resolve: "(call $resolve (local.get $request))" }, "STACK"],
  ["a trap", { resolve: "(unreachable)" }, "TRAP"],
  ["a text that is none", answering(words(0, FREE + 12, 1, 0xff)), "ABI"],
  [
    "memory without an end",
    {
      resolve: `(loop $more (br_if $more
        (i32.ge_s (memory.grow (i32.const 1)) (i32.const 0)))) (unreachable)`,
    },
    "MEMORY",
  ],
  [
    "log without an end",
    {
      resolve: `(loop $forever
        (call $log (i32.const 2) (i32.const 4096) (i32.const 1000))
        (br $forever)) (unreachable)`,
    },
    "FUEL",
  ],
];

for (const level of ["worker", "process"] as const) {
  Deno.test(`in a ${level} what breaks an extension breaks no more than it does here`, async () => {
    await using stage = await openStage();
    for (const [name, parts, expected] of ATTACKS) {
      const extension = await stage.load(await guest(parts), {
        name: "hostile",
        isolation: isolation(level, { platform }),
        database: undefined,
        // A stack must end before the fuel does.
        limits: { fuel: expected === "STACK" ? 1e9 : 1_000_000 },
      });
      const error = await assertRejects(
        () => extension.resolveField({ fieldName: "f", parentType: "Query" }),
        ForgeError,
      );
      assert(error.code.endsWith(expected), `${name}: ${error.message}`);
      assert(error.hint !== undefined, name);
      await extension.shutdown();
    }
    const lines = stage.lines.filter(({ level }) => level === "info");
    assertGreater(lines.length, 100);
    assertLess(lines.length, 3000);
  });

  Deno.test(`in a ${level} a large answer arrives whole`, async () => {
    await using stage = await openStage();
    const extension = await stage.load(await fixture("world"), {
      ...{ isolation: isolation(level, { platform }), database: undefined },
    });
    const text = "é".repeat(500_000);
    assertEquals(await ask(extension, "echo", { text }), { text });
  });
}

Deno.test("a statement that never ends is ended with the process that it is in", async () => {
  await using stage = await openStage();
  const extension = await stage.load(await fixture("world"), {
    isolation: isolation("process", { platform }),
    limits: { timeoutMs: 1000, databaseSteps: Infinity },
  });
  const error = await assertRejects(
    () =>
      extension.resolveField({
        fieldName: "query",
        parentType: "Query",
        arguments:
          "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c",
      }),
    ForgeError,
  );
  assertEquals(error.code, "EXTENSION_TIMEOUT");
  assertEquals(await ask(extension, "count"), 1);
});

Deno.test("a process that has no module to run says that bundlers take it away", async () => {
  await using stage = await openStage();
  // Where a bundler has put all the rest.
  const entry = new URL("../extension_host.js", import.meta.url);
  const isolated = { ...isolation("process", { platform }), entry };
  const bytes = await fixture("world");
  const error = await assertRejects(
    () => stage.load(bytes, { isolation: isolated }),
    ForgeError,
  );
  assertEquals(error.code, "EXTENSION_CRASHED");
  assertStringIncludes(error.hint ?? "", "bundler");
});
