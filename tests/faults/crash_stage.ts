/**
 * Where pulling processes are killed: one project, one cache, one registry.
 *
 * The registry is in the process that kills, so that it sees every request and
 * every piece of a blob that it sends, and is there for whoever comes next.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { digestBytes, digestHex } from "../../src/oci/mod.ts";
import { platform } from "../../src/platform/deno.ts";
import {
  pushWasm,
  type Registry,
  startRegistry,
} from "../../src/testing/mod.ts";
import {
  fixture,
  forgeRon,
  ociEntry,
  openWorkspace,
  type Workspace,
} from "../cli/workspace.ts";
import { restartFlags } from "../permissions/real_process.ts";
import { withPadding } from "./padding.ts";
import { TrafficClock } from "./traffic_clock.ts";

const CLI = fromFileUrl(new URL("../../src/cli/main.ts", import.meta.url));
const KIB = 1024;
/** Bytes of a blob between two points to kill at. */
const PIECE_BYTES = 128 * KIB;

/** Sizes and shapes: below and above what is worth resuming, packed and not. */
const MODULES = [
  { name: "tiny", paddingBytes: 1, shape: "cncf" },
  { name: "small", paddingBytes: 60 * KIB, shape: "crane-append" },
  { name: "packed", paddingBytes: 900 * KIB, shape: "docker-build" },
  { name: "large", paddingBytes: 3000 * KIB, shape: "cncf" },
  { name: "twin", paddingBytes: 3000 * KIB, shape: "cncf" },
] as const;

/** What just happened when a process was killed: a request came, a piece of a blob went, a file of the cache changed. */
export type Moment = "request" | "bytes" | "file";

/** How many moments there were, of each kind. */
export type Counts = Readonly<Record<Moment, number>>;

/** What to do in a round. */
export interface RoundPlan {
  /** Where to kill: the moment of its kind, counted from 1. */
  readonly points: readonly { readonly moment: Moment; readonly nth: number }[];
  /** Processes at once. */
  readonly processes: number;
  /** Picks the victims. */
  readonly random: () => number;
}

/** What happened in a round. */
export interface Round {
  /** Moments that were seen. */
  readonly counts: Counts;
  /** Processes that were killed, by the moment. */
  readonly after: Counts;
  /** Processes that were not killed. */
  readonly survivors: number;
}

/** What was left after a round, and was found in order. */
export interface Checked {
  /** Entries that were whole after the kills, and verified. */
  readonly verified: number;
  /** Temporaries that the killed left behind. */
  readonly leftovers: number;
  /** Downloads that went on from what a killed process had. */
  readonly resumed: number;
}

/** Makes a stage. */
export async function openCrashStage(): Promise<CrashStage> {
  const registry = await startRegistry();
  const clock = new TrafficClock();
  const work = await openWorkspace({
    platform: { clock, fetch: clock.watch(platform.fetch) },
  });
  const expected = new Map<string, string>();
  const greeter = await fixture("greeter");
  for (const { name, paddingBytes, shape } of MODULES) {
    const wasm = withPadding(greeter, paddingBytes, paddingBytes);
    await pushWasm(registry, `acme/${name}`, "v1", wasm, { shape });
    expected.set(name, digestHex(await digestBytes(wasm)));
  }
  const oci = MODULES.map(({ name }) => ociEntry(registry, name, "v1"));
  const settings = "docker_credentials: false";
  await work.write("forge.ron", forgeRon({ oci: oci.join(""), settings }));
  await Deno.mkdir(work.cache, { recursive: true });
  return new CrashStage(registry, work, expected);
}

/** One project, one cache, one registry. */
export class CrashStage implements AsyncDisposable {
  readonly #registry: Registry;
  readonly #work: Workspace;
  readonly #expected: ReadonlyMap<string, string>;
  #onMoment: (moment: Moment) => void = () => {};

