/**
 * Instances that live in this thread.
 *
 * The guest runs on the stack of whoever asks it, and nothing can interrupt
 * it: fuel is what ends it, and time is looked at when it calls the host and
 * when it is done.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import type { Database } from "../platform/types.ts";
import { type CoreFunction, GuestMemory, type Realloc } from "./abi/mod.ts";
import { findExport, notExported } from "./core_exports.ts";
import type { ExtensionInfo } from "./field.ts";
import { Guard } from "./guard.ts";
import { createHostDatabase } from "./host_database.ts";
import { connectImports } from "./imports.ts";
import type {
  Instance,
  InstanceHost,
  InstanceSpec,
  InstanceUsage,
  Operation,
} from "./instance.ts";
import { LogGate } from "./log_gate.ts";
import { compileCode } from "./program.ts";
import { SQL_METER } from "./sql_meter.ts";
import type { TextRequest } from "./text_request.ts";
import {
  createWasiHost,
  ProcessExit,
  WASI_MODULE,
  type WasiHost,
} from "./wasi.ts";
import { bindGuest, type Guest } from "./world/guest.ts";
import { parseHostInterface } from "./world/names.ts";

/** Makes an instance in this thread and starts it. */
export async function startInline(
  spec: InstanceSpec,
  host: InstanceHost,
): Promise<Instance> {
  const instance = new InlineInstance(spec, host);
  try {
    await instance.start();
  } catch (error) {
    instance.close();
    throw error;
  }
  return instance;
}

class InlineInstance implements Instance {
  readonly #spec: InstanceSpec;
  readonly #host: InstanceHost;
  readonly #guard: Guard;
  readonly #log: LogGate;
  #wasi: WasiHost | undefined;
  #database: Database | undefined;
  #exports: WebAssembly.Exports = {};
  #rawMemory: WebAssembly.Memory | undefined;
  #memory: GuestMemory | undefined;
  #guest: Guest | undefined;
  info: ExtensionInfo | undefined;
  schema: string | undefined;

  constructor(spec: InstanceSpec, host: InstanceHost) {
    const { name, limits } = spec;
    this.#spec = spec;
    this.#host = host;
    const { clock, whileBusy } = host;
    this.#guard = new Guard({ name, limits, clock, whileBusy });
    this.#log = new LogGate(name, host);
  }

