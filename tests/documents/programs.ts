/**
 * The programs of the documents: their types, and what they do.
 *
 * Each is put into a module of its own that imports the package by its name.
 * One that is marked `continued` has the one before it on its page in front.
 *
 * @module
 */

import { join, toFileUrl } from "@std/path";
import denoJson from "../../deno.json" with { type: "json" };
import { type Block, placeOf } from "./blocks.ts";
import type { ModuleRun, ModuleToRun } from "./run_modules.ts";
import { openScene } from "./scene.ts";

const ROOT = new URL("../../", import.meta.url);
const RUNNER = new URL("./run_modules.ts", import.meta.url).href;
const STANDINS = new URL("scripts/jsr_standins/import_map.json", ROOT);

/** A program and the output that its page shows. */
export interface Program {
  /** Its last block. */
  readonly block: Block;
  /** All of its text. */
  readonly text: string;
  /** Whether its types are all that is looked at. */
  readonly typesOnly: boolean;
  /** What the page says that it prints. */
  readonly output?: string;
}

/** What became of a program. */
export interface Ran {
  /** Where it stands. */
  readonly place: string;
  /** What it printed. */
  readonly output: string;
  /** Why it failed. */
  readonly failure?: string;
}

/** Finds the programs among the blocks of one page. */
export function programsOf(blocks: readonly Block[]): readonly Program[] {
  const programs: Program[] = [];
  blocks.forEach((block, i) => {
    if (!["ts", "js"].includes(block.language)) return;
    // Deno's own word for an example that cannot stand alone.
    if (block.marks.includes("ignore")) return;
    const next = blocks[i + 1];
    const before = block.marks.includes("continued")
      ? programs.at(-1)?.text ?? ""
      : "";
    programs.push({
      block,
      text: before + block.text,
      typesOnly: block.marks.includes("types"),
      ...(next?.language === "text" && next.marks.includes("output")
        ? { output: next.text }
        : {}),
    });
  });
  return programs;
}

/** A directory with the programs as modules, and an import map for them. */
interface Placed extends AsyncDisposable {
  readonly paths: readonly string[];
  readonly flags: readonly string[];
}

async function place(
  programs: readonly Program[],
  edit: (text: string) => string = (text) => text,
): Promise<Placed> {
  const directory = await Deno.makeTempDir({ prefix: "forge-documents-" });
  const map = join(directory, "import_map.json");
  await Deno.writeTextFile(map, JSON.stringify({ imports: await imports() }));
  const paths = programs.map(({ block }) =>
    join(directory, `${placeOf(block).replace(/[^\w.]+/g, "_")}.ts`)
  );
  for (const [i, path] of paths.entries()) {
    // A module, whatever it imports; its names are its own.
    const text = `${programs[i]?.text ?? ""}\nexport {};\n`;
    await Deno.writeTextFile(path, edit(text));
  }
  return {
    paths,
    flags: ["--no-lock", "--no-config", "--import-map", map],
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

/** The package by its name, and what it imports itself. */
async function imports(): Promise<Readonly<Record<string, string>>> {
  const own = Object.entries(denoJson.exports).map(([name, path]) => [
    denoJson.name + name.slice(1),
    new URL(path, ROOT).href,
  ]);
  const standins = JSON.parse(await Deno.readTextFile(STANDINS)).imports;
  const isReal = Deno.env.get("FORGE_JSR") !== "standins";
  const others = Object.entries<string>(isReal ? denoJson.imports : standins)
    .map(([name, specifier]) => [
      name,
      specifier.startsWith(".") ? new URL(specifier, STANDINS).href : specifier,
    ]);
  return Object.fromEntries([...own, ...others]);
}

/** Checks the types of programs; returns what the compiler says, if anything. */
export async function checkTypes(
  programs: readonly Program[],
): Promise<string> {
  await using placed = await place(programs);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", ...placed.flags, ...placed.paths],
    env: { NO_COLOR: "1" },
  }).output();
  return success ? "" : new TextDecoder().decode(stderr);
}

/**
 * Runs programs one after another, each in a project of its own with a
 * registry in memory in place of `ghcr.io`.
 */
export async function runPrograms(
  programs: readonly Program[],
): Promise<readonly Ran[]> {
  await using scene = await openScene();
  await using placed = await place(programs, scene.localize);
  const modules: ModuleToRun[] = [];
  for (const path of placed.paths) {
    const cwd = await scene.openProject();
    modules.push({ url: toFileUrl(path).href, cwd });
  }
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", ...placed.flags, RUNNER]
      .concat(JSON.stringify(modules)),
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new Error(`Cannot run the programs: ${text(stderr)}`);
  const runs: readonly ModuleRun[] = JSON.parse(scene.delocalize(text(stdout)));
  return programs.map(({ block }, i) => ({
    place: placeOf(block),
    output: "",
    ...runs[i],
  }));
}
