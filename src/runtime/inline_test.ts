/** Extensions in this thread: what they get from the host, and what holds them. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ForgeError, type ForgeErrorCode } from "../errors.ts";
import type { Database, SqlValue } from "../platform/types.ts";
import type { ExtensionEvent } from "./events.ts";
import type { Extension } from "./extension.ts";
import type { FieldRequest } from "./field.ts";
import { type GuestWat, guestWat } from "./guest_wat_test.ts";
import { loadExtension, type LoadExtensionOptions } from "./load.ts";
import type { LogLine } from "./log.ts";

const REQUEST = { fieldName: "f", parentType: "Query" };
const HELLO = { status: "success", json: "hello" } as const;

async function load(
  wat: GuestWat = {},
  options: LoadExtensionOptions = {},
): Promise<Extension> {
  const bytes = await guestWat(wat);
  return await loadExtension({ name: "sample", bytes }, options);
}

async function failure(work: () => Promise<unknown>): Promise<ForgeError> {
  return await assertRejects(work, ForgeError);
}

Deno.test("an extension is started and says what it is", async () => {
  const events: ExtensionEvent[] = [];
  const extension = await load({}, { onEvent: (event) => events.push(event) });
  const info = { name: "hello", version: "hello", capabilities: [] };
  assertEquals(extension.world, "forge:extension");
  assertEquals(extension.info, info);
  assertEquals(extension.schema, "hello");
  assertEquals(events, [{ type: "loaded", name: "sample", info }]);
  assertEquals(await extension.resolveField(REQUEST), HELLO);
});

/** Where the texts of a request are in the record of 192 bytes. */
const TEXTS: Readonly<Record<string, number>> = {
  fieldName: 0,
  parentType: 8,
  arguments: 16,
  "repository.id": 32,
  "repository.slug": 40,
  "repository.groupId": 52,
  "repository.fullPath": 64,
  "repository.remoteUrl": 80,
  "user.id": 92,
  "user.username": 100,
  "user.displayName": 112,
  "user.email": 124,
  "global.installationId": 140,
  "global.environment": 152,
  '"extraJson"': 172,
  parent: 184,
};

/** Every text is its own name. */
const FULL_REQUEST: FieldRequest = {
  fieldName: "fieldName",
  parentType: "parentType",
  arguments: "arguments",
  context: {
    scope: "repository-user",
    repository: {
      id: "repository.id",
      slug: "repository.slug",
      groupId: "repository.groupId",
      fullPath: "repository.fullPath",
      isRemote: true,
      remoteUrl: "repository.remoteUrl",
    },
    user: {
      id: "user.id",
      username: "user.username",
      displayName: "user.displayName",
      email: "user.email",
    },
    global: {
      installationId: "global.installationId",
      environment: "global.environment",
      featureFlags: ["a", "b"],
    },
    extraJson: '"extraJson"',
  },
  parent: "parent",
};

for (const [name, offset] of Object.entries(TEXTS)) {
  Deno.test(`${name} of a request arrives where the world has it`, async () => {
    const extension = await load({
      resolve: `(call $answer (i32.const 0)
        (i32.load offset=${offset} (local.get $request))
        (i32.load offset=${offset + 4} (local.get $request)))`,
    });
    assertEquals(await extension.resolveField(FULL_REQUEST), {
      status: "success",
      json: name,
    });
  });
}

Deno.test("what is not given in a request is marked as absent", async () => {
  for (const offset of [24, 28, 88, 132, 168, 180]) {
    const extension = await load({
      resolve: `(if (i32.load8_u offset=${offset} (local.get $request))
        (then (unreachable)))
        (call $answer (i32.const 0) (i32.const 1024) (i32.const 5))`,
    });
    assertEquals(await extension.resolveField(REQUEST), HELLO);
  }
});