  async start(): Promise<void> {
    const { name, program } = this.#spec;
    await this.#openDatabase();
    const wasi = this.#wasi = await this.#openSystem();
    const imports = connectImports(name, program, {
      wasi: wasi.imports,
      log: ({ level, message }) =>
        this.#log.pass({ name, stream: "log", level, text: message }),
      database: createHostDatabase(name, this.#database, this.#spec.limits),
      memory: () => this.#memoryOrThrow(),
      guard: this.#guard,
    });
    const { code } = program;
    this.#instantiate(
      code instanceof WebAssembly.Module ? code : await compileCode(name, code),
      imports,
    );
    const { initialize } = program.names;
    if (program.functions.includes(initialize)) {
      this.#run(initialize, this.#exports[initialize] as CoreFunction);
    }
    if (this.#guest !== undefined) this.#init(this.#guest);
  }

  async #openDatabase(): Promise<void> {
    const { program, databasePath, databaseEngine, limits } = this.#spec;
    const { openDatabase } = this.#host;
    if (databasePath === undefined || openDatabase === undefined) return;
    const isNeeded = program.imports.some(({ module }) =>
      parseHostInterface(module) === "host-database"
    );
    if (!isNeeded) return;
    this.#database = await openDatabase(databasePath, {
      maxRows: limits.maxRows,
      maxResultBytes: limits.maxResultBytes,
      maxBytes: limits.databaseBytes,
      maxSteps: limits.databaseSteps,
      maxCallMs: limits.timeoutMs,
      busyTimeoutMs: limits.timeoutMs,
      engine: databaseEngine,
      // Where the fastest engine may be taken, a process can be ended.
      ...(databaseEngine === "wasm" ? { meter: SQL_METER } : {}),
    });
  }

  async #openSystem(): Promise<WasiHost> {
    const { name, program, directoryPath, limits } = this.#spec;
    const { openDirectory, clock } = this.#host;
    const isNeeded = program.imports.some(({ module, name }) =>
      module === WASI_MODULE && name.startsWith("fd_prestat")
    );
    const files = isNeeded && directoryPath !== undefined
      ? await openDirectory?.(directoryPath)
      : undefined;
    return createWasiHost({
      ...{ name, clock },
      onLog: (line) => this.#log.pass(line),
      sleep: this.#guard.sleep,
      directory: files && { files, limits },
    });
  }

  #instantiate(
    module: WebAssembly.Module,
    imports: WebAssembly.Imports,
  ): void {
    const { names, guest } = this.#spec.program;
    const { exports } = this.#run(
      "the start function",
      () => new WebAssembly.Instance(module, imports),
    );
    this.#exports = exports;
    this.#guard.attach(exports);
    const raw = exports[names.memory];
    if (raw instanceof WebAssembly.Memory) {
      this.#rawMemory = raw;
      this.#memory = new GuestMemory({
        memory: raw,
        realloc: exports[names.realloc] as Realloc | undefined,
      });
      this.#wasi?.attach(raw);
    }
    if (guest !== undefined) {
      const memory = this.#memoryOrThrow();
      this.#guest = bindGuest({ exports, memory, names, world: guest });
    }
  }

  #init(guest: Guest): void {
    const { name, config } = this.#spec;
    const answer = this.#run("init", () =>
      guest.init({
        name,
        version: config.version,
        // Only a name: where the file is concerns the host alone.
        databasePath: `${name}.extension.db`,
        customConfig: config.customConfig,
      }));
    if (!answer.ok) {
      throw new ForgeError(
        "EXTENSION_INIT_FAILED",
        `Cannot start ${name}: ${answer.error}`,
        { hint: "The extension says so itself; its log may say more" },
      );
    }
    this.info = this.#run("get-info", () => guest.getInfo());
    this.schema = this.#run("get-schema", () => guest.getSchema());
  }

  perform(operation: Operation): unknown {
    switch (operation.kind) {
      case "resolve-field":
        return this.#resolveField(operation.request);
      case "call": {
        const { name, args } = operation;
        const target = findExport(this.#exports, {
          extension: this.#spec.name,
          name,
        });
        return this.#run(name, () => target(...args));
      }
      case "run":
        return this.#runProgram();
      case "shutdown":
        return this.#run("shutdown", () => this.#guest?.shutdown());
    }
  }

  usage(): InstanceUsage {
    const memoryBytes = this.#rawMemory?.buffer.byteLength ?? 0;
    return { ...this.#guard.usage, memoryBytes };
  }

  close(): void {
    this.#wasi?.close();
    this.#database?.close();
    this.#database = undefined;
  }

  #resolveField(request: TextRequest): unknown {
    const guest = this.#guest;
    if (guest === undefined) {
      throw notExported(this.#spec.name, {
        name: "resolve-field",
        functions: this.#spec.program.functions,
      });
    }
    return this.#run("resolve-field", () => guest.resolveField(request));
  }

  #runProgram(): number {
    const start = findExport(this.#exports, {
      extension: this.#spec.name,
      name: "_start",
    });
    try {
      this.#run("_start", () => void start());
      return 0;
    } catch (error) {
      const cause = error instanceof ForgeError ? error.cause : undefined;
      if (cause instanceof ProcessExit) return cause.code;
      throw error;
    }
  }

  #run<T>(operation: string, work: () => T): T {
    try {
      return this.#guard.run(operation, work);
    } finally {
      this.#wasi?.flush();
    }
  }

  #memoryOrThrow(): GuestMemory {
    if (this.#memory !== undefined) return this.#memory;
    const { name, program } = this.#spec;
    throw new ForgeError(
      "WASM_UNSUPPORTED",
      `Cannot load ${name}: it calls the host and has no memory "${program.names.memory}" yet`,
      { hint: "Export the memory, and call nothing in the start function" },
    );
  }
}
