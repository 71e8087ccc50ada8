/**
 * The fenced blocks of the documents.
 *
 * @module
 */

const ROOT = new URL("../../", import.meta.url);

/** A page for people, by its path from the root. */
export interface Page {
  /** Path from the root of the repository. */
  readonly path: string;
  /** All of it. */
  readonly text: string;
}

/** A fenced block. */
export interface Block {
  /** Path of its page, or of its module. */
  readonly path: string;
  /** Line of its fence, from 1. */
  readonly line: number;
  /** The first word behind the fence. */
  readonly language: string;
  /** The other words behind it. */
  readonly marks: readonly string[];
  /** What is between the fences, without the margin. */
  readonly text: string;
}

/** Reads the pages at the root and in `docs/`. */
export async function readPages(): Promise<readonly Page[]> {
  const paths: string[] = [];
  for (const directory of ["", "docs/"]) {
    for await (
      const { name } of Deno.readDir(new URL(directory || ".", ROOT))
    ) {
      if (name.endsWith(".md")) paths.push(directory + name);
    }
  }
  return await Promise.all(
    paths.sort().map(async (path) => ({
      path,
      text: await Deno.readTextFile(new URL(path, ROOT)),
    })),
  );
}

/** The blocks of a page. A fence that is not closed ends with the page. */
export function blocksOf({ path, text }: Page): readonly Block[] {
  const blocks: Block[] = [];
  const lines = text.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const fence = /^(\s*)(`{3,})(.*)$/.exec(lines[i] ?? "");
    if (fence === null) continue;
    const [, margin = "", ticks = "", info = ""] = fence;
    const [language = "", ...marks] = info.trim().split(/\s+/);
    const start = i + 1;
    do i++; while (i < lines.length && lines[i]?.trim() !== ticks);
    const inside = lines.slice(start, i)
      .map((line) =>
        line.startsWith(margin) ? line.slice(margin.length) : line
      );
    blocks.push({
      ...{ path, line: start, language, marks },
      text: inside.map((line) => `${line}\n`).join(""),
    });
  }
  return blocks;
}

/** A page without its blocks: what is written in sentences. */
export function proseOf({ text }: Page): string {
  return text.replace(/^(\s*)(`{3,})[^`]*$[^]*?^\1\2\s*$/gm, "");
}

/** The examples in the doc comments of the public modules. */
export async function readExamples(): Promise<readonly Block[]> {
  const blocks: Block[] = [];
  for await (const path of modulesBelow("src")) {
    blocks.push(...await read(path));
  }
  return [...await read("mod.ts"), ...blocks];

  async function read(path: string): Promise<readonly Block[]> {
    const source = await Deno.readTextFile(new URL(path, ROOT));
    // Only comments are kept, in their lines, so that a place can be named.
    const comments = source.split("\n")
      .map((line) => /^\s*(?:\/\*)?\* ?(.*)$/.exec(line)?.[1] ?? "");
    return blocksOf({ path, text: comments.join("\n") })
      .filter(({ language }) => language !== "");
  }
}

async function* modulesBelow(directory: string): AsyncGenerator<string> {
  for await (
    const { name, isDirectory } of Deno.readDir(new URL(directory, ROOT))
  ) {
    const path = `${directory}/${name}`;
    if (isDirectory) yield* modulesBelow(path);
    else if (/(?<!_test)\.ts$/.test(name)) yield path;
  }
}

/** Where a block is, for messages. */
export function placeOf({ path, line }: Block): string {
  return `${path}:${line}`;
}
