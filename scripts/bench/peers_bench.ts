/**
 * Pulling beside all peers that are here (skopeo, oras, crane, curl with
 * openssl), from few modules to many, from small to large, on a short way and
 * on a long one, with the peak of memory.
 *
 * ```sh
 * deno run -A scripts/with_jsr.ts run -A scripts/bench/peers_bench.ts
 * deno run -A scripts/with_jsr.ts run -A scripts/bench/peers_bench.ts \\
 *   --rounds 3 1x1KiB 50x1MiB 500x1KiB@20ms
 * ```
 *
 * A case is how many modules of which size, and how many milliseconds each
 * request takes longer. The largest wants 3 GiB of memory to publish, and as
 * much room for temporary files for each peer.
 *
 * @module
 */

import { join } from "@std/path";
import { startDockerRegistry } from "../../tests/interop/docker_registry.ts";
import { coldCandidates } from "./candidates.ts";
import { formatTable, measure } from "./harness.ts";
import { publishModules } from "./published_modules.ts";
import { startSlowLink } from "./slow_link.ts";

const DEFAULT_ROUNDS = 5;
const DEFAULT_CASES = [
  ...["1x1KiB", "1x1MiB", "1x16MiB", "1x256MiB", "1x1GiB"],
  ...["50x1KiB", "50x1MiB", "500x1KiB", "500x64KiB"],
  ...["1x1KiB@20ms", "50x1KiB@20ms", "50x1MiB@20ms", "500x1KiB@20ms"],
];

const UNITS = new Map([["KiB", 2 ** 10], ["MiB", 2 ** 20], ["GiB", 2 ** 30]]);

interface Case {
  readonly title: string;
  readonly count: number;
  readonly size: number;
  readonly delayMs: number;
}

if (import.meta.main) {
  const args = [...Deno.args];
  const at = args.indexOf("--rounds");
  const rounds = at < 0 ? DEFAULT_ROUNDS : Number(args.splice(at, 2)[1]);
  const cases = args.length > 0 ? args : DEFAULT_CASES;
  for (const each of cases.map(parseCase)) await runCase(each, rounds);
}

function parseCase(text: string): Case {
  const [, count, amount, unit = "", delay = "0"] =
    /^(\d+)x(\d+)([KMG]iB)(?:@(\d+)ms)?$/.exec(text) ?? [];
  const scale = UNITS.get(unit);
  if (scale === undefined) throw new Error(`"${text}" is no case`);
  const size = Number(amount) * scale;
  const title = `${count} of ${amount} ${unit}` +
    (delay === "0" ? "" : `, each request ${delay} ms longer`);
  return { title, count: Number(count), size, delayMs: Number(delay) };
}

async function runCase(each: Case, rounds: number): Promise<void> {
  const { title, count, size, delayMs } = each;
  await using registry = await startDockerRegistry();
  await using link = delayMs === 0
    ? undefined
    : await startSlowLink(registry.host, delayMs);
  const host = link?.host ?? registry.host;
  const root = await Deno.makeTempDir({ prefix: "forge-bench-" });
  try {
    const project = join(root, "project");
    await Deno.mkdir(project);
    const modules = await publishModules(host, project, { count, size });
    const place = { host, root: project, modules };
    const table = formatTable(await measure(coldCandidates(place), rounds));
    console.log(`\n### ${title}\n\n${table}`);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}
