/**
 * The real command in a process of its own, for tests.
 *
 * @module
 */

const CLI = new URL("../../src/cli/main.ts", import.meta.url).pathname;

/** What a process did. */
export interface ProcessResult {
  /** Its exit status. */
  readonly status: number;
  /** What it wrote to standard output. */
  readonly out: string;
  /** What it wrote to standard error. */
  readonly err: string;
}

/** Options of {@linkcode runForge}. */
export interface RunForgeOptions {
  /** The working directory. */
  readonly cwd: string;
  /** Permission flags; `-A` if not given. */
  readonly flags?: readonly string[];
  /** Environment variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** What is on standard input; nothing if not given. */
  readonly input?: Uint8Array;
}

/** Flags without which the sources cannot be run where JSR is out of reach. */
export function restartFlags(): readonly string[] {
  return JSON.parse(Deno.env.get("FORGE_RESTART_FLAGS") ?? "[]");
}

/** Runs `forge` with Deno. */
export async function runForge(
  args: readonly string[],
  options: RunForgeOptions,
): Promise<ProcessResult> {
  const { cwd, flags = ["-A"], env = {}, input } = options;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...restartFlags(), ...flags, CLI, ...args],
    cwd,
    env: { ...env, NO_COLOR: "1" },
    stdin: input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (input !== undefined) {
    // One that ends without reading all of it is looked at below.
    await new Blob([input.slice()]).stream().pipeTo(child.stdin).catch(
      () => {},
    );
  }
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { status: code, out: text(stdout), err: text(stderr) };
}

/** What Deno's permission audit recorded, as `kind value`, each once, sorted. */
export async function readAudit(path: string): Promise<string[]> {
  const text = await Deno.readTextFile(path);
  const lines = text.split("\n").filter((line) => line !== "");
  const uses = lines.map((line) => {
    const { permission, value } = JSON.parse(line);
    return `${permission} ${value}`;
  });
  return [...new Set(uses)].sort();
}