Deno.test("arguments and parent may be objects", async () => {
  const extension = await load({
    resolve: `(call $answer (i32.const 0)
      (i32.load offset=16 (local.get $request))
      (i32.load offset=20 (local.get $request)))`,
  });
  const result = await extension.resolveField({
    ...REQUEST,
    arguments: { first: 3 },
    parent: { id: 1 },
  });
  assertEquals(result, { status: "success", json: `{"first":3}` });
  assertEquals(await extension.resolveField(REQUEST), {
    status: "success",
    json: "{}",
  });
});

interface Breach {
  readonly name: string;
  readonly wat: GuestWat;
  readonly code: ForgeErrorCode;
  readonly says?: string;
  readonly options?: LoadExtensionOptions;
}

const BREACHES: readonly Breach[] = [
  {
    name: "a trap",
    wat: { resolve: "(unreachable)" },
    code: "WASM_TRAP",
    says: "Cannot finish resolve-field of sample: unreachable",
  },
  {
    name: "a loop without end",
    wat: { resolve: "(loop $again (br $again)) (unreachable)" },
    code: "EXTENSION_OUT_OF_FUEL",
    options: { limits: { fuel: 1_000_000 } },
  },
  {
    name: "a recursion without end",
    wat: { resolve: "(call $resolve (local.get $request))" },
    code: "EXTENSION_OUT_OF_STACK",
  },
  {
    name: "a recursion that ends in the host",
    wat: {
      resolve: `(call $log (i32.const 2) (i32.const 1024) (i32.const 5))
        (call $resolve (local.get $request))`,
    },
    code: "EXTENSION_OUT_OF_STACK",
  },
  {
    name: "a trap because there is no more memory",
    wat: {
      resolve: `(if (i32.eq (memory.grow (i32.const 1000)) (i32.const -1))
        (then (unreachable))) (i32.const 32)`,
    },
    code: "EXTENSION_OUT_OF_MEMORY",
  },
  {
    name: "a trap of the allocator",
    wat: { realloc: "(unreachable)", init: "(i32.const 0)" },
    code: "WASM_TRAP",
    says: "Cannot finish init of sample",
  },
  {
    name: "a result that is nowhere",
    wat: { resolve: "(i32.const -4)" },
    code: "EXTENSION_ABI",
    says:
      "a record of 12 bytes at 4294967292 is out of its memory of 65536 in result",
  },
  {
    name: "a text that is not UTF-8",
    wat: {
      resolve: `(i32.store8 (i32.const 1024) (i32.const 255))
        (call $answer (i32.const 0) (i32.const 1024) (i32.const 5))`,
    },
    code: "EXTENSION_ABI",
    says: "text of 5 bytes at 1024 is not UTF-8 in result.success",
  },
  {
    name: "a log line that is not there",
    wat: {
      resolve: `(call $log (i32.const 2) (i32.const 0) (i32.const -1))
        (i32.const 32)`,
    },
    code: "EXTENSION_ABI",
    says: "in log.message",
  },
  {
    name: "a level that there is not",
    wat: {
      resolve: `(call $log (i32.const 5) (i32.const 0) (i32.const 0))
        (i32.const 32)`,
    },
    code: "EXTENSION_ABI",
    says: "there is no case 5 of 5 in log.level",
  },
  {
    name: "a parameter of a statement that lies",
    wat: {
      resolve: `(i32.store8 (i32.const 2048) (i32.const 4))
        (i32.store (i32.const 2056) (i32.const -1))
        (i32.store (i32.const 2060) (i32.const 1))
        (call $query (i32.const 1024) (i32.const 5)
          (i32.const 2048) (i32.const 1) (i32.const 0))
        (i32.const 32)`,
    },
    code: "EXTENSION_ABI",
    says: "in query.params[0].text",
  },
  {
    name: "a call of the host while a result is freed",
    wat: { post: "(call $log (i32.const 0) (i32.const 0) (i32.const 0))" },
    code: "EXTENSION_ABI",
    says: "while the host allocates or frees in log",
  },
  {
    name: "an end in the middle of an operation",
    wat: {
      imports: `(import "wasi_snapshot_preview1" "proc_exit"
        (func $exit (param i32)))`,
      resolve: "(call $exit (i32.const 7)) (i32.const 32)",
    },
    code: "WASM_TRAP",
    says: "it ended with exit status 7",
  },
  {
    name: "an exception of the guest",
    wat: { more: "(tag $oops)", resolve: "(throw $oops)" },
    code: "WASM_TRAP",
    says: "an exception",
  },
  {
    name: "a failure of the host that the guest catches",
    wat: {
      resolve: `(block $caught (try
          (do (call $log (i32.const 9) (i32.const 0) (i32.const 0)))
          (catch_all (br $caught))))
        (call $answer (i32.const 0) (i32.const 1024) (i32.const 5))`,
    },
    code: "EXTENSION_ABI",
    says: "there is no case 9 of 5",
  },
  {
    name: "a failure of the host that the guest catches again and again",
    wat: {
      resolve: `(loop $again (try
          (do (call $log (i32.const 9) (i32.const 0) (i32.const 0)))
          (catch_all))
        (br $again)) (unreachable)`,
    },
    code: "EXTENSION_ABI",
    says: "there is no case 9 of 5",
  },
];

