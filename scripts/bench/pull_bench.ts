/**
 * How fast modules come from a real registry on this machine, beside what is
 * usual: `curl | openssl`, which keeps nothing, and `skopeo copy`.
 *
 * ```sh
 * deno task bench
 * deno task bench 9
 * ```
 *
 * The number is that of the rounds.
 *
 * @module
 */

import { join } from "@std/path";
import { startDockerRegistry } from "../../tests/interop/docker_registry.ts";
import { CURL, OPENSSL, pathOf, SKOPEO } from "../../tests/interop/tools.ts";
import { cachedCandidates, coldCandidates, type Place } from "./candidates.ts";
import { type Candidate, formatTable, measure } from "./harness.ts";
import { publishModules } from "./published_modules.ts";

const MIB = 2 ** 20;
const DEFAULT_ROUNDS = 5;

if (import.meta.main) {
  for (const tool of [CURL, OPENSSL, SKOPEO]) pathOf(tool);
  await main(Number(Deno.args[0] ?? DEFAULT_ROUNDS));
}

async function main(rounds: number): Promise<void> {
  await using registry = await startDockerRegistry();
  const { host } = registry;
  const root = await Deno.makeTempDir({ prefix: "forge-bench-" });
  try {
    const many = await open(host, join(root, "many"), { count: 50, size: MIB });
    await report("50 modules of 1 MiB, cold", coldCandidates(many), rounds);
    await report("50 modules of 1 MiB, cached", cachedCandidates(many), rounds);
    const one = await open(host, join(root, "one"), {
      count: 1,
      size: 256 * MIB,
    });
    await report("One module of 256 MiB, cold", coldCandidates(one), rounds);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function report(
  title: string,
  candidates: readonly Candidate[],
  rounds: number,
): Promise<void> {
  const table = formatTable(await measure(candidates, rounds));
  console.log(`\n### ${title}\n\n${table}`);
}

async function open(
  host: string,
  root: string,
  options: { readonly count: number; readonly size: number },
): Promise<Place> {
  await Deno.mkdir(root, { recursive: true });
  return { host, root, modules: await publishModules(host, root, options) };
}
