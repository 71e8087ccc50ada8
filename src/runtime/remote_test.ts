/** The program's side, with a thread or process that does what the test says. */

import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { ForgeError } from "../errors.ts";
import type { RemoteHostOptions } from "../platform/types.ts";
import { loadExtension } from "./load.ts";
import type { LogLine } from "./log.ts";
import type { FromRemote, ToRemote } from "./remote_words.ts";

const EMPTY = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
const usage = { fuel: 1, timeMs: 2, memoryBytes: 3 };
const started: FromRemote = {
  ...{ type: "started", info: undefined, schema: undefined, usage },
};

interface Remote {
  readonly said: ToRemote[];
  readonly options: RemoteHostOptions;
  readonly held: boolean;
  readonly killed: boolean;
}

/** An extension whose other side answers as told. */
function openRemote(
  answer: (words: ToRemote, remote: Remote) => void,
  onLog: (line: LogLine) => void = () => {},
  { level = "process", onKill = ({ onEnd }) => onEnd("killed") }: {
    readonly level?: "worker" | "process";
    readonly onKill?: (options: RemoteHostOptions) => void;
  } = {},
) {
  const remotes: Remote[] = [];
  let expire = () => {};
  const sleep = (_: number, options?: { signal?: AbortSignal | undefined }) =>
    new Promise<void>((resolve, reject) => {
      expire = resolve;
      options?.signal?.addEventListener("abort", () => reject(new Error()));
    });
  const load = () =>
    loadExtension({ name: "sample", bytes: EMPTY }, {
      onLog,
      limitNames: { timeoutMs: "its_time in its file" },
      isolation: {
        level,
        entry: new URL("file:///entry.ts"),
        clock: { sleep },
        files: { makeDirectory: () => Promise.resolve() },
        startHost(_, options) {
          const remote = {
            ...{ said: [] as ToRemote[], options, held: true, killed: false },
          };
          remotes.push(remote);
          return Promise.resolve({
            post(message) {
              remote.said.push(message as ToRemote);
              answer(message as ToRemote, remote);
            },
            hold: (isHeld) => void (remote.held = isHeld),
            kill() {
              remote.killed = true;
              onKill(options);
            },
          });
        },
      },
    });
  return { remotes, load, expire: () => expire() };
}

/** Starts, and does whatever else is given. */
function willing(perform: (remote: Remote) => void) {
  return (words: ToRemote, remote: Remote) => {
    if (words.type === "start") remote.options.onMessage(started);
    else if (words.type === "perform") perform(remote);
    else remote.options.onMessage({ type: "closed" });
  };
}

Deno.test("an operation is said, and its answer is the result", async () => {
  const { load, remotes } = openRemote(willing(({ options }) => {
    options.onMessage({ type: "done", result: 42, usage });
  }));
  const extension = await load();
  assertEquals(await extension.call("f", 1n), 42);
  assertEquals(extension.metrics.fuel, 1);
  assertEquals(extension.metrics.memoryBytes, 3);
  await extension.shutdown();
  const [remote] = remotes;
  assertEquals(remote?.said.map(({ type }) => type), [
    "start",
    "perform",
    "perform",
    "close",
  ]);
  assertEquals([remote?.held, remote?.killed], [false, true]);
});

Deno.test("nothing keeps the program alive but an operation", async () => {
  const held: boolean[] = [];
  const { load, remotes } = openRemote(willing((remote) => {
    held.push(remote.held);
    remote.options.onMessage({ type: "done", result: 1, usage });
  }));
  const extension = await load();
  assertEquals(remotes[0]?.held, false);
  await extension.call("f");
  assertEquals(held, [true]);
  assertEquals(remotes[0]?.held, false);
});

Deno.test("who does not answer in time is ended, and the next call starts anew", async () => {
  let silent = true;
  const { load, remotes, expire } = openRemote(willing((remote) => {
    if (!silent) remote.options.onMessage({ type: "done", result: 7, usage });
  }));
  const extension = await load();
  const call = extension.call("f");
  expire();
  const error = await assertRejects(() => call, ForgeError);
  assertEquals(error.code, "EXTENSION_TIMEOUT");
  assertStringIncludes(error.hint ?? "", "Raise its_time in its file");
  assertEquals(remotes[0]?.killed, true);
  silent = false;
  assertEquals(await extension.call("f"), 7);
  assertEquals(remotes.length, 2);
  assertEquals(extension.metrics.restarts, 1);
});

