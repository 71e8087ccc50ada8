/**
 * A loaded extension: its instances, one after the other, and who may ask
 * them.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import type { WasmFunctionType, WasmKind } from "../wasm/mod.ts";
import { Backoff } from "./backoff.ts";
import { checkArguments } from "./call_arguments.ts";
import { CurrentInstance } from "./current_instance.ts";
import type { ExtensionEvent, ExtensionMetrics } from "./events.ts";
import type {
  CallResult,
  Extension,
  ExtensionWorld,
  OperationOptions,
  WasmNumber,
} from "./extension.ts";
import type { ExtensionInfo, FieldRequest, FieldResult } from "./field.ts";
import type {
  Instance,
  InstanceHost,
  InstanceSpec,
  Operation,
  StartInstance,
} from "./instance.ts";
import { nameOfLimit } from "./limits.ts";
import { prepareProgram } from "./program.ts";
import { writeRequest } from "./text_request.ts";
import { Turns } from "./turns.ts";

/** What a {@linkcode LoadedExtension} is made of. */
export interface LoadedExtensionOptions {
  /** What its instances are made of. */
  readonly spec: InstanceSpec;
  /** What they get from the host. */
  readonly host: InstanceHost;
  /** Makes them. */
  readonly start: StartInstance;
  /** Whether their module is compiled here; where it runs otherwise. */
  readonly compiles?: boolean;
  /** Receives what happens to it. */
  readonly onEvent: (event: ExtensionEvent) => void;
}

/** Errors of a call that say nothing about the instance. */
const HARMLESS = new Set(["EXPORT_NOT_FOUND"]);

/** A loaded extension. */
export class LoadedExtension implements Extension {
  readonly #options: LoadedExtensionOptions;
  readonly #turns = new Turns();
  readonly #backoff = new Backoff();
  #spec: InstanceSpec;
  /** Signatures of its functions, once one of them was called. */
  #signatures: ReadonlyMap<string, WasmFunctionType | undefined> | undefined;
  readonly #instance: CurrentInstance;
  #closing: Promise<void> | undefined;
  readonly #counts = { calls: 0, failures: 0, traps: 0, restarts: 0 };

  /** Takes over an instance that has started. */
  constructor(options: LoadedExtensionOptions, instance: Instance) {
    this.#options = options;
    this.#spec = options.spec;
    this.#instance = new CurrentInstance(instance);
  }

  /** Its name in the configuration. */
  get name(): string {
    return this.#spec.name;
  }

  /** What the file is. */
  get kind(): WasmKind {
    return this.#spec.program.kind;
  }

  /** What it is to its host. */
  get world(): ExtensionWorld {
    return this.#spec.program.world;
  }

  /** What it says of itself. */
  get info(): ExtensionInfo | undefined {
    return this.#instance.description.info;
  }

  /** The part of the GraphQL schema that it serves. */
  get schema(): string | undefined {
    return this.#instance.description.schema;
  }

  /** Names of the functions that it exports. */
  get functions(): readonly string[] {
    return this.#spec.program.functions;
  }

