/**
 * Kills processes that write one database at random moments, several at a time,
 * and looks at what is in it.
 *
 * ```sh
 * deno task crash:database
 * deno task crash:database --kills 1000 --seed 7
 * deno task crash:database --command "node writer.js"
 * ```
 *
 * @module
 */

import { runRivals } from "../tests/runtime/database_rivals.ts";

if (import.meta.main) {
  const kills = Number(option("kills") ?? 200);
  const seed = Number(option("seed") ?? 1);
  const directory = await Deno.makeTempDir();
  const figures = await runRivals({
    ...{ directory, kills, seed, writers: 3, transactions: 1000 },
    command: option("command")?.split(" "),
    onKill(count) {
      if (count % 20 === 0) console.error(`${count} of ${kills} killed`);
    },
  });
  const { problems, ...totals } = figures;
  const rows = Object.entries({ seed, ...totals, problems: problems.length });
  const table = rows.map(([name, value]) => `| ${name} | ${value} |`);
  console.log(["|  |  |", "| --- | --: |", ...table, ...problems].join("\n"));
  await Deno.remove(directory, { recursive: true });
  Deno.exit(problems.length === 0 ? 0 : 1);
}

/** What follows `--name`. */
function option(name: string): string | undefined {
  const at = Deno.args.indexOf(`--${name}`);
  return at < 0 ? undefined : Deno.args[at + 1];
}
