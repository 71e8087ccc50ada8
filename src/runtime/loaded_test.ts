/** The life of an extension, with instances that are scripted. */

import { assertEquals, assertRejects } from "@std/assert";
import { assemble } from "../../tests/wasm/assemble.ts";
import { ForgeError } from "../errors.ts";
import type { ExtensionEvent } from "./events.ts";
import type { Instance, InstanceSpec, Operation } from "./instance.ts";
import { DEFAULT_LIMITS, type ExtensionLimits } from "./limits.ts";
import { LoadedExtension } from "./loaded.ts";
import { prepareProgram } from "./program.ts";

type Perform = (operation: Operation) => unknown;

interface Stage {
  readonly extension: LoadedExtension;
  readonly events: ExtensionEvent[];
  /** What happened to instances, by their number. */
  readonly log: string[];
  /** What the next instances do; `Error` when one does not start. */
  readonly next: (Perform | Error)[];
  readonly clock: { time: number };
  /** What the close of an instance waits for; it closes at once, if there is none. */
  closing: Promise<void> | undefined;
}

const EMPTY = await assemble("empty", "(module)");

async function openStage(
  first: Perform,
  limits: Partial<ExtensionLimits> = {},
): Promise<Stage> {
  const clock = { time: 0, now: () => clock.time };
  const events: ExtensionEvent[] = [];
  const log: string[] = [];
  const next: (Perform | Error)[] = [first];
  const stage: Omit<Stage, "extension"> = {
    ...{ events, log, next, clock },
    closing: undefined,
  };
  let count = 0;
  const start = (): Promise<Instance> => {
    const perform = next.shift() ?? (() => "default");
    if (perform instanceof Error) return Promise.reject(perform);
    count += 1;
    const id = count;
    log.push(`${id} starts`);
    return Promise.resolve({
      info: { name: "fake", version: `${id}`, capabilities: [] },
      schema: undefined,
      perform(operation) {
        if (operation.kind === "shutdown") log.push(`${id} says goodbye`);
        return perform(operation);
      },
      usage: () => ({ fuel: 10, timeMs: 1, memoryBytes: 100 * id }),
      close() {
        const close = () => void log.push(`${id} is closed`);
        return stage.closing?.then(close) ?? close();
      },
    });
  };
  const all = { ...DEFAULT_LIMITS, ...limits };
  const spec: InstanceSpec = {
    name: "notes",
    program: await prepareProgram({ name: "notes", bytes: EMPTY }, all),
    limits: all,
    config: { version: "0.0.0", customConfig: undefined },
    databasePath: undefined,
    directoryPath: undefined,
  };
  const host = {
    onLog: () => {},
    clock,
    openDatabase: undefined,
    openDirectory: undefined,
  };
  const onEvent = (event: ExtensionEvent) => void events.push(event);
  const extension = new LoadedExtension(
    { spec, host, start, onEvent },
    await start(),
  );
  return Object.assign(stage, { extension });
}

const trap = () => {
  throw new ForgeError("WASM_TRAP", "Cannot finish f of notes: unreachable");
};

/** Any call; what it gives is what the script says. */
function call(extension: LoadedExtension): Promise<unknown> {
  return extension.call("f");
}

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  return (await assertRejects(work, ForgeError)).code;
}

Deno.test("a call is made before it is awaited, and gives what the instance gives", async () => {
  const asked: Operation[] = [];
  const { extension } = await openStage((operation) => {
    asked.push(operation);
    return 42;
  });
  const promise = extension.call("add", 1, 2n);
  assertEquals(asked, [{ kind: "call", name: "add", args: [1, 2n] }]);
  assertEquals(await promise, 42);
});

Deno.test("a call that breaks the instance rejects, and the next one gets a fresh instance", async () => {
  const { extension, log, events } = await openStage(trap);
  assertEquals(await codeOf(() => call(extension)), "WASM_TRAP");
  assertEquals(log, ["1 starts", "1 is closed"]);
  assertEquals(extension.metrics.memoryBytes, 0);
  assertEquals(await call(extension), "default");
  assertEquals(log, ["1 starts", "1 is closed", "2 starts"]);
  assertEquals(events.map(({ type }) => type), ["failed", "restarted"]);
  assertEquals(extension.metrics, {
    calls: 2,
    failures: 1,
    traps: 1,
    restarts: 1,
    timeMs: 2,
    fuel: 20,
    memoryBytes: 200,
  });
  assertEquals(extension.info?.version, "2");
});

