/**
 * Every command of the program as npm installs it. The tests of the commands
 * run on the modules that npm does not get; this runs the files that it does.
 *
 * @module
 */

import { join } from "@std/path";
import { COMMANDS } from "../../src/cli/commands.ts";
import type { Registry } from "../../src/testing/mod.ts";
import { spinningProject } from "../crash/spinning.ts";
import { ROOT } from "./project.ts";
import type { RunResult } from "./run.ts";

/** A command line, and what tells that it did its work. */
interface Case {
  /** After `forge`; what is in capitals is put in by {@linkcode fill}. */
  readonly line: string;
  /** What it prints, to whichever stream. */
  readonly shows: RegExp;
  /** How it ends, if not well. */
  readonly status?: number;
  /** What it prints when Ctrl-C is to end it; else it ends by itself. */
  readonly endAt?: RegExp;
}

const DIGEST = /^sha256:[0-9a-f]{64}$/m;

/** In their order: what one leaves is what the next begins with. */
const CASES: readonly Case[] = [
  { line: "publish MODULE IMAGE:v1.0.0", shows: DIGEST },
  { line: "init -e tracker=IMAGE:v1.0.0", shows: /^Wrote forge\.ron with t/m },
  { line: "check", shows: /^forge\.ron: 1 warning$/m },
  { line: "check --strict", shows: /MutableTag/, status: 1 },
  { line: "fmt --check", shows: /^forge\.ron is formatted$/m },
  { line: "doctor", shows: /^ok +registry .*127\.0\.0\.1/m },
  { line: "permissions", shows: /^--allow-net=127\.0\.0\.1:\d+ --allow-read=/ },
  { line: "pull", shows: /^tracker .* pulled$/m },
  { line: "run", shows: /^tracker .* cached, loaded \(tracker 1\.2\.0\)$/m },
  { line: "call tracker resolve-field issues", shows: /^\[\]$/m },
  { line: "call tracker nothing", shows: /"nothing"/, status: 1 },
  {
    line: "schema tracker",
    shows: /^ {2}issues\(state: String\): \[Issue!\]/m,
  },
  { line: "inspect tracker", shows: /^world +forge:extension@0\.2\.0$/m },
  {
    line: "watch",
    endAt: /^Watching tracker$/m,
    shows: /^\[tracker\] answered 0 calls$/m,
  },
  {
    // Nothing of the process hears of it while an extension computes.
    line: "call spin _start --config spin/forge.ron",
    endAt: /^\[spin\] begun$/m,
    shows: /^\[spin\] begun$/m,
    status: 130,
  },
  { line: "lock", shows: /^tracker .* added$/m },
  { line: "publish MODULE IMAGE:v1.1.0 --version 1.1.0", shows: DIGEST },
  {
    line: "outdated --check",
    shows: /^tracker +v1\.0\.0 .* v1\.1\.0$/m,
    status: 1,
  },
  { line: "update --latest --yes", shows: /^Updated tracker$/m },
  { line: "pin", shows: /^tracker +v1\.1\.0 .* pinned, from the lock$/m },
  { line: "tags IMAGE", shows: /^v1\.0\.0\nv1\.1\.0$/m },
  { line: "digest IMAGE:v1.1.0", shows: DIGEST },
  { line: "digest IMAGE:gone", shows: /not found/i, status: 1 },
  { line: "copy IMAGE:v1.1.0 IMAGE/mirror", shows: /^copied to .*\/mirror, /m },
  { line: "keygen release --password-env PASSWORD", shows: /^release\.pub +/m },
  {
    line: "sign IMAGE:v1.1.0 --key release.key --password-env PASSWORD",
    shows: /^signed .*, as bundle$/m,
  },
  {
    line: "verify IMAGE:v1.1.0 --key release.pub",
    shows: /^verified .*, signed by release\.pub /m,
  },
  { line: "referrers IMAGE:v1.1.0", shows: /dev\.sigstore\.bundle/ },
  {
    line: "cache list",
    shows: /^127\.0\.0\.1:\d+\/.* just now +[0-9a-f]{12}$/m,
  },
  { line: "cache size", shows: /^\d+ KiB in 3 entries$/m },
  { line: "cache path", shows: /\/\.forge\/extensions\/cache$/m },
  { line: "cache verify", shows: /^3 entries verified$/m },
  { line: "cache export all.tar", shows: /^1 extension in .*\/all\.tar, /m },
  { line: "cache prune", shows: /^2 entries removed, /m },
  { line: "cache clear", shows: /^1 entry removed from / },
  { line: "cache import all.tar", shows: /^1 entry imported into / },
  { line: "pull --offline --frozen", shows: /^tracker .* cached$/m },
  { line: "completions bash", shows: /^_forge_words\(\) \{$/m },
  { line: "completions zsh", shows: /^#compdef forge$/m },
  { line: "completions fish", shows: /^function __forge_is_first$/m },
  { line: "completions powershell", shows: /^Register-ArgumentCompleter /m },
];

/** More than the slowest command takes where everything is slow. */
const MAX_COMMAND_MS = 30_000;

/** The program, on a runtime. */
interface Program {
  /** Runtime and file. */
  readonly command: readonly [string, string];
  /** The project in which it is called. */
  readonly cwd: string;
  /** What it finds in its environment. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Calls every command once at least.
 *
 * @param program Runtime, and the program as npm has installed it.
 * @param registry Where it publishes and pulls, which others may do as well.
 * @returns Status 0 when each command did what it is for.
 */
export async function runEveryCommand(
  program: readonly [string, string],
  registry: Registry,
): Promise<RunResult> {
  const start = performance.now();
  const cwd = await Deno.makeTempDir({ prefix: "forge-npm-" });
  const image = `${registry.host}/acme/${crypto.randomUUID()}`;
  const env = { HOME: cwd, XDG_CACHE_HOME: cwd, PASSWORD: "secret" };
  try {
    await Deno.mkdir(join(cwd, "spin"));
    for (const [name, content] of Object.entries(await spinningProject())) {
      await Deno.writeFile(join(cwd, "spin", name), content);
    }
    const problems = await problemsOf({ command: program, cwd, env }, image);
    return {
      status: problems.length === 0 ? 0 : 1,
      out: [`${CASES.length - problems.length} passed`, ...problems]
        .join("\n"),
      err: "",
      milliseconds: performance.now() - start,
    };
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
}

async function problemsOf(
  program: Program,
  image: string,
): Promise<readonly string[]> {
  const problems = [...await untried()];
  for (const { line, shows, status = 0, endAt } of CASES) {
    const result = await call(program, fill(line, image), endAt);
    if (result.status === status && shows.test(result.printed)) continue;
    problems.push(`forge ${line}: status ${result.status}: ${result.printed}`);
  }
  return problems;
}

/** What the program can do and no line above asks of it. */
async function untried(): Promise<readonly string[]> {
  const isTried = (wanted: string) =>
    CASES.some(({ line }) => `${line} `.startsWith(`${wanted} `));
  const wanted = await Promise.all(COMMANDS.map(async ({ name, load }) => {
    const words = (await load()).completes?.[0]?.words ?? [];
    return [name, ...words.map((word) => `${name} ${word}`)];
  }));
  return wanted.flat().filter((each) => !isTried(each))
    .map((each) => `forge ${each}: no line tries it`);
}

function fill(line: string, image: string): string[] {
  const module = join(ROOT, "tests", "fixtures", "tracker.wasm");
  return line.replaceAll("IMAGE", image).replaceAll("MODULE", module)
    .split(" ");
}

/** Runs a command to its end, or ends it as Ctrl-C does. */
async function call(
  { command: [runtime, forge], cwd, env }: Program,
  args: readonly string[],
  endAt?: RegExp,
): Promise<{ readonly status: number; readonly printed: string }> {
  const child = new Deno.Command(runtime, {
    args: [forge, ...args],
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(MAX_COMMAND_MS),
  }).spawn();
  let printed = "";
  let isEnded = endAt === undefined;
  const streams = [child.stdout, child.stderr].map(async (stream) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      printed += text;
      if (isEnded || !endAt?.test(printed)) continue;
      isEnded = true;
      child.kill("SIGINT");
    }
  });
  await Promise.all(streams);
  return { status: (await child.status).code, printed };
}
