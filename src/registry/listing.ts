/**
 * Reading listings page by page.
 *
 * @module
 */

import { isSameOrigin, NetworkDeniedError } from "../http/mod.ts";
import { MAX_MANIFEST_BYTES } from "../oci/mod.ts";
import type { RegistryRequest } from "./connection.ts";
import { notTheProtocol } from "./errors.ts";
import { nextPage } from "./link_header.ts";
import type { RepositoryPlace } from "./repository.ts";

/** Pages of one listing; a registry that has more is joking. */
const MAX_PAGES = 200;
/** Bytes of one listing: 10,000 entries with a few KiB of annotations each. */
const MAX_LISTING_BYTES = 32 * 1024 * 1024;

/** One page of a listing. */
export interface ListingPage {
  /** Its JSON. */
  readonly json: unknown;
  /** The answer it came with. */
  readonly response: Response;
  /** Whether no page follows. */
  readonly isLast: boolean;
}

/**
 * Reads the pages of a listing, the next one only when it is asked for.
 *
 * @param place The repository.
 * @param request The request for the first page.
 * @throws {RegistryError} When a page is refused or is not JSON.
 * @throws {NetworkDeniedError} When the next page is on another origin.
 */
export async function* readPages(
  place: RepositoryPlace,
  request: RegistryRequest,
): AsyncGenerator<ListingPage, void, undefined> {
  const { connection } = place;
  const seen = new Set<string>();
  let url: URL | undefined = request.url;
  let bytes = 0;
  while (
    url !== undefined && seen.size < MAX_PAGES && bytes < MAX_LISTING_BYTES
  ) {
    seen.add(url.href);
    const current: RegistryRequest = {
      ...request,
      url,
      init: { ...request.init, bufferBytes: MAX_MANIFEST_BYTES },
    };
    const response = await connection.send(current);
    if (response.status !== 200) {
      return yield { json: undefined, response, isLast: true };
    }
    const body = await response.arrayBuffer();
    bytes += body.byteLength;
    const json = await readJson(place, current, { response, body });
    const next = nextPage(response.headers.get("link"), url);
    // A page that was there already holds nothing new.
    url = next === undefined || seen.has(next.href) ? undefined : next;
    yield { json, response, isLast: url === undefined };
    if (url !== undefined) checkNext(place, url);
  }
}

function checkNext(place: RepositoryPlace, next: URL): void {
  const { root } = place.connection;
  if (isSameOrigin(next, root)) return;
  throw new NetworkDeniedError(next, {
    purpose: "link",
    why: `the pages of a listing are all at ${root.host}`,
    hint: "Ask whoever runs the registry",
  });
}

async function readJson(
  place: RepositoryPlace,
  request: RegistryRequest,
  { response, body }: {
    readonly response: Response;
    readonly body: ArrayBuffer;
  },
): Promise<unknown> {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch (cause) {
    const context = await place.connection.contextOf(response, request);
    const isHtml = response.headers.get("content-type")?.includes("html");
    const what = isHtml ? "a web page" : "something that is not JSON";
    throw notTheProtocol(response, context, what, { cause });
  }
}