for (const { name, wat, code, says = "", options } of BREACHES) {
  Deno.test(`${name} is told as what it is, and the host goes on`, async () => {
    const events: string[] = [];
    const onEvent = ({ type }: ExtensionEvent) => void events.push(type);
    const work = async () => {
      const extension = await load(wat, { ...options, onEvent });
      await extension.resolveField(REQUEST);
    };
    const error = await failure(work);
    assertEquals(error.code, code);
    assertStringIncludes(error.message, says);
    assertEquals((await failure(work)).code, code);
  });
}

Deno.test("after each kind of failure the next call gets a fresh instance", async () => {
  const extension = await load({
    more: "(global $calls (mut i32) (i32.const 0))",
    resolve: `(global.set $calls
        (i32.add (global.get $calls) (i32.const 1)))
      (if (i32.eq (global.get $calls) (i32.const 2)) (then (unreachable)))
      (call $answer (i32.const 0) (i32.const 1024) (i32.const 5))`,
  });
  for (let i = 0; i < 3; i++) {
    assertEquals(await extension.resolveField(REQUEST), HELLO);
    assertEquals(
      (await failure(() => extension.resolveField(REQUEST))).code,
      "WASM_TRAP",
    );
  }
  assertEquals(extension.metrics.restarts, 2);
  assertEquals(extension.metrics.traps, 3);
});

Deno.test("fuel is what one operation may burn, and not all of them together", async () => {
  const extension = await load({
    more: "(global $left (mut i32) (i32.const 0))",
    resolve: `(global.set $left (i32.const 1000))
      (loop $again
        (global.set $left (i32.sub (global.get $left) (i32.const 1)))
        (br_if $again (global.get $left)))
      (call $answer (i32.const 0) (i32.const 1024) (i32.const 5))`,
  }, { limits: { fuel: 10_000 } });
  const before = extension.metrics.fuel;
  for (let i = 0; i < 5; i++) await extension.resolveField(REQUEST);
  const burnt = (extension.metrics.fuel - before) / 5;
  assertEquals(burnt > 5000 && burnt < 10_000, true, `${burnt}`);
});

Deno.test("memory that starts beyond the limit is refused", async () => {
  const memory = `(memory (export "memory") 300)`;
  assertEquals((await failure(() => load({ memory }))).code, "TOO_LARGE");
  const limits = { memoryBytes: 300 * 65_536 };
  const extension = await load({ memory }, { limits });
  assertEquals(extension.metrics.memoryBytes, 300 * 65_536);
});

Deno.test("a module that is too large is not even looked at", async () => {
  const error = await failure(() => load({}, { limits: { moduleBytes: 100 } }));
  assertEquals(error.code, "TOO_LARGE");
  assertStringIncludes(error.message, "the limit is 100");
});