  constructor(
    registry: Registry,
    work: Workspace,
    expected: ReadonlyMap<string, string>,
  ) {
    this.#registry = registry;
    this.#work = work;
    this.#expected = expected;
    const when = () => {
      this.#onMoment("request");
      return false;
    };
    registry.fault({
      match: { when },
      action: { kind: "cut", afterBytes: 0 },
    });
    const pace = () => Promise.resolve(this.#onMoment("bytes"));
    registry.fault({
      match: { path: /\/blobs\// },
      action: { kind: "drip", chunkBytes: PIECE_BYTES, pace },
    });
  }

  /** Starts processes and kills some; those that are not killed must succeed. */
  async play(plan: RoundPlan): Promise<Round> {
    const { processes, random } = plan;
    const running = Array.from(
      { length: processes },
      () => spawn(this.#work.root),
    );
    const alive = new Set(running);
    const killedAt = new Map<Deno.ChildProcess, Moment>();
    const due = new Set(plan.points);
    const counts = { request: 0, bytes: 0, file: 0 };
    this.#registry.requests.clear();
    this.#onMoment = (moment) => {
      counts[moment]++;
      for (const point of due) {
        if (point.moment !== moment || point.nth > counts[moment]) continue;
        due.delete(point);
        const victim = [...alive][Math.floor(random() * alive.size)];
        if (victim === undefined) return;
        alive.delete(victim);
        if (kill(victim)) killedAt.set(victim, moment);
      }
    };
    const after = { request: 0, bytes: 0, file: 0 };
    const stopWatching = this.#watchFiles();
    let survivors = 0;
    await Promise.all(running.map(async (process) => {
      const { code, signal, stderr } = await process.output();
      alive.delete(process);
      const moment = killedAt.get(process);
      // One that had just ended by itself was not killed.
      if (signal === "SIGKILL" && moment !== undefined) after[moment]++;
      else survivors++;
      if (signal === "SIGKILL") return;
      assertEquals(code, 0, new TextDecoder().decode(stderr));
    }));
    this.#onMoment = () => {};
    await stopWatching();
    return { counts, after, survivors };
  }

  /** Checks what is left, and that the next run succeeds; then makes work for another. */
  async check(random: () => number): Promise<Checked> {
    const work = this.#work;
    const leftovers =
      work.cached().filter((name) => name.startsWith(".forge-")).length;
    const verified = (await this.#verify()).entries;
    const next = await work.forge("pull", "--json");
    assertEquals(next.status, 0, next.err);
    for (const { name, sha256 } of next.json().extensions) {
      assertEquals(sha256, this.#expected.get(name), name);
    }
    const { entries, ok } = await this.#verify();
    assertEquals([entries, ok], [MODULES.length, true]);
    const resumed = this.#registry.requests
      .filter(({ headers }) => "range" in headers).length;
    await this.#empty(random);
    return { leftovers, verified, resumed };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#registry.close();
    await this.#work[Symbol.asyncDispose]();
  }

  #watchFiles(): () => Promise<void> {
    const files = Deno.watchFs(this.#work.cache);
    const watching = (async () => {
      for await (const _ of files) this.#onMoment("file");
    })();
    return async () => {
      files.close();
      await watching;
    };
  }

  async #verify(): Promise<{ entries: number; ok: boolean }> {
    const verify = await this.#work.forge("cache", "verify", "--json");
    assertEquals(verify.status, 0, verify.err + verify.out);
    return JSON.parse(verify.out);
  }

  /** Half of the time what crashes left stays. */
  async #empty(random: () => number): Promise<void> {
    const work = this.#work;
    if (random() < 0.5) return void await work.forge("cache", "clear");
    for (const name of work.cached()) {
      const isEntry = /^[0-9a-f]{64}\./.test(name);
      if (isEntry) await Deno.remove(`${work.cache}/${name}`);
    }
  }
}

function spawn(cwd: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...restartFlags(), CLI, "pull", "--no-sandbox"],
    cwd,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
}

/** Kills without a warning; `false` when the process has just ended by itself. */
function kill(process: Deno.ChildProcess): boolean {
  try {
    process.kill("SIGKILL");
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