Deno.test("a function that is not there is no reason for a fresh instance", async () => {
  const { extension, log, events } = await openStage(() => {
    throw new ForgeError("EXPORT_NOT_FOUND", "no such function");
  });
  assertEquals(await codeOf(() => call(extension)), "EXPORT_NOT_FOUND");
  assertEquals([log, events], [["1 starts"], []]);
  assertEquals(extension.metrics.traps, 0);
});

Deno.test("an error of the host itself comes through as it is, and is no failure of the extension", async () => {
  const { extension, log, events } = await openStage(() => {
    throw new TypeError("the log is full");
  });
  await assertRejects(() => call(extension), TypeError, "the log is full");
  assertEquals(await call(extension), "default");
  assertEquals(log, ["1 starts", "1 is closed", "2 starts"]);
  assertEquals(events, []);
});

Deno.test("who fails again and again is left alone for longer and longer", async () => {
  const { extension, next, clock, events } = await openStage(trap);
  next.push(trap, trap, trap);
  for (let i = 0; i < 3; i++) await codeOf(() => call(extension));
  assertEquals(
    await codeOf(() => call(extension)),
    "EXTENSION_UNAVAILABLE",
  );
  clock.time += 100;
  assertEquals(await codeOf(() => call(extension)), "WASM_TRAP");
  clock.time += 199;
  assertEquals(
    await codeOf(() => call(extension)),
    "EXTENSION_UNAVAILABLE",
  );
  clock.time += 1;
  assertEquals(await call(extension), "default");
  assertEquals(
    events.flatMap((event) => event.type === "failed" ? [event.backoffMs] : []),
    [0, 0, 100, 200],
  );
});

Deno.test("an instance that does not start is a failure like any other", async () => {
  const { extension, next, events, log } = await openStage(trap);
  next.push(new ForgeError("EXTENSION_INIT_FAILED", "no database"));
  await codeOf(() => call(extension));
  assertEquals(
    await codeOf(() => call(extension)),
    "EXTENSION_INIT_FAILED",
  );
  assertEquals(await call(extension), "default");
  assertEquals(log, ["1 starts", "1 is closed", "2 starts"]);
  assertEquals(
    events.map((event) => event.type === "failed" ? event.operation : "-"),
    ["f", "init", "-"],
  );
});

Deno.test("calls of an instance that answers later are made one after the other", async () => {
  const answers: ((value: unknown) => void)[] = [];
  const { extension } = await openStage(() =>
    new Promise((resolve) => answers.push(resolve))
  );
  const all = Promise.all([extension.call("a"), extension.call("b")]);
  assertEquals(answers.length, 1);
  answers[0]?.(1);
  await Promise.resolve();
  while (answers.length < 2) await Promise.resolve();
  answers[1]?.(2);
  assertEquals(await all, [1, 2]);
});

Deno.test("more calls than may run or wait are refused, and none of the others suffers", async () => {
  const hold = Promise.withResolvers<string>();
  const { extension } = await openStage(() => hold.promise, {
    maxConcurrentOperations: 3,
  });
  const taken = [1, 2, 3].map(() => call(extension));
  assertEquals(await codeOf(() => call(extension)), "EXTENSION_BUSY");
  hold.resolve("done");
  assertEquals(await Promise.all(taken), ["done", "done", "done"]);
  assertEquals(await call(extension), "done");
});

Deno.test("a call that was aborted before its turn is not made", async () => {
  const hold = Promise.withResolvers<string>();
  let calls = 0;
  const { extension } = await openStage(() => {
    calls += 1;
    return hold.promise;
  });
  const request = { fieldName: "f", parentType: "Query" };
  const first = extension.resolveField(request);
  const waiting = new AbortController();
  const second = extension.resolveField(request, waiting);
  waiting.abort(new Error("enough"));
  await assertRejects(() => second, Error, "enough");
  hold.resolve("done");
  await first;
  assertEquals(calls, 1);
});

Deno.test("after shutdown every call is refused, and those made before are done", async () => {
  const hold = Promise.withResolvers<string>();
  const { extension, log, events } = await openStage(({ kind }) =>
    kind === "call" ? hold.promise : undefined
  );
  const before = call(extension);
  const shutdown = extension.shutdown();
  assertEquals(await codeOf(() => call(extension)), "EXTENSION_CLOSED");
  assertEquals(await codeOf(() => extension.reload(EMPTY)), "EXTENSION_CLOSED");
  hold.resolve("done");
  assertEquals(await before, "done");
  await shutdown;
  await extension.shutdown();
  await extension[Symbol.asyncDispose]();
  assertEquals(log, ["1 starts", "1 says goodbye", "1 is closed"]);
  assertEquals(events, [{ type: "closed", name: "notes" }]);
  assertEquals(await codeOf(() => extension.run()), "EXTENSION_CLOSED");
});

