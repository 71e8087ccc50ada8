/**
 * Listing the tags of a repository.
 *
 * @module
 */

import { tryParseTag } from "../oci/mod.ts";
import { readPages } from "./listing.ts";
import {
  nameOf,
  pullScope,
  type RepositoryPlace,
  type SignalOptions,
  urlOf,
} from "./repository.ts";

/** Tags that are listed unless told otherwise; busy repositories have thousands. */
const DEFAULT_LIMIT = 10_000;
/** Tags to ask for in one page; registries may give fewer. */
const PAGE_SIZE = 1000;
/** Options of {@linkcode listTags}. */
export interface ListTagsOptions extends SignalOptions {
  /** The most tags to list; 10,000 unless told otherwise. */
  readonly limit?: number;
}

/** Tags of a repository. */
export interface TagList {
  /** The tags in the order of the registry, each once. */
  readonly tags: readonly string[];
  /** Whether these are all. */
  readonly isComplete: boolean;
}

/**
 * Lists tags.
 *
 * @param place The repository.
 * @param options The limit and the signal.
 * @throws {RegistryError} When the registry does not have it or refuses.
 */
export async function listTags(
  place: RepositoryPlace,
  options: ListTagsOptions = {},
): Promise<TagList> {
  const limit = options.limit ?? DEFAULT_LIMIT;
  const url = urlOf(place, "tags/list");
  url.searchParams.set("n", String(Math.min(limit, PAGE_SIZE)));
  const tags = new Set<string>();
  const pages = readPages(place, {
    action: `list tags of ${nameOf(place)}`,
    method: "GET",
    url,
    scope: pullScope(place),
    expect: [200],
    init: {
      headers: { accept: "application/json" },
      purpose: "api",
      signal: options.signal ?? null,
    },
  });
  let isComplete = true;
  for await (const { json, isLast } of pages) {
    isComplete = isLast;
    for (const tag of tagsOf(json)) {
      if (tags.size >= limit) return { tags: [...tags], isComplete: false };
      tags.add(tag);
    }
  }
  return { tags: [...tags], isComplete };
}

/**
 * A repository without tags answers `null` in some registries. What is no tag
 * cannot be pulled, and may be meant for the terminal.
 */
function tagsOf(json: unknown): readonly string[] {
  const tags = (json as { tags?: unknown } | null)?.tags;
  if (!Array.isArray(tags)) return [];
  return tags.filter((tag): tag is string =>
    typeof tag === "string" && tryParseTag(tag) !== undefined
  );
}
