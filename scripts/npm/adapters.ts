/**
 * Which modules for Deno have a counterpart for Node.
 *
 * @module
 */

/**
 * Finds the pairs `deno.ts` and `node.ts`, `deno_x.ts` and `node_x.ts` that
 * stand side by side, without those that only another of Deno's modules
 * imports: dnt refuses to replace what is not reached.
 *
 * @param root The root of the repository.
 * @returns Paths from the root with `./` in front: Deno's, then Node's.
 */
export async function findAdapters(
  root: URL,
): Promise<Readonly<Record<string, string>>> {
  const pairs: Record<string, string> = {};
  for await (const path of modulesBelow(root, "src")) {
    const node = path.replace(/\/deno(_\w+)?\.ts$/, "/node$1.ts");
    if (node !== path && await exists(new URL(node, root))) {
      pairs[`./${path}`] = `./${node}`;
    }
  }
  const imported = await importedBesides(root, new Set(Object.keys(pairs)));
  return Object.fromEntries(
    Object.entries(pairs).filter(([path]) => imported.has(path)),
  );
}

/** What the modules import, some left out; paths with `./` in front. */
async function importedBesides(
  root: URL,
  left: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const imported = new Set<string>();
  const paths = ["mod.ts", ...await Array.fromAsync(modulesBelow(root, "src"))];
  for (const path of paths) {
    if (left.has(`./${path}`)) continue;
    const url = new URL(path, root);
    const text = await Deno.readTextFile(url);
    for (const [, target = ""] of text.matchAll(LOCAL_SPECIFIER)) {
      imported.add(`./${new URL(target, url).href.slice(root.href.length)}`);
    }
  }
  return imported;
}

const LOCAL_SPECIFIER = /\b(?:from|import)\s*\(?\s*"(\.\.?\/[^"]+\.ts)"/g;

async function* modulesBelow(root: URL, path: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(path, root))) {
    if (isDirectory) yield* modulesBelow(root, `${path}/${name}`);
    else if (!name.endsWith("_test.ts")) yield `${path}/${name}`;
  }
}

async function exists(url: URL): Promise<boolean> {
  return await Deno.stat(url).then(() => true, () => false);
}