Deno.test("time is looked at when the guest calls the host, and when it is done", async () => {
  const clock = { time: 0, now: () => clock.time };
  const lines: string[] = [];
  const options = {
    clock,
    limits: { timeoutMs: 1000 },
    onLog: ({ text }: LogLine) => {
      lines.push(text);
      clock.time += 600;
    },
  };
  const log = "(call $log (i32.const 2) (i32.const 1024) (i32.const 5))";
  const thrice = await load({
    resolve: `${log} ${log} ${log} (i32.const 32)`,
  }, options);
  const error = await failure(() => thrice.resolveField(REQUEST));
  assertEquals([error.code, lines.length], ["EXTENSION_TIMEOUT", 2]);
  const twice = await load(
    { resolve: `${log} ${log} (i32.const 32)` },
    options,
  );
  assertEquals(
    (await failure(() => twice.resolveField(REQUEST))).code,
    "EXTENSION_TIMEOUT",
  );
  const once = await load({
    resolve:
      `${log} (call $answer (i32.const 0) (i32.const 1024) (i32.const 5))`,
  }, options);
  assertEquals(await once.resolveField(REQUEST), HELLO);
  assertEquals(once.metrics.timeMs, 600);
});

Deno.test("a log line has its level, and the name of the extension", async () => {
  const lines: LogLine[] = [];
  const extension = await load({
    resolve: [0, 1, 2, 3, 4].map((level) =>
      `(call $log (i32.const ${level}) (i32.const 1024) (i32.const 5))`
    ).join(" ") + "(i32.const 32)",
  }, {
    onLog: (line) =>
      lines.push(line),
  });
  await extension.resolveField(REQUEST);
  assertEquals(lines.map(({ level }) => level), [
    "trace",
    "debug",
    "info",
    "warn",
    "error",
  ]);
  const [first] = lines;
  const expected = { name: "sample", stream: "log", text: "hello" } as const;
  assertEquals(first, { ...expected, level: "trace" });
});

Deno.test("an error of who receives the log comes through as it is", async () => {
  const extension = await load({
    resolve: `(call $log (i32.const 2) (i32.const 1024) (i32.const 5))
      (i32.const 32)`,
  }, {
    onLog: () => {
      throw new TypeError("no disk space");
    },
  });
  await assertRejects(
    () => extension.resolveField(REQUEST),
    TypeError,
    "no disk space",
  );
  assertEquals(extension.metrics.traps, 0);
});

Deno.test("a call that is made from the log waits for its turn", async () => {
  let inner: Promise<unknown> = Promise.resolve();
  const extension: Extension = await load({
    resolve: `(call $log (i32.const 2) (i32.const 1024) (i32.const 5))
      (call $answer (i32.const 0) (i32.const 1024) (i32.const 5))`,
  }, {
    onLog: () => {
      if (extension.metrics.calls < 2) inner = extension.resolveField(REQUEST);
    },
  });
  assertEquals(await extension.resolveField(REQUEST), HELLO);
  assertEquals(await inner, HELLO);
});

const QUERY = `
  (call $query (i32.const 1024) (i32.const 5)
    (i32.const 2048) (i32.const 6) (i32.const 128))`;

/** Null, true, -1, 0.5, "hello" and the blob "hello", as parameters at 2048. */
const PARAMETERS = `
  (i32.store8 (i32.const 2048) (i32.const 0))
  (i32.store8 (i32.const 2064) (i32.const 1))
  (i32.store8 (i32.const 2072) (i32.const 1))
  (i32.store8 (i32.const 2080) (i32.const 2))
  (i64.store (i32.const 2088) (i64.const -9223372036854775808))
  (i32.store8 (i32.const 2096) (i32.const 3))
  (f64.store (i32.const 2104) (f64.const 0.5))
  (i32.store8 (i32.const 2112) (i32.const 4))
  (i32.store (i32.const 2120) (i32.const 1024))
  (i32.store (i32.const 2124) (i32.const 5))
  (i32.store8 (i32.const 2128) (i32.const 5))
  (i32.store (i32.const 2136) (i32.const 1024))
  (i32.store (i32.const 2140) (i32.const 5))`;

interface Scripted {
  readonly database: NonNullable<LoadExtensionOptions["database"]>;
  readonly log: unknown[];
}

