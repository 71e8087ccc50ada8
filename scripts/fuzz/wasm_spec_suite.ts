/**
 * Runs the WebAssembly specification's test suite with metered modules.
 *
 * The suite is not part of this repository. Get it from
 * https://github.com/WebAssembly/testsuite, convert each of its files with
 * `wasm-tools json-from-wast FILE.wast -o DIRECTORY/FILE.json --wasm-dir DIRECTORY`
 * (for what that does not read, the exceptions of `legacy/`, wabt's
 * `wast2json --enable-all`), and run
 *
 *     deno run -A scripts/with_jsr.ts run -A scripts/fuzz/wasm_spec_suite.ts DIRECTORY
 *
 * Every module that the engine accepts must be accepted after rewriting too
 * (or be refused by name), and every assertion that holds for the module must
 * hold for the rewritten one.
 */

import { join } from "@std/path";
import { ForgeError } from "../../src/errors.ts";
import { inspect, meter } from "../../src/wasm/mod.ts";

interface Value {
  readonly type: string;
  readonly value?: string | readonly string[];
  readonly lane_type?: string;
}

interface Command {
  readonly type: string;
  readonly line: number;
  readonly filename?: string;
  readonly name?: string;
  readonly as?: string;
  readonly module_type?: string;
  readonly action?: {
    readonly type: "invoke" | "get";
    readonly field: string;
    readonly module?: string;
    readonly args?: readonly Value[];
  };
  readonly expected?: readonly Value[];
}

const counts = {
  modules: 0,
  refused: 0,
  invalid: 0,
  same: 0,
  skipped: 0,
};
const failures: string[] = [];

/** One run of a file: with the modules as they are, or metered. */
class Run {
  readonly outcomes: string[] = [];
  readonly #rewrite: (
    bytes: Uint8Array<ArrayBuffer>,
  ) => Uint8Array<ArrayBuffer>;
  readonly #named = new Map<string, WebAssembly.Instance>();
  readonly #imports: WebAssembly.Imports = spectest();
  #current: WebAssembly.Instance | undefined;

  constructor(
    rewrite: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
  ) {
    this.#rewrite = rewrite;
  }

  async take(command: Command, directory: string): Promise<void> {
    this.outcomes.push(
      await this.#outcome(command, directory).catch((error) =>
        `${error.constructor.name}`
      ),
    );
  }

  async #outcome(command: Command, directory: string): Promise<string> {
    if (command.type === "module") {
      this.#current = undefined;
      const bytes = await Deno.readFile(join(directory, command.filename!));
      const module = new WebAssembly.Module(this.#rewrite(bytes));
      this.#current = new WebAssembly.Instance(module, this.#imports);
      if (command.name) this.#named.set(command.name, this.#current);
      return "instantiated";
    }
    if (command.type === "register") {
      const instance = command.name
        ? this.#named.get(command.name)
        : this.#current;
      if (instance) this.#imports[command.as!] = { ...instance.exports };
      return "registered";
    }
    if (command.action === undefined) return "nothing";
    const { action } = command;
    const instance = action.module
      ? this.#named.get(action.module)
      : this.#current;
    if (instance === undefined) return "no module";
    const field = instance.exports[action.field];
    if (action.type === "get") {
      return show((field as WebAssembly.Global).value);
    }
    const args = (action.args ?? []).map(toArgument);
    return show((field as (...args: unknown[]) => unknown)(...args));
  }
}

function spectest(): WebAssembly.Imports {
  const nothing = () => {};
  return {
    spectest: {
      print: nothing,
      print_i32: nothing,
      print_i64: nothing,
      print_f32: nothing,
      print_f64: nothing,
      print_i32_f32: nothing,
      print_f64_f64: nothing,
      global_i32: new WebAssembly.Global({ value: "i32" }, 666),
      global_i64: new WebAssembly.Global({ value: "i64" }, 666n),
      global_f32: new WebAssembly.Global({ value: "f32" }, 666.6),
      global_f64: new WebAssembly.Global({ value: "f64" }, 666.6),
      table: new WebAssembly.Table({
        initial: 10,
        maximum: 20,
        element: "anyfunc",
      }),
      memory: new WebAssembly.Memory({ initial: 1, maximum: 2 }),
    },
  };
}