Deno.test("a shutdown is over when all instances are gone, those that broke among them", async () => {
  const stage = await openStage(trap);
  const { extension, log, events } = stage;
  const closing = [1, 2].map(() => Promise.withResolvers<void>());
  stage.closing = closing[0]!.promise;
  await codeOf(() => call(extension));
  await call(extension);
  stage.closing = closing[1]!.promise;
  let isOver = false;
  const shutdown = extension.shutdown().then(() => isOver = true);
  closing[1]!.resolve();
  await new Promise((wake) => setTimeout(wake));
  assertEquals(isOver, false);
  closing[0]!.resolve();
  await shutdown;
  assertEquals(log.slice(2), [
    "2 says goodbye",
    "2 is closed",
    "1 is closed",
  ]);
  assertEquals(events.at(-1), { type: "closed", name: "notes" });
});

Deno.test("an extension that breaks in its shutdown is closed all the same", async () => {
  const { extension, log, events } = await openStage(trap);
  await extension.shutdown();
  assertEquals(log, ["1 starts", "1 says goodbye", "1 is closed"]);
  assertEquals(events.map(({ type }) => type), ["failed", "closed"]);
});

Deno.test("a reload has the new instance ready before the old one goes", async () => {
  const { extension, log, events } = await openStage(() => "old");
  await extension.reload(EMPTY);
  assertEquals(log, [
    "1 starts",
    "2 starts",
    "1 says goodbye",
    "1 is closed",
  ]);
  assertEquals(await call(extension), "default");
  assertEquals(extension.info?.version, "2");
  assertEquals(events.map(({ type }) => type), ["reloaded"]);
  assertEquals(extension.metrics.fuel, 20);
});

Deno.test("a reload that fails leaves everything as it was", async () => {
  const { extension, next, log, events } = await openStage(() => "old");
  next.push(new ForgeError("EXTENSION_INIT_FAILED", "no"));
  const attempts: readonly [Uint8Array<ArrayBuffer>, string][] = [
    [Uint8Array.of(1, 2, 3, 4), "WASM_INVALID"],
    [EMPTY, "EXTENSION_INIT_FAILED"],
  ];
  for (const [bytes, code] of attempts) {
    assertEquals(await codeOf(() => extension.reload(bytes)), code);
    assertEquals(await call(extension), "old");
  }
  const stopped = AbortSignal.abort(new Error("enough"));
  await assertRejects(
    () => extension.reload(EMPTY, { signal: stopped }),
    Error,
    "enough",
  );
  assertEquals(log, ["1 starts"]);
  assertEquals(events.map(({ type }) => type), [
    "reload-failed",
    "reload-failed",
  ]);
});

Deno.test("a call that runs keeps its instance during a reload, one that waits gets the new one", async () => {
  const hold = Promise.withResolvers<string>();
  const { extension, next, log } = await openStage(({ kind }) =>
    kind === "call" ? hold.promise : undefined
  );
  next.push(() => "new");
  const running = call(extension);
  const reload = extension.reload(EMPTY);
  while (log.length < 2) await new Promise((wake) => setTimeout(wake));
  const waiting = call(extension);
  hold.resolve("old");
  assertEquals([await running, await waiting], ["old", "new"]);
  await reload;
});

Deno.test("a shutdown during a reload wins, and no instance is left", async () => {
  const { extension, log } = await openStage(() => "old");
  const reload = extension.reload(EMPTY);
  const shutdown = extension.shutdown();
  assertEquals(await codeOf(() => reload), "EXTENSION_CLOSED");
  await shutdown;
  assertEquals(
    log.filter((line) => line.endsWith("starts")).length,
    log.filter((line) => line.endsWith("is closed")).length,
  );
});

Deno.test("a program that ended leaves no instance, and the next run is no restart", async () => {
  const { extension, log, events } = await openStage(() => 3);
  assertEquals(await extension.run(), 3);
  assertEquals(log, ["1 starts", "1 is closed"]);
  await extension.run();
  assertEquals(extension.metrics.restarts, 0);
  assertEquals(events, []);
});
