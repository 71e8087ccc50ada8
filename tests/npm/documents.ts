/**
 * The programs of the documents on Node and Bun: those of the pages, and the examples of
 * the doc comments, as somebody would write them who has the npm package.
 *
 * @module
 */

import { join, toFileUrl } from "@std/path";
import ts from "typescript";
import {
  blocksOf,
  placeOf,
  readExamples,
  readPages,
} from "../documents/blocks.ts";
import { type Program, programsOf } from "../documents/programs.ts";
import { openScene } from "../documents/scene.ts";
import { run, type RunResult } from "./run.ts";

/** Imports modules one after another, and tells what each printed. */
const RUNNER = `
import { writeSync } from "node:fs";
import { format } from "node:util";
import process from "node:process";

const runs = [];
for (const { url, cwd } of JSON.parse(process.argv[2])) {
  process.chdir(cwd);
  const lines = [];
  console.log = (...values) => lines.push(format(...values) + "\\n");
  const failure = await import(url).then(() => undefined, (error) => error.stack);
  runs.push({ output: lines.join(""), failure });
}
writeSync(1, JSON.stringify(runs));
process.exit();
`;

/** What names Deno is for Deno, and the rest is for everybody. */
export async function portablePrograms(): Promise<readonly Program[]> {
  const pages = (await readPages()).flatMap((page) =>
    programsOf(blocksOf(page))
  );
  return [...pages, ...programsOf(await readExamples())]
    .filter(({ typesOnly, text }) => !typesOnly && !/\bDeno\./.test(text));
}

/**
 * Runs the programs in a project that has the package.
 *
 * @param project Directory of the project.
 * @param runtime The executable.
 * @returns Status 0 when each did what its page says.
 */
export async function runDocuments(
  project: string,
  runtime: string,
): Promise<RunResult> {
  await using scene = await openScene();
  const programs = await portablePrograms();
  const directory = await Deno.makeTempDir({ dir: project });
  const runner = join(directory, "run.mjs");
  await Deno.writeTextFile(runner, RUNNER);
  const modules = await Promise.all(programs.map(async ({ text }, i) => {
    const path = join(directory, `${i}.mjs`);
    await Deno.writeTextFile(path, compile(scene.localize(text)));
    return { url: toFileUrl(path).href, cwd: await scene.openProject() };
  }));
  const result = await run([runtime, runner, JSON.stringify(modules)], {
    cwd: project,
  });
  if (result.status !== 0) return result;
  const runs: readonly Run[] = JSON.parse(scene.delocalize(result.out));
  const problems = programs.flatMap((program, i) =>
    problemOf(program, runs[i])
  );
  return {
    ...result,
    status: problems.length === 0 ? 0 : 1,
    out: [`${programs.length - problems.length} passed`, ...problems]
      .join("\n"),
  };
}

interface Run {
  readonly output: string;
  readonly failure?: string;
}

/** What Node 20 takes: no types, and no `await using`. */
function compile(text: string): string {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
    },
  });
  return outputText;
}

function problemOf({ block, output }: Program, ran?: Run): readonly string[] {
  const place = placeOf(block);
  if (ran === undefined) return [`${place}: it was not run`];
  if (ran.failure !== undefined) return [`${place}: ${ran.failure}`];
  return output === undefined || output === ran.output
    ? []
    : [`${place}: it printed ${JSON.stringify(ran.output)}`];
}
