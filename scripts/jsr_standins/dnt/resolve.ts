/**
 * What a specifier means: a module of ours, an npm package, a built-in.
 *
 * @module
 */

/** What a specifier leads to. */
export type Target =
  | { readonly kind: "module"; readonly url: URL }
  | {
    readonly kind: "package";
    readonly name: string;
    readonly version: string;
    readonly specifier: string;
  }
  | { readonly kind: "builtin" };

/** Resolves specifiers. */
export interface Resolver {
  /** Says what a specifier in `referrer` leads to. */
  readonly resolve: (specifier: string, referrer: URL) => Target;
  /** Puts the module for Node in the place of one for Deno. */
  readonly mapModule: (url: URL) => URL;
}

/** What the resolver knows. */
export interface ResolverOptions {
  /** `imports` of an import map. */
  readonly imports: Readonly<Record<string, string>>;
  /** Where the import map is. */
  readonly importMapUrl: URL;
  /** Modules to replace, by URL. */
  readonly mappings: ReadonlyMap<string, URL>;
}

/** Makes a resolver. */
export function createResolver(options: ResolverOptions): Resolver {
  const mapModule = (url: URL) => options.mappings.get(url.href) ?? url;
  return { mapModule, resolve };

  function resolve(specifier: string, referrer: URL): Target {
    if (specifier.startsWith("node:")) return { kind: "builtin" };
    if (/^(\.\.?\/|file:)/.test(specifier)) {
      return { kind: "module", url: mapModule(new URL(specifier, referrer)) };
    }
    const target = specifier.startsWith("npm:")
      ? specifier
      : lookUp(options.imports, specifier);
    if (target === undefined) {
      throw new Error(`Cannot resolve "${specifier}" in ${referrer.href}`);
    }
    if (target.startsWith("npm:")) return parseNpm(target);
    return {
      kind: "module",
      url: mapModule(new URL(target, options.importMapUrl)),
    };
  }
}

function lookUp(
  imports: Readonly<Record<string, string>>,
  specifier: string,
): string | undefined {
  const exact = imports[specifier];
  if (exact !== undefined) return exact;
  const prefix = Object.keys(imports).find((key) =>
    specifier.startsWith(`${key}/`) && imports[key]?.startsWith("npm:")
  );
  return prefix === undefined
    ? undefined
    : `${imports[prefix]}${specifier.slice(prefix.length)}`;
}

function parseNpm(text: string): Target {
  const match = /^npm:\/?((?:@[^/]+\/)?[^@/]+)(?:@([^/]+))?(\/.*)?$/.exec(text);
  const [, name, version = "*", path = ""] = match ?? [];
  if (name === undefined) throw new Error(`Cannot read "${text}"`);
  return { kind: "package", name, version, specifier: `${name}${path}` };
}
