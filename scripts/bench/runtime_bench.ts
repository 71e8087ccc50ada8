/**
 * Measures running extensions: how long loading takes for a megabyte, how many
 * calls there are in a second at each level of isolation, how much memory
 * extensions take, and plain calls beside Extism's SDK.
 *
 *     deno run -A scripts/with_jsr.ts run -A scripts/bench/runtime_bench.ts [--quick]
 *
 * Each measurement is a process of its own, so that none has the compiled code
 * or the memory of another; the best of several rounds counts for times.
 */

import { fromFileUrl } from "@std/path";
import { platform } from "../../src/platform/deno.ts";
import { isolation } from "../../src/project/mod.ts";
import {
  type Extension,
  loadExtension,
  type LoadExtensionOptions,
} from "../../src/runtime/mod.ts";
import { assemble } from "../../tests/wasm/assemble.ts";

/** Not in `deno.json`: nothing but this needs it. */
const EXTISM = "npm:@extism/extism@1.0.3";

const isQuick = Deno.args.includes("--quick");
const CALLS = isQuick ? 200 : 100_000;
const REMOTE_CALLS = isQuick ? 50 : 5_000;
const ROUNDS = isQuick ? 2 : 7;
const MEGABYTES = isQuick ? [0.1] : [0.1, 1, 5];
const LOADED = isQuick ? [1, 10] : [1, 10, 100];

type Level = "inline" | "worker" | "process";

const ENGINES = ["native", "wasm"] as const;
type Engine = typeof ENGINES[number];

const here = (path: string) => fromFileUrl(new URL(path, import.meta.url));
const fixture = (name: string): Promise<Uint8Array<ArrayBuffer>> =>
  Deno.readFile(here(`../../tests/fixtures/${name}.wasm`));

function load(
  bytes: Uint8Array<ArrayBuffer>,
  level: Level,
  options: LoadExtensionOptions = {},
): Promise<Extension> {
  return loadExtension({ name: "sample", bytes }, {
    ...(level === "inline"
      ? {}
      : { isolation: isolation(level, { platform }) }),
    limits: { moduleBytes: 64 * 1024 * 1024 },
    ...options,
  });
}

async function fastest(work: () => Promise<unknown>): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    await work();
    best = Math.min(best, performance.now() - started);
  }
  return best;
}

async function callsPerSecond(
  count: number,
  call: () => Promise<unknown>,
): Promise<number> {
  const ms = await fastest(async () => {
    for (let i = 0; i < count; i++) await call();
  });
  return Math.round(count / ms * 1000);
}

/** A module of about so many bytes of code, in functions of a few hundred. */
function makeModule(megabytes: number): Uint8Array<ArrayBuffer> {
  const leb = (value: number): number[] =>
    value < 0x80
      ? [value]
      : [(value & 0x7f) | 0x80, ...leb(Math.floor(value / 0x80))];
  const steps = Array.from({ length: 60 }, (_, i) => [0x41, i, 0x6a]).flat();
  const code = [0, 0x41, 0, ...steps, 0x0b];
  const body = [...leb(code.length), ...code];
  const count = Math.max(1, Math.round(megabytes * 1e6 / body.length));
  const section = (id: number, content: readonly number[]) => [
    ...[id, ...leb(content.length)],
    ...content,
  ];
  const head = [
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 0, 1, 0x7f]),
    ...section(3, [...leb(count), ...new Array<number>(count).fill(0)]),
    ...section(7, [1, 1, 0x66, 0, 0]),
    ...[10, ...leb(leb(count).length + count * body.length), ...leb(count)],
  ];
  const bytes = new Uint8Array(head.length + count * body.length);
  bytes.set(head);
  for (let i = 0; i < count; i++) {
    bytes.set(body, head.length + i * body.length);
  }
  return bytes;
}

/** A module that any SDK can call: a function without parameters. */
const plainModule = () =>
  assemble(
    "plain.wat",
    '(module (memory (export "memory") 1) (func (export "f") (result i32) (i32.const 0)))',
  );

const MEASUREMENTS: Readonly<
  Record<string, (parameter: string) => Promise<string>>
