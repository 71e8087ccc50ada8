/** `forge call NAME resolve-field` and `forge schema`. */

import {
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import {
  fixture,
  forgeRon,
  ociEntry,
  openWorkspace,
  type WorkspaceOptions,
} from "./workspace.ts";

const { stringify } = JSON;

async function openTracker(options: WorkspaceOptions = {}) {
  const work = await openWorkspace(options);
  const local: string[] = [];
  for (const name of ["tracker", "world", "greeter"]) {
    await work.write(`${name}.wasm`, await fixture(name));
    local.push(`(name: "${name}", path: "${name}.wasm")`);
  }
  await work.write(
    "forge.ron",
    forgeRon({
      local: local.join(", "),
      // Enough for all of it, and soon burnt where machines are busy.
      settings: "limits: Some(Limits(fuel: Some(50000000)))",
    }),
  );
  return work;
}

/** Numbers that are others once JavaScript has read them. */
const NUMBERS = '{"id": 9007199254740993, "x": [1.0, 1e400, -0]}';

const answers: readonly (readonly [string[], string])[] = [
  [["world", "resolve-field", "count"], "1\n"],
  [["world", "resolve-field", "Mutation.echo"], "{}\n"],
  [["world", "resolve-field", "echo", '{"a": [1, "é"]}'], '{"a": [1, "é"]}\n'],
  [["world", "resolve-field", "echo", NUMBERS], `${NUMBERS}\n`],
  [
    [
      "world",
      "resolve-field",
      `{"arguments": ${NUMBERS}, "fieldName": "echo"}`,
    ],
    `${NUMBERS}\n`,
  ],
  [
    [
      "world",
      "resolve-field",
      stringify({ fieldName: "echo", arguments: "{}" }),
    ],
    "{}\n",
  ],
  [
    ["world", "resolve-field", '{"fieldName": "echo", "context": null}'],
    "{}\n",
  ],
  [["world", "resolve-field", '{"fieldName": "count"}'], "1\n"],
  [["tracker", "resolve-field", "issues"], "[]\n"],
];

for (const [args, expected] of answers) {
  Deno.test(`"forge call ${args.join(" ")}" prints ${expected.trim()}`, async () => {
    await using work = await openTracker();
    const { status, out, err } = await work.forge("call", ...args);
    assertEquals(status, 0, err);
    assertEquals(out, expected);
  });
}

Deno.test("a field is resolved in the database that stays, and for whom was said", async () => {
  await using work = await openTracker();
  const ask = async (...args: readonly string[]) => {
    const { status, out, err } = await work.forge(
      ...["call", "tracker", "resolve-field", "--json", ...args],
    );
    assertEquals(status, 0, err);
    return JSON.parse(out);
  };
  const opened = await ask("Mutation.openIssue", stringify({ title: "one" }));
  assertEquals(opened.ok, true);
  assertEquals(opened.export, "resolve-field");
  assertEquals(opened.result.title, "one");
  const request = { fieldName: "issue", arguments: { id: "1" } };
  assertEquals((await ask(stringify(request))).result.title, "one");
  const context = { scope: "user", user: { id: "7", username: "ada" } };
  const told = await ask("context", "--context", stringify(context));
  assertStringIncludes(stringify(told.result), "ada");
});

const refusals: readonly (readonly [string[], number, RegExp])[] = [
  [["resolve-field"], 2, /needs FIELD \[ARGUMENTS\]/],
  [["resolve-field", "count", "{}", "x"], 2, /does not take "x"/],
  [["resolve-field", "count", "{"], 2, /Cannot read the arguments as JSON/],
  [["resolve-field", "count", "[1]"], 2, /Cannot use the arguments: expected/],
  [["resolve-field", "count", "--context", "7"], 2, /Cannot use --context/],
  [["resolve-field", "count", "--parent", "x"], 2, /Cannot read --parent/],
  [["resolve-field", ".echo"], 2, /Cannot read ".echo" as a field: expected/],
  [["resolve-field", "Query."], 2, /Cannot read "Query." as a field: expected/],
  [
    ["resolve-field", "count", "--context", '{"kind":"global"}'],
    2,
    /Cannot use --context: context: it has "kind", and may have scope, rep/,
  ],
  [
    ["resolve-field", "count", "--context", '{"scope":"nope"}'],
    2,
    /Cannot use --context: context.scope: expected one of global, .*"nope"/,
  ],
  [
    ["resolve-field", "count", "--context", '{"scope":"user","user":{"id":1}}'],
    2,
    /context.user.id: expected a string, got number/,
  ],
  [
    [
      ...["resolve-field", "count", "--context"],
      '{"scope":"user","user":{"id":"1","username":"a","name":"A"}}',
    ],
    2,
    /context.user: it has "name", and may have id, username, displayName, email/,
  ],
  [
    ["resolve-field", '{"fieldName":"a","context":"x"}'],
    2,
    /Cannot use the request: context: expected an object, got "x"/,
  ],
  [
    ["resolve-field", '{"fieldName":"a","context":""}'],
    2,
    /Cannot use the request: context: expected an object, got ""/,
  ],
  [
    ["resolve-field", '{"fieldName":"a","arguments":[1]}'],
    2,
    /Cannot use "arguments" of the request: expected a JSON object/,
  ],
  [
    ["resolve-field", '{"fieldName":"a","parent":"x"}'],
    2,
    /Cannot read "parent" of the request as JSON/,
  ],
  [["resolve-field", '{"fieldName":""}'], 2, /"fieldName" must be a text that/],
  [["resolve-field", "{}"], 2, /"fieldName" must be a text/],
  [["resolve-field", '{"fieldName": 1}'], 2, /"fieldName" must be a text/],
  [["resolve-field", '{"field": "a"}'], 2, /it has "field", and may have/],
  [["resolve-field", '{"fieldName": "a"}', "{}"], 2, /does not take "{}"/],
  [["resolve-field", "nothing"], 1, /Cannot resolve Query.nothing of world/],
  [["resolve-field", "trap"], 1, /Cannot finish resolve-field of world/],
  [["resolve-field", "spin"], 1, /burnt all of its \d+ units/],
];

for (const [args, expected, words] of refusals) {
  Deno.test(`"forge call world ${args.join(" ")}" says what is wrong`, async () => {
    await using work = await openTracker();
    const { status, out, err } = await work.forge("call", "world", ...args);
    assertEquals(status, expected, err);
    assertEquals(out, "");
    assertMatch(err, words);
    assertMatch(err, /hint: /);
    assertFalse(/^ {4}at /m.test(err));
  });
}

Deno.test("JSON that is too long for a command line comes from standard input", async () => {
  const text = "é".repeat(1_000_000);
  const calls: readonly (readonly [string, readonly string[]])[] = [
    [stringify({ text }), ["echo", "-"]],
    [stringify({ fieldName: "echo", arguments: { text } }), ["-"]],
  ];
  for (const [input, args] of calls) {
    await using work = await openTracker({ input });
    const { status, out, err } = await work.forge(
      ...["call", "world", "resolve-field", ...args],
    );
    assertEquals(status, 0, err);
    assertEquals(JSON.parse(out), { text });
  }
});

const inputs: readonly (readonly [string, readonly string[], RegExp])[] = [
  ["{}", ["echo", "-", "--context", "-"], /Cannot read standard input twice/],
  ["count", ["-"], /Cannot read the request as JSON/],
  ["[1]", ["echo", "-"], /Cannot use the arguments: expected a JSON object/],
  ["", ["echo", "-"], /Cannot read the arguments as JSON/],
];

for (const [input, args, words] of inputs) {
  Deno.test(
    `"forge call world resolve-field ${
      args.join(" ")
    }" of "${input}" says what is wrong`,
    async () => {
      await using work = await openTracker({ input });
      const { status, err } = await work.forge(
        ...["call", "world", "resolve-field", ...args],
      );
      assertEquals(status, 2);
      assertMatch(err, words);
    },
  );
}

Deno.test("numbers of an answer are what they were in the document of --json, too", async () => {
  await using work = await openTracker();
  const { out } = await work.forge(
    ...["call", "world", "resolve-field", "echo", NUMBERS, "--json"],
  );
  assertStringIncludes(out, `"result": ${NUMBERS}\n}`);
  assertEquals(JSON.parse(out), {
    ...{ ok: true, name: "world", export: "resolve-field" },
    result: JSON.parse(NUMBERS),
  });
});

Deno.test("what an extension says in several lines has its name in front of each", async () => {
  await using work = await openTracker();
  const { err } = await work.forge(
    ...["call", "world", "resolve-field", "log", '{"a":\n1}'],
  );
  assertStringIncludes(err, '[world] {"a":\n[world] 1}\n');
});

Deno.test("a refused field is one JSON document with --json", async () => {
  await using work = await openTracker();
  const { status, out } = await work.forge(
    ...["call", "world", "resolve-field", "nothing", "--json"],
  );
  assertEquals(status, 1);
  assertEquals(JSON.parse(out).ok, false);
  assertEquals(JSON.parse(out).error.code, "FIELD_REFUSED");
});

Deno.test("an extension that is not of the world has no fields", async () => {
  await using work = await openTracker();
  const { status, err } = await work.forge(
    ...["call", "greeter", "resolve-field", "count"],
  );
  assertEquals(status, 1);
  assertStringIncludes(err, `Cannot call "resolve-field" of greeter`);
});

Deno.test("who calls an extension of the world by a name that it has not is pointed at its fields", async () => {
  await using work = await openTracker();
  const { status, err } = await work.forge("call", "world", "issues");
  assertEquals(status, 1);
  assertStringIncludes(err, `Cannot call "issues" of world: it has no such`);
  assertStringIncludes(err, "resolve one of its fields instead");
  assertFalse(err.includes("cabi_"), err);
});

Deno.test("schema prints the SDL of one extension", async () => {
  await using work = await openTracker();
  const { status, out, err } = await work.forge("schema", "tracker");
  assertEquals(status, 0, err);
  const text = await Deno.readTextFile(
    new URL("../fixtures/tracker/schema.graphql", import.meta.url),
  );
  assertEquals(out.trim(), text.trim());
});

Deno.test("schema prints the SDL of all, each under its name, and leaves out who has none", async () => {
  await using work = await openTracker();
  const { status, out, err } = await work.forge("schema");
  assertEquals(status, 0, err);
  assertEquals(out.match(/^# \S+$/gm), ["# tracker", "# world"]);
  const { schemas, ok } = JSON.parse(
    (await work.forge("schema", "--json")).out,
  );
  assertEquals(ok, true);
  assertEquals(
    schemas.map((each: Record<string, unknown>) => [
      each.name,
      typeof each.schema,
    ]),
    [["tracker", "string"], ["world", "string"], ["greeter", "undefined"]],
  );
});

Deno.test("schema of one extension that has none, or is not there, says so", async () => {
  await using work = await openTracker();
  const none = await work.forge("schema", "greeter");
  assertEquals(none.status, 1);
  assertStringIncludes(none.err, "it is not of the world forge:extension");
  const nobody = await work.forge("schema", "nobody", "--json");
  assertEquals(nobody.status, 2);
  assertEquals(JSON.parse(nobody.out).error.code, "EXTENSION_NOT_FOUND");
});

Deno.test("schema goes on without who cannot be had or started, and fails", async () => {
  await using work = await openTracker();
  await work.write("bad.wasm", await fixture("bad_import"));
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry("ghcr.io", "absent", "v1"),
      local:
        `(name: "bad", path: "bad.wasm"), (name: "world", path: "world.wasm")`,
    }),
  );
  const { status, out, err } = await work.forge(
    "schema",
    "--offline",
    "--json",
  );
  assertEquals(status, 1);
  const { schemas, ok } = JSON.parse(out);
  assertEquals(ok, false);
  assertEquals(
    schemas.map((each: { name: string; error?: { code: string } }) => [
      each.name,
      each.error?.code,
    ]),
    [["absent", undefined], ["bad", "WASM_UNSUPPORTED"], ["world", undefined]],
  );
  assertStringIncludes(err, "Cannot load bad");
  const one = await work.forge("schema", "absent", "--offline");
  assertEquals(one.status, 1);
  assertStringIncludes(one.err, "Skipping absent");
});
