/**
 * From a component to one that can be called.
 *
 * @module
 */

import { ForgeError } from "../../errors.ts";
import type { Clock } from "../../platform/types.ts";
import { checkHeader, inspect, meter } from "../../wasm/mod.ts";
import { Guard } from "../guard.ts";
import {
  fullTank,
  type NamedLimits,
  nameOfLimit,
  resolveLimits,
} from "../limits.ts";
import { LogGate } from "../log_gate.ts";
import type { ModuleSource } from "../module_source.ts";
import { checkSize, compileCode } from "../program.ts";
import {
  type ComponentFunction,
  functionsOf,
  isRefusal,
  watched,
} from "./bind.ts";
import { type ComponentImports, createSystem } from "./system.ts";
import {
  type ComponentFiles,
  type ComponentTools,
  loadTools,
} from "./tools.ts";
import type { Component, LoadComponentOptions } from "./load.ts";

type Instantiate = (
  getModule: (path: string) => WebAssembly.Module,
  imports: ComponentImports,
  instantiateCore: (
    module: WebAssembly.Module,
    imports: WebAssembly.Imports,
  ) => WebAssembly.Instance,
) => Readonly<Record<string, unknown>>;

/** Pages are 64 KiB. */
const PAGE_BYTES = 64 * 1024;

/** Prepares a component and starts its first instance. */
export async function startComponent(
  source: ModuleSource,
  options: LoadComponentOptions,
): Promise<Component> {
  const { name, bytes } = source;
  const limits = resolveLimits(options.limits, options.limitNames);
  checkSize(source, limits);
  if (checkHeader(bytes) !== "component") {
    throw new ForgeError(
      "WASM_UNSUPPORTED",
      `Cannot load ${name} as a component: it is a core module`,
      { hint: "Use loadExtension" },
    );
  }
  const files = generate(await loadTools(options.tools), source);
  checkImports(name, files.imports, options.imports ?? {});
  const modules = await compileModules(source, files, limits);
  const { instantiate } = await importCode(files);
  const component = new LoadedComponent(
    { name, files, modules, instantiate, limits },
    options,
  );
  component.start();
  return component;
}

function generate(tools: ComponentTools, source: ModuleSource): ComponentFiles {
  try {
    return tools.generate(source.bytes, {
      name: "component",
      instantiation: { tag: "sync" },
      noTypescript: true,
      noNodejsCompat: true,
      base64Cutoff: 0,
    });
  } catch (cause) {
    const payload = Reflect.get(Object(cause), "payload");
    const reason = typeof payload === "string" ? payload : String(cause);
    throw new ForgeError(
      "WASM_INVALID",
      `Cannot make bindings for ${source.name}: ${reason}`,
      { hint: "Build it again, or with another version of the tools", cause },
    );
  }
}

const withoutVersion = (name: string): string => name.replace(/@[^@]*$/, "");

/** What nobody gives is told before anything is compiled. */
function checkImports(
  name: string,
  wanted: readonly string[],
  given: ComponentImports,
): void {
  const nothing = { clock: { now: () => 0 }, onLog() {}, sleep() {} };
  const known = { ...createSystem({ name, ...nothing }), ...given };
  const missing = wanted.filter((each) =>
    !Object.hasOwn(known, withoutVersion(each))
  );
  if (missing.length === 0) return;
  throw new ForgeError(
    "WASM_UNSUPPORTED",
    `Cannot load ${name}: it imports ${missing.join(", ")}`,
    { hint: "Give it as one of imports, or build it without" },
  );
}

/** Compiles the core modules, each metered; those with memory share what there may be. */
async function compileModules(
  { name }: ModuleSource,
  { files }: ComponentFiles,
  limits: NamedLimits,
): Promise<ReadonlyMap<string, WebAssembly.Module>> {
  const cores = files.filter(([path]) => path.endsWith(".wasm")).map((
    [path, content],
  ) => [path, new Uint8Array(content)] as const);
  const memories = cores.filter(([, bytes]) => {
    const { memory } = inspect(bytes);
    return memory !== undefined && !memory.imported;
  }).length;
  const pages = Math.floor(limits.memoryBytes / PAGE_BYTES);
  const modules = new Map<string, WebAssembly.Module>();
  for (const [path, bytes] of cores) {
    const metered = meter(bytes, {
      initialFuel: fullTank(limits),
      maxMemoryPages: Math.min(65_536, Math.floor(pages / (memories || 1))),
      memoryLimit: nameOfLimit(limits, "memoryBytes"),
      isLinked: true,
    });
    modules.set(path, await compileCode(name, metered));
  }
  return modules;
}

