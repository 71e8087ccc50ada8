/**
 * Processes that write one database at the same time, some of which are killed
 * in the middle of it, and what is in the database afterwards.
 *
 * @module
 */

import { join } from "@std/path";
import { platform } from "../../src/platform/deno.ts";
import { restartFlags } from "../permissions/real_process.ts";
import { type Random, seededRandom } from "../ron/random.ts";

const WRITER = new URL("./database_writer.ts", import.meta.url).pathname;
/** Milliseconds from the first commit of a process to its end, at most. */
const LONGEST_LIFE_MS = 250;
/** No writer commits as many in that time. */
const NO_END = 1_000_000_000;
/** Some have: who closes a database removes its log, which others have open. */
const EARLY_END = 50;

/** Options of {@linkcode runRivals}. */
export interface RivalsOptions {
  /** Where the database is made. */
  readonly directory: string;
  /** Processes at a time. */
  readonly writers: number;
  /** Processes that are killed, each replaced by a fresh one. */
  readonly kills: number;
  /** Transactions of each of those that live at the end. */
  readonly transactions: number;
  /** Decides who writes what, and who is killed when. */
  readonly seed: number;
  /** What starts the writer, with its arguments behind; Deno without rights beyond the directory if absent. */
  readonly command?: readonly string[] | undefined;
  /** Hears of every kill. */
  readonly onKill?: (kills: number) => void;
}

/** What happened. */
export interface RivalsFigures {
  readonly processes: number;
  readonly kills: number;
  /** Transactions of which their process said that they are committed. */
  readonly acknowledged: number;
  /** Those that were committed when it was killed before it said so. */
  readonly unsaid: number;
  /** What must never be. */
  readonly problems: readonly string[];
}

/** Lets processes write, kills some, waits for the others, and looks at the database. */
export async function runRivals(
  options: RivalsOptions,
): Promise<RivalsFigures> {
  const { directory, kills, writers, transactions, seed } = options;
  const random = seededRandom(seed);
  const path = join(directory, "a.db");
  const all: Writer[] = [];
  const start = (count: number) => {
    const name = `w${all.length}`;
    const args = ["wasm", path, name, `${random.int(2 ** 31)}`, `${count}`];
    const writer = new Writer(name, [...commandOf(options), ...args]);
    all.push(writer);
    return writer;
  };
  const atWork = Array.from({ length: writers }, () => start(NO_END));
  for (let killed = 1; killed <= kills; killed++) {
    const [writer] = atWork.splice(random.int(atWork.length), 1);
    await writer!.kill(random);
    atWork.push(start(random.int(3) === 0 ? EARLY_END : NO_END));
    options.onKill?.(killed);
  }
  // The last ones have an end of their own.
  await Promise.all(atWork.splice(0).map((writer) => writer.kill(random)));
  const last = Array.from({ length: writers }, () => start(transactions));
  await Promise.all(last.map((writer) => writer.ended));
  const found = await lookAt(path, all);
  return {
    processes: all.length,
    kills: all.filter(({ wasKilled }) => wasKilled).length,
    acknowledged: all.reduce((sum, { said }) => sum + said, 0),
    ...found,
  };
}

function commandOf({ command, directory }: RivalsOptions): readonly string[] {
  return command ?? [
    ...[Deno.execPath(), "run", "--no-prompt", ...restartFlags()],
    ...[`--allow-read=${directory}`, `--allow-write=${directory}`, WRITER],
  ];
}

/** One process. */
class Writer {
  readonly name: string;
  /** The number of the last transaction that it said is committed. */
  said = 0;
  /** What went wrong in it. */
  failure = "";
  wasKilled = false;
  readonly ended: Promise<void>;
  readonly #process: Deno.ChildProcess;
  readonly #begun = Promise.withResolvers<void>();

  constructor(name: string, [program = "", ...args]: readonly string[]) {
    this.name = name;
    this.#process = new Deno.Command(program, {
      ...{ args, stdin: "null", stdout: "piped", stderr: "piped" },
    }).spawn();
    this.ended = this.#follow();
  }

  async #follow(): Promise<void> {
    const errors = new Response(this.#process.stderr).text();
    let rest = "";
    const output = this.#process.stdout.pipeThrough(new TextDecoderStream());
    for await (const part of output) {
      const lines = (rest + part).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.said = Number(line);
      this.#begun.resolve();
    }
    const { success } = await this.#process.status;
    this.#begun.resolve();
    const text = await errors;
    if (!success && !this.wasKilled) this.failure = text;
  }

  /** Kills it, some time after its first commit. */
  async kill(random: Random): Promise<void> {
    const milliseconds = random.int(LONGEST_LIFE_MS);
    await this.#begun.promise;
    await platform.clock.sleep(milliseconds, {});
    try {
      this.#process.kill("SIGKILL");
      this.wasKilled = true;
    } catch {
      // It has come to its end before, one way or the other.
    }
    await this.ended;
  }
}

async function lookAt(
  path: string,
  writers: readonly Writer[],
): Promise<Pick<RivalsFigures, "unsaid" | "problems">> {
  const problems: string[] = [];
  let unsaid = 0;
  let committed = 0;
  const database = await platform.openDatabase!(path, { engine: "wasm" });
  try {
    const number = (sql: string, ...values: string[]) =>
      Number(database.query(sql, values)[0]?.[0] ?? 0);
    for (const writer of writers) {
      const { name, said, failure } = writer;
      if (failure !== "") problems.push(`${name} failed: ${failure}`);
      const count = number(
        "SELECT count(DISTINCT number) FROM done WHERE writer = ?",
        name,
      );
      const highest = number(
        "SELECT max(number) FROM done WHERE writer = ?",
        name,
      );
      const more = count - said;
      committed += count;
      unsaid += more;
      if (count !== highest || more < 0 || more > 1) {
        problems.push(`${name} said ${said}, ${count} are there`);
      }
      if (!writer.wasKilled && more !== 0) {
        problems.push(`${name} ended with ${said} of ${count} said`);
      }
    }
    const halves = number(`SELECT count(*) FROM (
      SELECT 1 FROM done GROUP BY writer, number HAVING count(*) <> max(parts)
    )`);
    if (halves !== 0) problems.push(`${halves} transactions are there in part`);
    const total = number("SELECT transactions FROM total");
    if (total !== committed) problems.push(`${total} counted of ${committed}`);
    const [[check] = []] = database.query("PRAGMA integrity_check", []);
    if (check !== "ok") problems.push(`integrity: ${check}`);
  } finally {
    database.close();
  }
  const left = await Array.fromAsync(Deno.readDir(dirnameOf(path)));
  const others = left.map(({ name }) => name).filter((name) => name !== "a.db");
  if (others.length > 0) problems.push(`left: ${others.sort().join(", ")}`);
  return { unsaid, problems };
}

function dirnameOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