function scriptDatabase(script: Partial<Database>): Scripted {
  const log: unknown[] = [];
  const open = (path: string): Promise<Database> => {
    log.push(`open ${path}`);
    return Promise.resolve({
      query: (sql, params) => {
        log.push([sql, params]);
        return [];
      },
      execute: () => ({ rowsAffected: 0n }),
      migrate: (sql) => void log.push(sql),
      close: () => void log.push("close"),
      ...script,
    });
  };
  return { database: { path: "/data/sample.db", open }, log };
}

Deno.test("parameters of a statement arrive as values of SQLite", async () => {
  const { database, log } = scriptDatabase({});
  const extension = await load({
    resolve: `${PARAMETERS} ${QUERY} (i32.const 32)`,
  }, { database });
  await extension.resolveField(REQUEST);
  const hello = new TextEncoder().encode("hello");
  const params: readonly SqlValue[] = [
    null,
    1n,
    -(2n ** 63n),
    0.5,
    "hello",
    hello,
  ];
  assertEquals(log, ["open /data/sample.db", ["hello", params]]);
});

/** Answers with the text of the first value of the first row. */
const FIRST_VALUE = `
  (local.set $row (i32.load (i32.load (i32.const 132))))
  (call $answer (i32.load8_u (i32.const 128))
    (i32.load offset=8 (local.get $row))
    (i32.load offset=12 (local.get $row)))`;

Deno.test("rows arrive in the memory of the guest", async () => {
  const { database } = scriptDatabase({ query: () => [["wörld", 2n ** 62n]] });
  const extension = await load({
    resolve: `(local $row i32) ${QUERY} ${FIRST_VALUE}`,
  }, { database });
  assertEquals(await extension.resolveField(REQUEST), {
    status: "success",
    json: "wörld",
  });
});

/** Answers with what the database said. */
const MESSAGE = `
  (call $answer (i32.load8_u (i32.const 128))
    (i32.load (i32.const 132)) (i32.load (i32.const 136)))`;

const REFUSALS: readonly [string, Partial<Database>, string][] = [
  ["an error of the database", {
    query: () => {
      throw new Error("no such table: issues");
    },
  }, "no such table: issues"],
  ["more rows than are allowed", {
    query: () => Array<SqlValue[]>(11).fill([null]),
  }, "the query gives more than 10 rows"],
  ["more bytes than are allowed", {
    query: () => [["x".repeat(900), "y".repeat(900)]],
  }, "the query gives more than 1000 bytes"],
];

for (const [name, script, message] of REFUSALS) {
  Deno.test(`${name} is an answer for the extension`, async () => {
    const extension = await load({ resolve: `${QUERY} ${MESSAGE}` }, {
      database: scriptDatabase(script).database,
      limits: { maxRows: 10, maxResultBytes: 1000 },
    });
    assertEquals(await extension.resolveField(REQUEST), {
      status: "error",
      message,
    });
  });
}

Deno.test("an extension whose host has no database for it is told so", async () => {
  const extension = await load({ resolve: `${QUERY} ${MESSAGE}` });
  assertEquals(await extension.resolveField(REQUEST), {
    status: "error",
    message: "this host gives the extension no database",
  });
});

Deno.test("a broken instance leaves its database closed, and so does a failed start", async () => {
  const { database, log } = scriptDatabase({});
  const extension = await load({ resolve: "(unreachable)" }, { database });
  await failure(() => extension.resolveField(REQUEST));
  assertEquals(log, ["open /data/sample.db", "close"]);
  log.length = 0;
  await failure(() => load({ init: "(unreachable)" }, { database }));
  assertEquals(log, ["open /data/sample.db", "close"]);
});

Deno.test("an extension that refuses to start says why", async () => {
  const error = await failure(() =>
    load({
      init: "(call $answer (i32.const 1) (i32.const 1024) (i32.const 5))",
    })
  );
  assertEquals(error.code, "EXTENSION_INIT_FAILED");
  assertEquals(error.message, "Cannot start sample: hello");
});