> = {
  async load(parameter) {
    const bytes = makeModule(Number(parameter));
    const ms = await fastest(async () => {
      await (await load(bytes, "inline")).shutdown();
    });
    const perMegabyte = ms / (bytes.byteLength / 1e6);
    return `loading ${parameter} MB: ${perMegabyte.toFixed(1)} ms for each MB`;
  },

  async field(parameter) {
    const level = parameter as Level;
    const extension = await load(await fixture("world"), level);
    const request = { fieldName: "count", parentType: "Query" };
    const count = level === "inline" ? CALLS : REMOTE_CALLS;
    const rate = await callsPerSecond(
      count,
      () => extension.resolveField(request),
    );
    await extension.shutdown();
    return `resolve-field without a query, ${level}: ${rate} calls a second`;
  },

  async query(parameter) {
    const [level, engine] = parameter.split(" ") as [Level, Engine];
    const root = await Deno.makeTempDir();
    const path = `${root}/sample.extension.db`;
    const open = platform.openDatabase;
    if (open === undefined) return "no SQLite here";
    const extension = await load(await fixture("world"), level, {
      database: { path, open, engine },
    });
    const ask = async (fieldName: string, sql: string) => {
      const result = await extension.resolveField({
        ...{ fieldName, parentType: "Query", arguments: sql },
      });
      if (result.status === "error") throw new Error(result.message);
    };
    await ask("migrate", "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)");
    for (let i = 0; i < 100; i++) {
      await ask("execute", "INSERT INTO t (a) VALUES ('a')");
    }
    const count = level === "inline" ? CALLS : REMOTE_CALLS;
    const statements = [
      ["query", "SELECT 1", count],
      ["query", "SELECT a FROM t WHERE id = 5", count / 10],
      ["execute", "INSERT INTO t (a) VALUES ('b')", count / 100],
    ] as const;
    const lines: string[] = [];
    for (const [field, sql, calls] of statements) {
      const rate = await callsPerSecond(calls, () => ask(field, sql));
      lines.push(
        `resolve-field, ${level}, ${engine}, ${sql}: ${rate} a second`,
      );
    }
    await extension.shutdown();
    await Deno.remove(root, { recursive: true });
    return lines.join("\n");
  },

  async memory(parameter) {
    const [number, engine] = parameter.split(" ") as [string, Engine];
    const bytes = await fixture("tracker");
    const root = await Deno.makeTempDir();
    const open = platform.openDatabase;
    if (open === undefined) return "no SQLite here";
    const loadOne = (i: number) =>
      load(bytes, "inline", {
        database: { path: `${root}/${i}.extension.db`, open, engine },
      });
    const extensions: Extension[] = [];
    // One that does not count: what all of them share is loaded with it.
    await (await loadOne(0)).shutdown();
    const before = Deno.memoryUsage().rss;
    const started = performance.now();
    for (let i = 1; i <= Number(number); i++) {
      extensions.push(await loadOne(i));
    }
    const ms = performance.now() - started;
    const each = (Deno.memoryUsage().rss - before) / extensions.length / 1024;
    for (const extension of extensions) await extension.shutdown();
    await Deno.remove(root, { recursive: true });
    return `${number} loaded (tracker, 141 KiB, each with a database, ${engine}): ${
      ms.toFixed(0)
    } ms in all, ${each.toFixed(0)} KiB of memory for each`;
  },

  async small(parameter) {
    const bytes = await fixture("world");
    const started = performance.now();
    for (let i = 0; i < Number(parameter); i++) await load(bytes, "inline");
    const ms = performance.now() - started;
    return `${parameter} small ones loaded (world, 2 KiB): ${ms.toFixed(0)} ms`;
  },

  async forge() {
    const extension = await load(await plainModule(), "inline");
    const rate = await callsPerSecond(CALLS, () => extension.call("f"));
    return `plain calls, forge: ${rate} a second`;
  },

  async extism() {
    const { default: createPlugin } = await import(EXTISM);
    const manifest = { wasm: [{ data: await plainModule() }] };
    const plugin = await createPlugin(manifest, { useWasi: false });
    const rate = await callsPerSecond(CALLS, () => plugin.call("f"));
    await plugin.close();
    return `plain calls, Extism: ${rate} a second`;
  },
};

async function measureApart(name: string, parameter: string): Promise<void> {
  const flags = JSON.parse(Deno.env.get("FORGE_RESTART_FLAGS") ?? "[]");
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...flags, here("./runtime_bench.ts")]
      .concat(["--one", name, parameter], isQuick ? ["--quick"] : []),
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  console.log(success ? text(stdout) : `${name} failed: ${text(stderr)}`);
}

const one = Deno.args.indexOf("--one");
if (one >= 0) {
  const [name = "", parameter = ""] = Deno.args.slice(one + 1);
  console.log(await MEASUREMENTS[name]?.(parameter));
  // What was loaded is not shut down: that is not measured.
  Deno.exit();
}
for (const megabytes of MEGABYTES) await measureApart("load", `${megabytes}`);
for (const level of ["inline", "worker", "process"]) {
  await measureApart("field", level);
  for (const engine of ENGINES) {
    await measureApart("query", `${level} ${engine}`);
  }
}
for (const count of LOADED) {
  for (const engine of ENGINES) {
    await measureApart("memory", `${count} ${engine}`);
  }
}
await measureApart("small", `${LOADED.at(-1)}`);
await measureApart("forge", "");
await measureApart("extism", "");