async function importCode(
  { files }: ComponentFiles,
): Promise<{ readonly instantiate: Instantiate }> {
  const [, content] = files.find(([path]) => path.endsWith(".js")) ?? [];
  // Bindings ask the environment whether to print; they need not have it.
  const code = "const process = { env: {} };\n" +
    new TextDecoder().decode(content);
  const specifier = `data:text/javascript,${encodeURIComponent(code)}`;
  return await import(specifier);
}

interface Prepared {
  readonly name: string;
  readonly files: ComponentFiles;
  readonly modules: ReadonlyMap<string, WebAssembly.Module>;
  readonly instantiate: Instantiate;
  readonly limits: NamedLimits;
}

/** A component, and an instance of it that is made anew when it has broken. */
class LoadedComponent implements Component {
  readonly #prepared: Prepared;
  readonly #options: LoadComponentOptions;
  readonly #clock: Pick<Clock, "now">;
  readonly #log: LogGate;
  #guard: Guard | undefined;
  #functions = new Map<string, ComponentFunction>();
  #isClosed = false;

  constructor(prepared: Prepared, options: LoadComponentOptions) {
    this.#prepared = prepared;
    this.#options = options;
    this.#clock = options.clock ?? { now: () => performance.now() };
    this.#log = new LogGate(prepared.name, {
      onLog: options.onLog ?? (() => {}),
      clock: this.#clock,
    });
  }

  get name(): string {
    return this.#prepared.name;
  }

  get imports(): readonly string[] {
    return this.#prepared.files.imports;
  }

  get functions(): readonly string[] {
    return [...this.#functions.keys()];
  }

  /** Makes an instance. */
  start(): Guard {
    const { name, limits, modules, instantiate } = this.#prepared;
    const guard = new Guard({ name, limits, clock: this.#clock });
    const imports = watched(guard, {
      ...createSystem({
        name,
        onLog: (line) => this.#log.pass(line),
        clock: this.#clock,
        sleep: guard.sleep,
      }),
      ...this.#options.imports,
    });
    const exports = guard.run("the start", () =>
      instantiate(
        (path) => moduleAt(modules, path),
        imports,
        (module, imports) => {
          const instance = new WebAssembly.Instance(module, imports);
          guard.attach(instance.exports);
          return instance;
        },
      ));
    this.#functions = functionsOf(exports);
    this.#guard = guard;
    return guard;
  }

  call(name: string, ...args: readonly unknown[]): unknown {
    if (this.#isClosed) {
      throw new ForgeError(
        "EXTENSION_CLOSED",
        `Cannot call ${name} of ${this.name}: it has been closed`,
      );
    }
    const known = this.#nameOf(name);
    const guard = this.#guard ?? this.start();
    try {
      return guard.run(known, () => this.#functions.get(known)?.(...args));
    } catch (error) {
      if (isRefusal(error)) throw this.#refusal(known, error);
      // Arguments of a wrong type say nothing about the instance.
      if (!(error instanceof TypeError)) this.#guard = undefined;
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#guard = undefined;
    this.#functions.clear();
  }

  /** Its names are those of JavaScript; those of the interface are understood. */
  #nameOf(name: string): string {
    const at = name.lastIndexOf("#") + 1;
    const camel = name.slice(0, at) +
      name.slice(at).replace(
        /-(.)/g,
        (_, letter: string) => letter.toUpperCase(),
      );
    const found = [name, camel].find((each) => this.#functions.has(each));
    if (found !== undefined) return found;
    throw new ForgeError(
      "EXPORT_NOT_FOUND",
      `Cannot call "${name}" of ${this.name}: it exports no such function`,
      { hint: `It exports ${this.functions.join(", ") || "no function"}` },
    );
  }

  #refusal(name: string, error: unknown): ForgeError {
    const cause: unknown = Reflect.get(Object(error), "payload");
    const said = typeof cause === "string" ? cause : JSON.stringify(
      cause,
      (_, value) => typeof value === "bigint" ? String(value) : value,
    );
    return new ForgeError(
      "COMPONENT_REFUSED",
      `Cannot finish ${name} of ${this.name}: ${said}`,
      { hint: "The component says so itself; its log may say more", cause },
    );
  }
}

function moduleAt(
  modules: ReadonlyMap<string, WebAssembly.Module>,
  path: string,
): WebAssembly.Module {
  const module = modules.get(path);
  if (module !== undefined) return module;
  throw new ForgeError("INTERNAL", `Cannot find ${path} among the bindings`);
}
