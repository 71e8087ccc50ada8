/** A real extension in Rust through its whole life, as a module and as a component. */

import {
  assertEquals,
  assertGreater,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { ForgeError } from "../../src/errors.ts";
import { ask, fixture, openStage, refused } from "./stage.ts";

const UNICODE = 'Grüße, 世界 🎉\u0000\u{10ffff} "quoted"\n';

for (const form of ["tracker", "tracker_component"]) {
  Deno.test(`${form} says what it is and what it serves`, async () => {
    await using stage = await openStage();
    const tracker = await stage.load(await fixture(form));
    assertEquals(tracker.kind, form === "tracker" ? "core" : "component");
    assertEquals(tracker.world, "forge:extension");
    assertEquals(tracker.info, {
      name: "tracker",
      version: "1.2.0",
      capabilities: ["issues", "database"],
    });
    assertMatch(tracker.schema ?? "", /type Issue \{[^]*openIssue\(/);
    assertEquals(stage.events.map(({ type }) => type), ["loaded"]);
  });

  Deno.test(`${form} keeps issues in its database, and finds them again in its next life`, async () => {
    await using stage = await openStage();
    const bytes = await fixture(form);
    const tracker = await stage.load(bytes);
    const opened = await ask(tracker, "openIssue", {
      title: UNICODE,
      body: null,
      weight: 0.1,
      votes: "9223372036854775807",
      urgent: true,
      attachment: "00ff80",
    });
    const expected = {
      id: "1",
      title: UNICODE,
      body: null,
      weight: 0.1,
      votes: "9223372036854775807",
      urgent: true,
      attachment: "00ff80",
      state: "open",
    };
    assertEquals(opened, expected);
    for (let i = 0; i < 200; i++) {
      await ask(tracker, "openIssue", { title: `issue ${i}` });
    }
    assertEquals(await ask(tracker, "closeIssue", { id: "3" }), true);
    assertEquals(await ask(tracker, "closeIssue", { id: "3" }), false);

    await tracker.reload(bytes);
    assertEquals(await ask(tracker, "issue", { id: "1" }), expected);
    await tracker.shutdown();
    const closed = await assertRejects(
      () => ask(tracker, "issue", { id: "1" }),
      ForgeError,
    );
    assertEquals(closed.code, "EXTENSION_CLOSED");

    const again = await stage.load(bytes);
    assertEquals(await ask(again, "issue", { id: "1" }), expected);
    assertEquals(
      (await ask(again, "issues", { state: "open" }) as unknown[]).length,
      200,
    );
    assertEquals(await ask(again, "issue", { id: "4711" }), null);
    assertEquals(stage.events.map(({ type }) => type), [
      ...["loaded", "reloaded", "closed", "loaded"],
    ]);
  });

  Deno.test(`${form} gets every type of value through the database unchanged`, async () => {
    await using stage = await openStage();
    const tracker = await stage.load(await fixture(form));
    const trips: readonly (readonly [string, string | undefined, unknown])[] = [
      ["null", undefined, [null, "null"]],
      // SQLite has no truth values.
      ["boolean", "true", ["1", "integer"]],
      ["boolean", "false", ["0", "integer"]],
      ["integer", "0", ["0", "integer"]],
      ["integer", "-9223372036854775808", ["-9223372036854775808", "integer"]],
      ["integer", "9007199254740993", ["9007199254740993", "integer"]],
      ["float", "0.5", [0.5, "real"]],
      ["float", "3", [3, "real"]],
      ["float", "-0", [-0, "real"]],
      ["float", "1e300", [1e300, "real"]],
      ["float", "5e-324", [5e-324, "real"]],
      ["float", "inf", ["inf", "real"]],
      // SQLite has no NaN.
      ["float", "NaN", [null, "null"]],
      ["text", "", ["", "text"]],
      ["text", UNICODE, [UNICODE, "text"]],
      ["text", "x".repeat(100_000), ["x".repeat(100_000), "text"]],
      ["blob", "", ["", "blob"]],
      ["blob", "00ff", ["00ff", "blob"]],
    ];
    for (const [type, value, expected] of trips) {
      const args = { type, ...(value === undefined ? {} : { value }) };
      assertEquals(await ask(tracker, "roundTrip", args), expected, type);
    }
  });

  Deno.test(`${form} refuses in its own words, and is well afterwards`, async () => {
    await using stage = await openStage();
    const tracker = await stage.load(await fixture(form));
    assertEquals(
      await refused(tracker, "nothing"),
      'Query has no field "nothing"',
    );
    assertEquals(
      await refused(tracker, "issue", '{"id": '),
      "Cannot read the arguments of issue: expected a value at byte 7",
    );
    assertEquals(
      await refused(tracker, "issue", { id: 5 }),
      'argument "id" must be a string',
    );
    await ask(tracker, "openIssue", { title: "only once" });
    assertStringIncludes(
      await refused(tracker, "openIssue", { title: "only once" }),
      "UNIQUE constraint failed: issues.title",
    );
    assertStringIncludes(
      await refused(tracker, "comment", { issue: "99", text: "lost" }),
      "FOREIGN KEY constraint failed",
    );
    assertStringIncludes(
      await refused(tracker, "sql", { statement: "SELEKT 1" }),
      "SELEKT",
    );
    assertEquals(await ask(tracker, "comment", { issue: "1", text: "!" }), "1");
    assertEquals(tracker.metrics.traps, 0);
    assertEquals(tracker.metrics.calls, 8);
    assertGreater(tracker.metrics.fuel, 0);
  });

  Deno.test(`${form} is told on whose behalf it works, in full and in part`, async () => {
    await using stage = await openStage();
    const tracker = await stage.load(await fixture(form));
    const context = async (given?: Parameters<typeof ask>[3]) =>
      JSON.parse(await ask(tracker, "context", {}, given) as string);
    const nobody = { repository: null, user: null, global: null };
    assertEquals(await context(), {
      scope: "global",
      ...nobody,
      extra: null,
      parent: null,
    });
    assertEquals(
      await context({
        scope: "repository-user",
        repository: {
          id: "r1",
          slug: "träcker",
          groupId: "g",
          fullPath: "a/b",
          isRemote: true,
          remoteUrl: "https://example.org/a",
        },
        user: { id: "u", username: "ada", displayName: "Ada", email: "a@b" },
        global: {
          installationId: "i",
          environment: "test",
          featureFlags: ["x", "", "ü"],
        },
        extraJson: '{"n":1}',
      }),
      {
        scope: "repository-user",
        repository: [
          ...["r1", "träcker", "g", "a/b", "true"],
          "https://example.org/a",
        ],
        user: ["u", "ada", "Ada", "a@b"],
        global: [["i", "test"], ["x", "", "ü"]],
        extra: '{"n":1}',
        parent: null,
      },
    );
    assertEquals(
      await context({
        scope: "user",
        user: { id: "", username: "" },
        repository: { id: "r", slug: "s", isRemote: false },
        global: { featureFlags: [] },
      }),
      {
        scope: "user",
        repository: ["r", "s", null, null, "false", null],
        user: ["", "", null, null],
        global: [[null, null], []],
        extra: null,
        parent: null,
      },
    );
  });

  Deno.test(`${form} gets its configuration, and may refuse to start with it`, async () => {
    await using stage = await openStage();
    const bytes = await fixture(form);
    const tracker = await stage.load(bytes, {
      name: "issues",
      version: "3.1.4",
      customConfig: '{"limit": 5}',
    });
    assertEquals(JSON.parse(await ask(tracker, "config") as string), {
      name: "issues",
      version: "3.1.4",
      databasePath: "issues.extension.db",
      customConfig: '{"limit": 5}',
    });
    const error = await assertRejects(
      () => stage.load(bytes, { name: "other", customConfig: "{" }),
      ForgeError,
    );
    assertEquals(error.code, "EXTENSION_INIT_FAILED");
    assertStringIncludes(error.message, "custom config: ");
  });

  Deno.test(`${form} is heard at every level, on both of its streams, and when it ends`, async () => {
    await using stage = await openStage();
    const tracker = await stage.load(await fixture(form));
    const levels = ["trace", "debug", "info", "warn", "error"];
    for (const level of levels) {
      await ask(tracker, "log", { level, message: `${level}: ü🎉` });
    }
    await ask(tracker, "print", { message: "one\ntwo" });
    await tracker.shutdown();
    assertEquals(
      stage.lines.map(({ stream, level, text }) => [stream, level, text]),
      [
        ["log", "info", "sample starts"],
        ...levels.map((level) => ["log", level, `${level}: ü🎉`]),
        ["stdout", "info", "one"],
        ["stdout", "info", "two"],
        ["stderr", "warn", "printed a line"],
        ["log", "info", "answered 6 calls"],
      ],
    );
  });

  Deno.test(`${form} is given a fresh instance after a panic, and its data is still there`, async () => {
    await using stage = await openStage();
    const tracker = await stage.load(await fixture(form));
    await ask(tracker, "openIssue", { title: "kept" });
    const error = await assertRejects(
      () => ask(tracker, "panic"),
      ForgeError,
    );
    assertEquals(error.code, "WASM_TRAP");
    const said = stage.lines.find(({ stream }) => stream === "stderr");
    assertMatch(said?.text ?? "", /panicked at 'asked to', lib\.rs:/);
    assertEquals(
      (await ask(tracker, "issues") as { title: string }[])[0]?.title,
      "kept",
    );
    assertEquals(tracker.metrics.restarts, 1);
  });

  Deno.test(`${form} stays as it is when a reload fails`, async () => {
    await using stage = await openStage();
    const tracker = await stage.load(await fixture(form));
    await ask(tracker, "openIssue", { title: "kept" });
    const error = await assertRejects(
      async () => await tracker.reload(await fixture("bad_import")),
      ForgeError,
    );
    assertEquals(error.code, "WASM_UNSUPPORTED");
    assertEquals((await ask(tracker, "issues") as unknown[]).length, 1);
    assertEquals(stage.events.at(-1)?.type, "reload-failed");
  });
}

for (const form of ["world", "world_cm32p2", "world_component"]) {
  Deno.test(`${form} answers from a few kilobytes`, async () => {
    await using stage = await openStage();
    const world = await stage.load(await fixture(form));
    const resolve = async (fieldName: string, args = "") =>
      await world.resolveField({
        fieldName,
        parentType: "Query",
        arguments: args,
      });
    const success = (json: string) => ({ status: "success" as const, json });
    assertEquals(world.info, {
      name: "world",
      version: "0.2.0",
      capabilities: ["echo"],
    });
    assertEquals(world.schema, "type Query { echo: String }\n");
    assertEquals(await resolve("echo", "ü🎉"), success("ü🎉"));
    assertEquals(await resolve("echo"), success(""));
    assertEquals(
      await resolve("migrate", "CREATE TABLE t (n); INSERT INTO t VALUES (1)"),
      success("null"),
    );
    assertEquals(
      await resolve("execute", "INSERT INTO t VALUES (2), (3)"),
      success("2"),
    );
    assertEquals(await resolve("query", "SELECT n FROM t"), success("3"));
    const wrong = await resolve("query", "SELECT n FROM u");
    assertEquals(wrong.status, "error");
    assertEquals(await resolve("log", "hello"), success("null"));
    assertEquals(await resolve("else"), {
      status: "error",
      message: "no such field",
    });
    assertEquals(await resolve("count"), success("9"));
    const large = "x".repeat(300_000);
    assertEquals(await resolve("echo", large), success(large));
    await world.shutdown();
    assertEquals(stage.lines.map(({ level, text }) => `${level} ${text}`), [
      "info hello",
      "debug shutting down",
    ]);
  });

  Deno.test(`${form} that says no in init is not loaded`, async () => {
    await using stage = await openStage();
    const error = await assertRejects(
      async () =>
        await stage.load(await fixture(form), { customConfig: "not today" }),
      ForgeError,
    );
    assertEquals(error.code, "EXTENSION_INIT_FAILED");
    assertStringIncludes(error.message, "not today");
  });
}
