/**
 * Runs a program to its end.
 *
 * @module
 */

/** What a program left behind. */
export interface RunResult {
  /** Its exit status. */
  readonly status: number;
  /** Its standard output. */
  readonly out: string;
  /** Its standard error. */
  readonly err: string;
  /** How long it ran. */
  readonly milliseconds: number;
}

/** How to run a program. */
export interface RunOptions {
  /** Its working directory. */
  readonly cwd?: string;
  /** What its environment has besides this process's. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program; a failure is a status, not an exception. */
export async function run(
  [program, ...args]: readonly [string, ...string[]],
  options: RunOptions = {},
): Promise<RunResult> {
  const start = performance.now();
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    env: { NO_COLOR: "1", ...options.env },
    stdin: "null",
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  }).output();
  const decoder = new TextDecoder();
  return {
    status: code,
    out: decoder.decode(stdout),
    err: decoder.decode(stderr),
    milliseconds: performance.now() - start,
  };
}
