/**
 * Instances that live in a thread or a process of their own.
 *
 * Whatever an extension does there, this thread goes on: it waits for an answer
 * no longer than the extension may take, and then ends the thread or process.
 *
 * @module
 */

import { dirname } from "node:path";
import { ForgeError } from "../errors.ts";
import type { RemoteHost } from "../platform/types.ts";
import type { ExtensionInfo } from "./field.ts";
import type {
  Instance,
  InstanceHost,
  InstanceSpec,
  InstanceUsage,
  Operation,
  StartInstance,
} from "./instance.ts";
import { nameOfLimit } from "./limits.ts";
import type { ExtensionIsolation } from "./load.ts";
import { crashed, errorOf, notStarted } from "./remote_errors.ts";
import type { FromRemote, ToRemote } from "./remote_words.ts";

/** Time for an answer beyond what the extension may take: it tells of its own timeout itself, if it can. */
const GRACE_MS = 250;
/** Time for a thread or process to come up, and to read the module. */
const STARTUP_MS = 10_000;
/** What is called while an instance starts: its start function, `_initialize`, `init`, `get-info`, `get-schema`. */
const STARTUP_OPERATIONS = 5;
/** Time to let go of everything before it is ended. */
const CLOSE_MS = 2_000;

/** Makes instances in threads or processes. */
export function remoteStarter(isolation: ExtensionIsolation): StartInstance {
  // An instance that is on its way out may still hold the database.
  const leaving = new Set<Promise<void>>();
  return async (spec, host) => {
    await Promise.all(leaving);
    const instance = new RemoteInstance(spec, host, isolation);
    instance.onClosing = (closing) => {
      leaving.add(closing);
      void closing.then(() => leaving.delete(closing));
    };
    await instance.start();
    return instance;
  };
}

/** What waits for an answer. */
interface Asked {
  readonly resolve: (words: FromRemote) => void;
  readonly reject: (error: unknown) => void;
}

class RemoteInstance implements Instance {
  readonly #spec: InstanceSpec;
  readonly #host: InstanceHost;
  readonly #isolation: ExtensionIsolation;
  #remote: RemoteHost | undefined;
  #asked: Asked | undefined;
  /** How it ended, once it has. */
  #end: string | undefined;
  /** It has let go of everything, or is no more. */
  readonly #gone = new AbortController();
  /** What the host's own function threw while the extension was at work. */
  #fault: { readonly error: unknown } | undefined;
  #closing: Promise<void> | undefined;
  #usage: InstanceUsage = { fuel: 0, timeMs: 0, memoryBytes: 0 };
  info: ExtensionInfo | undefined;
  schema: string | undefined;
  onClosing: (closing: Promise<void>) => void = () => {};

  constructor(
    spec: InstanceSpec,
    host: InstanceHost,
    isolation: ExtensionIsolation,
  ) {
    this.#spec = spec;
    this.#host = host;
    this.#isolation = isolation;
  }

  async start(): Promise<void> {
    const { limits } = this.#spec;
    try {
      this.#remote = await this.#startHost();
      const words = await this.#ask(
        { type: "start", spec: withoutSignatures(this.#spec) },
        STARTUP_MS + STARTUP_OPERATIONS * limits.timeoutMs,
      );
      if (words.type !== "started") {
        throw this.#crashed(`it said "${words.type}" out of turn`);
      }
      this.info = words.info;
      this.schema = words.schema;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async #startHost(): Promise<RemoteHost> {
    const { name, databasePath, directoryPath } = this.#spec;
    const { level, entry, startHost, files } = this.#isolation;
    const paths = [
      ...(databasePath === undefined ? [] : databaseFiles(databasePath)),
      ...(directoryPath === undefined ? [] : [directoryPath]),
    ];
    for (const path of [databasePath, directoryPath]) {
      if (path !== undefined) await files.makeDirectory(dirname(path));
    }
    try {
      return await startHost(level, {
        ...{ entry, paths },
        onMessage: (message) => this.#hear(message as FromRemote),
        onEnd: (reason) => this.#ended(reason),
      });
    } catch (cause) {
      throw notStarted(name, level, cause);
    }
  }

  async perform(operation: Operation): Promise<unknown> {
    const { timeoutMs } = this.#spec.limits;
    const words = await this.#ask(
      { type: "perform", operation },
      timeoutMs + GRACE_MS,
    );
    if (words.type !== "done") {
      throw this.#crashed(`it said "${words.type}" out of turn`);
    }
    return words.result;
  }

  usage(): InstanceUsage {
    return this.#usage;
  }

  close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = this.#close();
      this.onClosing(this.#closing);
    }
    return this.#closing;
  }

