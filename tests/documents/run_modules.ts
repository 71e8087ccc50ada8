/**
 * Imports modules one after another, each in a directory of its own, and tells
 * on standard output what each has printed.
 *
 * @module
 */

/** A module to import. */
export interface ModuleToRun {
  /** Its URL. */
  readonly url: string;
  /** The working directory. */
  readonly cwd: string;
}

/** What a module did. */
export interface ModuleRun {
  /** What it gave to `console.log`. */
  readonly output: string;
  /** What it threw, if it did. */
  readonly failure?: string;
}

async function runModule({ url, cwd }: ModuleToRun): Promise<ModuleRun> {
  Deno.chdir(cwd);
  let output = "";
  console.log = (...values: unknown[]) => {
    const texts = values.map((value) =>
      typeof value === "string" ? value : Deno.inspect(value)
    );
    output += `${texts.join(" ")}\n`;
  };
  try {
    await import(url);
    return { output };
  } catch (error) {
    const failure = error instanceof Error ? error.stack : undefined;
    return { output, failure: failure ?? String(error) };
  }
}

if (import.meta.main) {
  const runs: ModuleRun[] = [];
  for (const each of JSON.parse(Deno.args[0] ?? "[]") as ModuleToRun[]) {
    runs.push(await runModule(each));
  }
  await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(runs)));
  // What an example leaves open does not keep this process.
  Deno.exit();
}
