/**
 * The other side of `remote.ts`: one instance in a thread or a process of its
 * own.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import type { RemoteParent } from "../platform/types.ts";
import { startInline } from "./inline.ts";
import type {
  Instance,
  InstanceHost,
  InstanceUsage,
  Operation,
} from "./instance.ts";
import type { FromRemote, RemoteError, ToRemote } from "./remote_words.ts";

const NOTHING_USED: InstanceUsage = { fuel: 0, timeMs: 0, memoryBytes: 0 };

/**
 * Runs one instance for a program that speaks through `parent`.
 *
 * @param host Where its files and its database are opened.
 */
export function serveInstance(
  parent: RemoteParent,
  host: Omit<InstanceHost, "onLog">,
): void {
  let instance: Instance | undefined;
  const say = (message: FromRemote) => parent.post(message);
  const fail = (error: unknown) => {
    const usage = instance?.usage() ?? NOTHING_USED;
    say({ type: "failed", error: describeError(error), usage });
  };

  async function start(message: ToRemote & { type: "start" }): Promise<void> {
    try {
      instance = await startInline(message.spec, {
        ...host,
        onLog: (line) => say({ type: "log", line }),
      });
      const { info, schema } = instance;
      say({ type: "started", info, schema, usage: instance.usage() });
    } catch (error) {
      fail(error);
    }
  }

  async function perform(operation: Operation): Promise<void> {
    try {
      const result = await instance?.perform(operation);
      say({ type: "done", result, usage: instance?.usage() ?? NOTHING_USED });
    } catch (error) {
      fail(error);
    }
  }

  async function close(): Promise<void> {
    await instance?.close();
    say({ type: "closed" });
  }

  parent.listen((message) => {
    const words = message as ToRemote;
    switch (words.type) {
      case "start":
        return void start(words);
      case "perform":
        return void perform(words.operation);
      case "close":
        return void close();
    }
  });
}

function describeError(error: unknown): RemoteError {
  if (error instanceof ForgeError) {
    const { code, message, hint } = error;
    return { code, message, hint };
  }
  return { message: error instanceof Error ? error.message : String(error) };
}