  /** Says something and waits for the answer, but not for longer than that. */
  async #ask(message: ToRemote, limitMs: number): Promise<FromRemote> {
    const remote = this.#remote;
    if (remote === undefined || this.#end !== undefined) {
      throw this.#crashed(this.#end ?? "it was not started");
    }
    const answered = new AbortController();
    const answer = new Promise<FromRemote>((resolve, reject) => {
      this.#asked = { resolve, reject };
      void this.#isolation.clock.sleep(limitMs, { signal: answered.signal })
        .then(() => this.#giveUp(), () => {});
    });
    try {
      remote.hold(true);
      remote.post(message);
      return this.#believe(await answer);
    } finally {
      answered.abort();
      this.#asked = undefined;
      remote.hold(false);
    }
  }

  #believe(words: FromRemote): FromRemote {
    if ("usage" in words) this.#usage = words.usage;
    const fault = this.#fault;
    this.#fault = undefined;
    if (fault !== undefined) throw fault.error;
    if (words.type === "failed") throw errorOf(words.error);
    return words;
  }

  #hear(words: FromRemote): void {
    if (words.type === "closed") return this.#gone.abort();
    if (words.type !== "log") return this.#asked?.resolve(words);
    try {
      this.#host.onLog(words.line);
    } catch (error) {
      this.#fault ??= { error };
    }
  }

  #ended(reason: string): void {
    this.#end ??= reason;
    this.#gone.abort();
    this.#asked?.reject(this.#crashed(this.#end));
  }

  #crashed(reason: string): ForgeError {
    return crashed(this.#spec.name, reason, this.#isolation.entry);
  }

  /** It had its time: nothing that it says from now on counts. */
  #giveUp(): void {
    const { name, limits } = this.#spec;
    this.#end ??= "it was ended";
    this.#asked?.reject(
      new ForgeError(
        "EXTENSION_TIMEOUT",
        `Cannot wait for ${name}: it took longer than ${limits.timeoutMs} ms`,
        {
          hint: `Raise ${
            nameOfLimit(limits, "timeoutMs")
          }, or ask it for less at once`,
        },
      ),
    );
    this.#remote?.kill();
  }

  async #close(): Promise<void> {
    const remote = this.#remote;
    if (remote === undefined) return;
    remote.hold(true);
    if (this.#end === undefined) {
      remote.post({ type: "close" });
      await this.#waitUntilGone();
    }
    remote.kill();
    // Until then it may still write beside its database.
    await this.#waitUntilGone();
    remote.hold(false);
  }

  async #waitUntilGone(): Promise<void> {
    const { signal } = this.#gone;
    if (signal.aborted) return;
    await this.#isolation.clock.sleep(CLOSE_MS, { signal }).catch(() => {});
  }
}

/** What is called is looked at on this side. */
function withoutSignatures(spec: InstanceSpec): InstanceSpec {
  return { ...spec, program: { ...spec.program, signatures: [] } };
}

/** A database, and what is put beside it. */
function databaseFiles(path: string): readonly string[] {
  return ["", "-wal", "-shm", "-journal", ".lock", ".lock.gone"].map((suffix) =>
    path + suffix
  );
}
