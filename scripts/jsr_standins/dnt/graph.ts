/**
 * The modules of a package, with the specifiers that Node understands.
 *
 * @module
 */

import { dirname, fromFileUrl, relative } from "@std/path";
import { locateSpecifiers } from "./specifiers.ts";
import type { Resolver } from "./resolve.ts";

/** A module as it will be compiled. */
export interface OutputModule {
  /** Its path within the output, `.ts` at the end. */
  readonly path: string;
  /** Its text, specifiers rewritten. */
  readonly text: string;
  /** Whether only tests reach it. */
  readonly isTest: boolean;
}

/** What a set of entry points needs. */
export interface Graph {
  /** Every module, those of the package first. */
  readonly modules: readonly OutputModule[];
  /** npm packages that the package needs, with their ranges. */
  readonly dependencies: Map<string, string>;
  /** npm packages that its tests need besides. */
  readonly testDependencies: Map<string, string>;
}

/** Where to begin and how to resolve. */
export interface GraphOptions {
  /** URLs of the modules of the package. */
  readonly entryPoints: readonly URL[];
  /** URLs of its test files. */
  readonly tests: readonly URL[];
  /** Says what a specifier means. */
  readonly resolver: Resolver;
  /** Gives a module its path within the output. */
  readonly outputPath: (url: URL) => string;
}

/** Follows the imports of the entry points, then those of the tests. */
export async function buildGraph(options: GraphOptions): Promise<Graph> {
  const modules = new Map<string, OutputModule>();
  const dependencies = new Map<string, string>();
  const testDependencies = new Map<string, string>();
  await walk(options.entryPoints, dependencies, false);
  await walk(options.tests, testDependencies, true);
  for (const name of dependencies.keys()) testDependencies.delete(name);
  return { modules: [...modules.values()], dependencies, testDependencies };

  async function walk(
    roots: readonly URL[],
    packages: Map<string, string>,
    isTest: boolean,
  ): Promise<void> {
    const queue = roots.map((url) => options.resolver.mapModule(url));
    for (let url = queue.pop(); url !== undefined; url = queue.pop()) {
      if (modules.has(url.href)) continue;
      const source = await Deno.readTextFile(url);
      const path = options.outputPath(url);
      const text = rewrite(source, url, path, packages, queue);
      modules.set(url.href, { path, text, isTest });
    }
  }

  function rewrite(
    source: string,
    referrer: URL,
    path: string,
    packages: Map<string, string>,
    queue: URL[],
  ): string {
    let text = "";
    let end = 0;
    for (const found of locateSpecifiers(fromFileUrl(referrer), source)) {
      const target = options.resolver.resolve(found.specifier, referrer);
      let specifier = found.specifier;
      if (target.kind === "module") {
        queue.push(target.url);
        specifier = relativeSpecifier(path, options.outputPath(target.url));
      } else if (target.kind === "package") {
        packages.set(target.name, target.version);
        specifier = target.specifier;
      }
      text += source.slice(end, found.start) + JSON.stringify(specifier);
      end = found.end;
    }
    return text + source.slice(end);
  }
}

function relativeSpecifier(from: string, to: string): string {
  const path = relative(dirname(`/${from}`), `/${to}`).replaceAll("\\", "/");
  const dotted = path.startsWith(".") ? path : `./${path}`;
  return dotted.replace(/\.ts$/, ".js");
}
