/**
 * Puts the modules of the package together into few files: Node takes about
 * half a millisecond for each file that it imports, whatever is in it.
 *
 * What only a dynamic import reaches stays in a file of its own, and so does
 * what several entry points share. Packages are not bundled.
 *
 * @module
 */

import { dirname, join, toFileUrl } from "@std/path";
import { build, type Plugin, stop } from "esbuild";

/** Options of {@linkcode bundle}. */
export interface BundleOptions {
  /** Directory of the compiled modules. */
  readonly from: string;
  /** Directory of the files to write. */
  readonly to: string;
  /** Entry points: name in `to`, path in `from`; both without `.js`. */
  readonly entries: Readonly<Record<string, string>>;
}

/**
 * Node has these symbols from 20.4 on, and what TypeScript makes of `await using`
 * refuses to do without. From the registry of symbols, where esbuild and Babel
 * look as well: what they made of a program's own `using` finds our methods.
 *
 * Every file begins with it, so that no class with such a method comes before,
 * whichever file is imported first.
 */
const DISPOSAL = ["dispose", "asyncDispose"].map((name) =>
  `Symbol.${name} ??= Symbol.for("Symbol.${name}");`
).join(" ");

/** A module that is started by its URL, such as that of a worker. */
const STARTED_BY_URL =
  /new URL\(\s*"(\.\.?\/[^"]+)\.(?:js|ts)",\s*import\.meta\.url,?\s*\)/g;

/** Writes the bundle. Modules that are started by their URL become entries. */
export async function bundle(options: BundleOptions): Promise<void> {
  const entries = new Map(
    Object.entries(options.entries)
      .map(([name, path]) => [join(options.from, `${path}.js`), name]),
  );
  try {
    // Each round may find modules that only the last round has reached.
    for (let known = 0; known < entries.size;) {
      known = entries.size;
      await writeBundle(options, entries);
    }
  } finally {
    await stop();
  }
}

async function writeBundle(
  { from, to }: BundleOptions,
  entries: Map<string, string>,
): Promise<void> {
  await Deno.remove(to, { recursive: true }).catch(() => {});
  await build({
    entryPoints: Object.fromEntries(
      [...entries].map(([path, name]) => [name, path]),
    ),
    outdir: to,
    // The files name what they were made from: the same wherever they are made.
    absWorkingDir: from,
    // All in one directory, so that a URL relative to one file fits every other.
    chunkNames: "chunk-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    banner: { js: DISPOSAL },
    logLevel: "silent",
    plugins: [startedByUrl(entries)],
  });
}

/** Finds modules that are started by their URL, and names their bundled files instead. */
function startedByUrl(entries: Map<string, string>): Plugin {
  return {
    name: "started-by-url",
    setup(build) {
      build.onLoad({ filter: /\.js$/ }, async ({ path }) => {
        const text = await Deno.readTextFile(path);
        const contents = text.replaceAll(STARTED_BY_URL, (_, target) => {
          const file = join(dirname(path), `${target}.js`);
          const name = entries.get(file) ?? nameOf(file, entries);
          entries.set(file, name);
          return `new URL("./${name}.js", import.meta.url)`;
        });
        return { contents };
      });
    },
  };
}

function nameOf(file: string, entries: ReadonlyMap<string, string>): string {
  const name = /([^/]+)\.js$/.exec(toFileUrl(file).pathname)?.[1] ?? "module";
  const taken = new Set(entries.values());
  return taken.has(name) ? `${name}-${taken.size}` : name;
}