  /** What it has used so far. */
  get metrics(): ExtensionMetrics {
    return { ...this.#counts, ...this.#instance.usage };
  }

  /** Resolves a GraphQL field. */
  resolveField(
    request: FieldRequest,
    options: OperationOptions = {},
  ): Promise<FieldResult> {
    let operation: Operation;
    try {
      operation = { kind: "resolve-field", request: writeRequest(request) };
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#operate(operation, options) as Promise<FieldResult>;
  }

  /** Calls an exported function with plain numbers. */
  call(name: string, ...args: readonly WasmNumber[]): Promise<CallResult> {
    const operation = { kind: "call", name, args } as const;
    return this.#operate(operation) as Promise<CallResult>;
  }

  #signatureOf(name: string): WasmFunctionType | undefined {
    const { functions, signatures } = this.#spec.program;
    this.#signatures ??= new Map(functions.map((each, i) => [
      each,
      signatures[i],
    ]));
    return this.#signatures.get(name);
  }

  /** Runs `_start` of a command. */
  async run(options: OperationOptions = {}): Promise<number> {
    return await this.#operate({ kind: "run" }, options) as number;
  }

  /** Puts other bytes in place of the running ones. */
  async reload(
    bytes: Uint8Array<ArrayBuffer>,
    options: OperationOptions = {},
  ): Promise<void> {
    this.#checkOpen();
    const { name, limits } = this.#spec;
    const { compiles = true } = this.#options;
    try {
      const program = await prepareProgram({ name, bytes }, limits, {
        compiles,
      });
      options.signal?.throwIfAborted();
      await this.#swap({ ...this.#spec, program }, options);
    } catch (error) {
      if (error instanceof ForgeError) {
        this.#options.onEvent({ type: "reload-failed", name, error });
      }
      throw error;
    }
  }

  /** Lets the extension clean up and closes it. */
  shutdown(): Promise<void> {
    return this.#closing ??= this.#turns.take(() => this.#shutDown());
  }

  /** As `shutdown`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }

  #operate(
    operation: Operation,
    options: OperationOptions = {},
  ): Promise<unknown> {
    try {
      this.#checkOpen();
      this.#checkRoom();
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#turns.take(() => this.#perform(operation), options);
  }

  #checkOpen(): void {
    if (this.#closing === undefined) return;
    throw new ForgeError(
      "EXTENSION_CLOSED",
      `Cannot call ${this.name}: it was shut down`,
      { hint: "Load it again" },
    );
  }

  #checkRoom(): void {
    const { limits } = this.#spec;
    const { maxConcurrentOperations: limit } = limits;
    if (this.#turns.length < limit) return;
    throw new ForgeError(
      "EXTENSION_BUSY",
      `Cannot call ${this.name}: ${limit} operations run or wait already`,
      {
        hint: `Wait for some of them, or raise ${
          nameOfLimit(limits, "maxConcurrentOperations")
        }`,
      },
    );
  }

  /** Synchronous as long as the instance is, so that a call costs little. */
  #perform(operation: Operation): unknown {
    // In its turn: until then, other bytes may have taken the place of those that ran.
    if (operation.kind === "call") {
      const signature = this.#signatureOf(operation.name);
      if (signature) checkArguments(operation.name, signature, operation.args);
    }
    this.#counts.calls += 1;
    const instance = this.#instance.value;
    if (instance === undefined) return this.#performAnew(operation);
    let result: unknown;
    try {
      result = instance.perform(operation);
    } catch (error) {
      throw this.#failed(operation, error);
    }
    if (!(result instanceof Promise)) return this.#succeeded(operation, result);
    return result.then(
      (value) => this.#succeeded(operation, value),
      (error) => Promise.reject(this.#failed(operation, error)),
    );
  }

  async #performAnew(operation: Operation): Promise<unknown> {
    const { clock } = this.#options.host;
    this.#backoff.check(this.name, clock.now());
    try {
      this.#instance.put(await this.#start(this.#spec));
    } catch (error) {
      throw this.#failed({ kind: "call", name: "init", args: [] }, error);
    }
    // A program that ended is no failure, and a fresh instance for it no restart.
    if (this.#backoff.failures > 0) {
      this.#counts.restarts += 1;
      this.#options.onEvent({ type: "restarted", name: this.name });
    }
    this.#counts.calls -= 1;
    return await this.#perform(operation);
  }

  /** The new instance is there before the old one goes. */
  async #swap(spec: InstanceSpec, options: OperationOptions): Promise<void> {
    const instance = await this.#start(spec);
    let isTaken = false;
    try {
      await this.#turns.take(async () => {
        this.#checkOpen();
        await this.#sayGoodbye();
        isTaken = true;
        this.#spec = spec;
        this.#signatures = undefined;
        this.#instance.put(instance);
        this.#backoff.succeed();
      }, options);
    } finally {
      if (!isTaken) await instance.close();
    }
    const { name, info } = this;
    this.#options.onEvent({ type: "reloaded", name, info });
  }

  async #shutDown(): Promise<void> {
    try {
      await this.#sayGoodbye();
    } finally {
      await this.#instance.gone();
    }
    this.#options.onEvent({ type: "closed", name: this.name });
  }

  /** Lets the instance clean up; one that breaks while it does so is gone all the same. */
  async #sayGoodbye(): Promise<void> {
    const operation = { kind: "shutdown" } as const;
    try {
      await this.#instance.value?.perform(operation);
    } catch (error) {
      const failure = this.#failed(operation, error);
      if (!(failure instanceof ForgeError)) throw failure;
    }
    this.#instance.discard();
  }

  #start(spec: InstanceSpec): Promise<Instance> {
    return this.#options.start(spec, this.#options.host);
  }

  #succeeded(operation: Operation, result: unknown): unknown {
    this.#backoff.succeed();
    // What a program leaves behind when it has ended is not for the next one.
    if (operation.kind === "run") this.#instance.discard();
    return result;
  }

  /** Counts a failure; gives the error to throw. */
  #failed(operation: Operation, error: unknown): unknown {
    this.#counts.failures += 1;
    const isOfGuest = error instanceof ForgeError;
    if (isOfGuest && HARMLESS.has(error.code)) return error;
    this.#instance.discard();
    if (!isOfGuest) return error;
    this.#counts.traps += 1;
    const backoffMs = this.#backoff.fail(this.#options.host.clock.now());
    this.#options.onEvent({
      type: "failed",
      name: this.name,
      operation: operation.kind === "call" ? operation.name : operation.kind,
      error,
      backoffMs,
    });
    return error;
  }
}
