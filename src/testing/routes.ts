/**
 * Which endpoint of the distribution protocol a path means.
 *
 * @module
 */

import { tryParseRepository } from "./names.ts";

/** One endpoint, with the names in its path. */
export type Route =
  | { readonly kind: "base" }
  | RepositoryRoute;

/** An endpoint below a repository. */
export type RepositoryRoute =
  | {
    readonly kind: "manifest";
    readonly repository: string;
    readonly reference: string;
  }
  | {
    readonly kind: "blob";
    readonly repository: string;
    readonly digest: string;
  }
  | { readonly kind: "uploads"; readonly repository: string }
  | {
    readonly kind: "upload";
    readonly repository: string;
    readonly id: string;
  }
  | { readonly kind: "tags"; readonly repository: string }
  | {
    readonly kind: "referrers";
    readonly repository: string;
    readonly digest: string;
  };

/** The forms of a path below `/v2/`, longest ending first. */
const FORMS: readonly {
  readonly form: RegExp;
  readonly route: (repository: string, last: string) => RepositoryRoute;
}[] = [
  {
    form: /^\/v2\/(.+)\/blobs\/uploads\/?()$/,
    route: (repository) => ({ kind: "uploads", repository }),
  },
  {
    form: /^\/v2\/(.+)\/blobs\/uploads\/([^/]+)$/,
    route: (repository, id) => ({ kind: "upload", repository, id }),
  },
  {
    form: /^\/v2\/(.+)\/blobs\/([^/]+)$/,
    route: (repository, digest) => ({ kind: "blob", repository, digest }),
  },
  {
    form: /^\/v2\/(.+)\/manifests\/([^/]+)$/,
    route: (repository, reference) => ({
      kind: "manifest",
      repository,
      reference,
    }),
  },
  {
    form: /^\/v2\/(.+)\/tags\/list()$/,
    route: (repository) => ({ kind: "tags", repository }),
  },
  {
    form: /^\/v2\/(.+)\/referrers\/([^/]+)$/,
    route: (repository, digest) => ({ kind: "referrers", repository, digest }),
  },
];

/**
 * Reads a path (distribution-spec, "Endpoints").
 *
 * @param path The path as sent; percent-encoding is undone here.
 * @returns The route, `"name_invalid"` where the repository breaks the grammar,
 * or `undefined` where the protocol has no such endpoint.
 */
export function parseRoute(path: string): Route | "name_invalid" | undefined {
  const plain = tryDecode(path);
  if (plain === undefined) return undefined;
  if (plain === "/v2" || plain === "/v2/") return { kind: "base" };
  for (const { form, route } of FORMS) {
    const match = form.exec(plain);
    if (match === null) continue;
    const repository = tryParseRepository(match[1] ?? "");
    return repository === undefined
      ? "name_invalid"
      : route(repository, match[2] ?? "");
  }
  return undefined;
}

function tryDecode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    // A malformed escape names nothing.
    return undefined;
  }
}