for (const level of ["worker", "process"] as const) {
  Deno.test(`a ${level} that did not start in time has ended when that is told`, async () => {
    let end = () => {};
    let ask = () => {};
    const asked = new Promise<void>((resolve) => ask = resolve);
    const { load, expire, remotes } = openRemote(() => ask(), undefined, {
      level,
      onKill: ({ onEnd }) => end = () => onEnd("killed"),
    });
    let isTold = false;
    const loading = load().finally(() => isTold = true);
    const refused = assertRejects(() => loading, ForgeError);
    await asked;
    expire();
    await new Promise((resolve) => setTimeout(resolve, 0));
    assertEquals([remotes[0]?.killed, isTold], [true, false]);
    end();
    assertEquals((await refused).code, "EXTENSION_TIMEOUT");
  });
}

Deno.test("an end in the middle of an operation is told, and the next call starts anew", async () => {
  let ends = true;
  const { load } = openRemote(willing(({ options }) => {
    if (ends) options.onEnd("its process ended with SIGKILL");
    else options.onMessage({ type: "done", result: 7, usage });
  }));
  const extension = await load();
  const error = await assertRejects(() => extension.call("f"), ForgeError);
  assertEquals(error.code, "EXTENSION_CRASHED");
  assert(error.message.includes("ended with SIGKILL"), error.message);
  ends = false;
  assertEquals(await extension.call("f"), 7);
});

Deno.test("an end between two operations is told to the next", async () => {
  const { load, remotes } = openRemote(willing(({ options }) => {
    options.onMessage({ type: "done", result: 7, usage });
  }));
  const extension = await load();
  remotes[0]?.options.onEnd("its process ended with 1");
  const error = await assertRejects(() => extension.call("f"), ForgeError);
  assertEquals(error.code, "EXTENSION_CRASHED");
  assertEquals(await extension.call("f"), 7);
});

Deno.test("an error keeps its code and its hint on the way", async () => {
  const { load } = openRemote(willing(({ options }) => {
    const error = { code: "WASM_TRAP", message: "it traps", hint: "do not" };
    options.onMessage({ type: "failed", error, usage });
  }));
  const extension = await load();
  const error = await assertRejects(() => extension.call("f"), ForgeError);
  assertEquals([error.code, error.message, error.hint], [
    "WASM_TRAP",
    "it traps",
    "do not",
  ]);
});

Deno.test("an error of who receives the log is that of the call", async () => {
  const fault = new Error("no more lines");
  const { load } = openRemote(
    willing(({ options }) => {
      const text = "a line";
      const line = { name: "sample", stream: "log", level: "info", text };
      options.onMessage({ type: "log", line });
      options.onMessage({ type: "done", result: 7, usage });
    }),
    () => {
      throw fault;
    },
  );
  const extension = await load();
  assertEquals(await assertRejects(() => extension.call("f")), fault);
});

for (const words of [{ type: "started" }, { type: "nonsense" }, {}]) {
  Deno.test(`an answer out of turn is an end: ${JSON.stringify(words)}`, async () => {
    const { load } = openRemote(willing(({ options }) => {
      options.onMessage(words);
    }));
    const extension = await load();
    const error = await assertRejects(() => extension.call("f"), ForgeError);
    assertEquals(error.code, "EXTENSION_CRASHED");
  });
}

Deno.test("who does not start leaves nothing behind", async () => {
  const { load, remotes } = openRemote((words, { options }) => {
    if (words.type === "start") {
      const error = { code: "EXTENSION_INIT_FAILED", message: "no" };
      options.onMessage({ type: "failed", error, usage });
    } else options.onMessage({ type: "closed" });
  });
  const error = await assertRejects(load, ForgeError);
  assertEquals(error.code, "EXTENSION_INIT_FAILED");
  assertEquals(remotes[0]?.killed, true);
});

const UNFOUND = {
  "a thread of Node": "Cannot find module '/app/entry.js'",
  "a process of Node":
    "its process ended with 1: Error: Cannot find module '/app/entry.js'\n    at",
  "a thread of Deno":
    'Uncaught (in worker "") Module not found "file:///app/entry.js".',
  "a process of Deno":
    'its process ended with 1: error: Module not found "file:///app/entry.ts".',
};

for (const [what, reason] of Object.entries(UNFOUND)) {
  Deno.test(`where ${what} cannot find its module, the hint is about bundlers`, async () => {
    const { load } = openRemote((_, { options }) => options.onEnd(reason));
    const error = await assertRejects(load, ForgeError);
    assertEquals(error.code, "EXTENSION_CRASHED");
    assertStringIncludes(error.hint ?? "", "bundler");
  });
}

for (const reason of ["Cannot find module 'left-pad'", "entry.js: no memory"]) {
  Deno.test(`the hint is not about bundlers where it ended otherwise: ${reason}`, async () => {
    const { load } = openRemote((_, { options }) => options.onEnd(reason));
    const error = await assertRejects(load, ForgeError);
    assertEquals(error.hint?.includes("bundler"), false);
  });
}
