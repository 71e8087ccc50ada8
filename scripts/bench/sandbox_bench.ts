/**
 * What the sandbox costs: `forge run` in a process of its own beside
 * `forge run --no-sandbox`, with a warm cache, start to end.
 *
 *     deno run -A scripts/with_jsr.ts run -A scripts/bench/sandbox_bench.ts [rounds]
 */
import { pushWasm, startRegistry } from "../../src/testing/mod.ts";
import {
  fixture,
  forgeRon,
  ociEntry,
  openWorkspace,
} from "../../tests/cli/workspace.ts";
import { runForge } from "../../tests/permissions/real_process.ts";

/** Rounds that fill the caches and do not count. */
const WARM_UP = 2;

const MODES = [
  { name: "sandboxed", args: ["run", "--json"], sandbox: "process" },
  {
    name: "--no-sandbox",
    args: ["run", "--json", "--no-sandbox"],
    sandbox: "none",
  },
] as const;

/** The middle one of the times, in milliseconds. */
function median(times: number[]): number {
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

async function timeOf(mode: typeof MODES[number], cwd: string) {
  const started = performance.now();
  const { status, out, err } = await runForge(mode.args, { cwd });
  const took = performance.now() - started;
  if (status !== 0 || JSON.parse(out).sandbox !== mode.sandbox) throw err;
  return took;
}

/** Rounds take turns, so that a slow second hurts both alike. */
async function run(rounds: number): Promise<void> {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await pushWasm(registry, "acme/greeter", "v1", await fixture("greeter"));
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry(registry, "greeter", "v1"),
      settings: "docker_credentials: false",
    }),
  );
  const times = MODES.map((): number[] => []);
  for (let round = 0; round < WARM_UP + rounds; round++) {
    for (const [i, mode] of MODES.entries()) {
      const took = await timeOf(mode, work.root);
      if (round >= WARM_UP) times[i]!.push(took);
    }
  }
  const [sandboxed, plain] = times.map(median) as [number, number];
  console.log(`sandboxed: ${sandboxed.toFixed(0)} ms`);
  console.log(`--no-sandbox: ${plain.toFixed(0)} ms`);
  console.log(`ratio: ${(sandboxed / plain).toFixed(2)}`);
}

await run(Number(Deno.args[0] ?? 15));
