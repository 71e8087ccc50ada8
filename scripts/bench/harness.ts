/**
 * Measures programs side by side: rounds in which each runs once, medians, and
 * ratios to the first.
 *
 * A machine that is busy for a while is busy for all of them; that is why the
 * ratio is what to compare between machines, not the time.
 *
 * @module
 */

/** Time between two looks at the memory of a process. */
const LOOK_EVERY_MS = 5;

/** A program to measure. */
export interface Candidate {
  /** Its row in the table. */
  readonly name: string;
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** Where it runs. */
  readonly cwd?: string;
  /** Done before each run, outside the measured time. */
  readonly prepare?: () => Promise<void>;
}

/** One run of a program. */
export interface Sample {
  /** From its start to its end. */
  readonly milliseconds: number;
  /** The most memory that any one process of it had: it, or one that it started. */
  readonly peakBytes: number;
}

/** A program's runs. */
export interface Measured {
  /** The program. */
  readonly candidate: Candidate;
  /** Its runs, in their order. */
  readonly samples: readonly Sample[];
}

/** Runs every candidate once in each of `rounds` rounds, after one that does not count. */
export async function measure(
  candidates: readonly Candidate[],
  rounds: number,
): Promise<readonly Measured[]> {
  const samples = new Map<Candidate, Sample[]>();
  for (let round = -1; round < rounds; round++) {
    for (const candidate of candidates) {
      await candidate.prepare?.();
      const sample = await runOnce(candidate);
      if (round < 0) samples.set(candidate, []);
      else samples.get(candidate)?.push(sample);
    }
  }
  return candidates.map((candidate) => ({
    candidate,
    samples: samples.get(candidate) ?? [],
  }));
}

/** Renders a table in Markdown; ratios are to the first row. */
export function formatTable(measured: readonly Measured[]): string {
  const base = median(times(measured[0]));
  const rows = measured.map((row) => {
    const sorted = times(row).toSorted((a, b) => a - b);
    const middle = median(sorted);
    const peaks = row.samples.map(({ peakBytes }) => peakBytes);
    return [
      row.candidate.name,
      `${middle.toFixed(0)} ms`,
      `${sorted[0]?.toFixed(0)} to ${sorted.at(-1)?.toFixed(0)} ms`,
      (middle / base).toFixed(2),
      `${(median(peaks) / 2 ** 20).toFixed(0)} MiB`,
    ];
  });
  const head = ["", "median", "range", "ratio", "largest process"];
  const lines = [head, head.map((_, i) => i === 0 ? "---" : "--:"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/**
 * What a candidate takes beyond another one: the median of what it took more in
 * each round, in milliseconds.
 */
export function medianBeyond(row: Measured, base: Measured): number {
  const others = times(base);
  return median(times(row).map((time, i) => time - (others[i] ?? 0)));
}

async function runOnce({ name, command, cwd }: Candidate): Promise<Sample> {
  const [program, ...args] = command;
  const start = performance.now();
  const child = new Deno.Command(program, {
    args,
    ...(cwd === undefined ? {} : { cwd }),
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let running = true;
  const ended = child.status.then((status) => {
    running = false;
    return { status, milliseconds: performance.now() - start };
  });
  const complaints = new Response(child.stderr).text();
  let peakBytes = 0;
  while (running) {
    peakBytes = Math.max(peakBytes, peakOf(child.pid));
    await Promise.race([
      ended,
      new Promise((wake) => setTimeout(wake, LOOK_EVERY_MS)),
    ]);
  }
  const { status, milliseconds } = await ended;
  if (!status.success) {
    throw new Error(`${name} ended with ${status.code}: ${await complaints}`);
  }
  await complaints;
  return { milliseconds, peakBytes };
}

/** The highest of the marks that Linux keeps for a process and those it started. */
function peakOf(pid: number): number {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    const own = Number(/VmHWM:\s*(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
    return Math.max(own, ...childrenOf(pid).map(peakOf));
  } catch {
    // The process has just ended, or this is no Linux.
    return 0;
  }
}

/** Any thread may have started them. */
function childrenOf(pid: number): readonly number[] {
  return [...Deno.readDirSync(`/proc/${pid}/task`)].flatMap(({ name }) =>
    Deno.readTextFileSync(`/proc/${pid}/task/${name}/children`)
      .split(" ").filter((child) => child.trim() !== "").map(Number)
  );
}

function times(row: Measured | undefined): readonly number[] {
  return row?.samples.map(({ milliseconds }) => milliseconds) ?? [];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
