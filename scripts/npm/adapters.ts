/**
 * Which modules for Deno have a counterpart for Node.
 *
 * @module
 */

/**
 * Finds the pairs `deno.ts` and `node.ts`, `deno_x.ts` and `node_x.ts` that
 * stand side by side.
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
  return pairs;
}

async function* modulesBelow(root: URL, path: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(path, root))) {
    if (isDirectory) yield* modulesBelow(root, `${path}/${name}`);
    else if (!name.endsWith("_test.ts")) yield `${path}/${name}`;
  }
}

async function exists(url: URL): Promise<boolean> {
  return await Deno.stat(url).then(() => true, () => false);
}