class Skipped extends Error {}

function toArgument({ type, value }: Value): unknown {
  if (typeof value !== "string") throw new Skipped();
  if (value.startsWith("nan:")) return NaN;
  const bits = new DataView(new ArrayBuffer(8));
  switch (type) {
    case "i32":
      return Number(value) | 0;
    case "i64":
      return BigInt.asIntN(64, BigInt(value));
    case "f32":
      bits.setUint32(0, Number(value));
      return bits.getFloat32(0);
    case "f64":
      bits.setBigUint64(0, BigInt(value));
      return bits.getFloat64(0);
    case "externref":
      return value === "null" ? null : value;
    case "funcref":
      return null;
    default:
      throw new Skipped();
  }
}

function show(value: unknown): string {
  if (Array.isArray(value)) return value.map(show).join(" ");
  if (typeof value === "function") return "a function";
  if (Object.is(value, -0)) return "-0";
  return `${typeof value} ${String(value)}`;
}

async function runFile(directory: string, file: string): Promise<void> {
  const { commands } = JSON.parse(
    await Deno.readTextFile(join(directory, file)),
  ) as { commands: readonly Command[] };
  const plain = new Run((bytes) => bytes);
  let refused = 0;
  const metered = new Run((bytes) => {
    try {
      return meter(bytes, {
        initialFuel: 2n ** 60n,
        maxMemoryPages: 65536,
        maxTableElements: 2 ** 32,
      });
    } catch (error) {
      if (!(error instanceof ForgeError)) throw error;
      refused += 1;
      return bytes;
    }
  });
  for (const command of commands) {
    if (
      command.type === "assert_invalid" || command.type === "assert_malformed"
    ) {
      if (command.module_type === "binary") {
        await checkRefused(join(directory, command.filename!));
      }
      continue;
    }
    if (command.type === "assert_exhaustion") continue;
    await plain.take(command, directory);
    await metered.take(command, directory);
    const before = plain.outcomes.at(-1);
    const after = metered.outcomes.at(-1);
    if (command.type === "module") counts.modules += 1;
    if (before === after) counts.same += 1;
    else failures.push(`${file}:${command.line}: ${before} became ${after}`);
  }
  counts.refused += refused;
}

/** What the engine refuses must not become valid, and must not crash anything. */
async function checkRefused(path: string): Promise<void> {
  const bytes = await Deno.readFile(path);
  if (WebAssembly.validate(bytes)) return;
  counts.invalid += 1;
  for (const work of [inspect, meter]) {
    try {
      const result = work(bytes);
      if (result instanceof Uint8Array && WebAssembly.validate(result)) {
        failures.push(`${path}: invalid, and valid after rewriting`);
      }
    } catch (error) {
      if (!(error instanceof ForgeError)) failures.push(`${path}: ${error}`);
    }
  }
}

const [directory] = Deno.args;
if (directory === undefined) {
  console.error("usage: wasm_spec_suite.ts DIRECTORY");
  Deno.exit(2);
}
const files: string[] = [];
for await (const { name } of Deno.readDir(directory)) {
  if (name.endsWith(".json")) files.push(name);
}
for (const file of files.sort()) await runFile(directory, file);
console.log(
  `${files.length} files: ${counts.modules} modules, ${counts.refused} of them refused by name; ` +
    `${counts.same} outcomes are the same, ${failures.length} differ; ` +
    `${counts.invalid} invalid modules stayed so`,
);
for (const failure of failures) console.log(failure);
if (failures.length > 0) Deno.exit(1);
