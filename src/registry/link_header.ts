/**
 * The `Link` header field, as far as listings use it.
 *
 * @module
 */

/**
 * Finds the next page of a listing (RFC 8288; distribution-spec, "Listing
 * Tags").
 *
 * @param header The `Link` field.
 * @param base The URL of the page that it came with.
 * @returns The next page; `undefined` when this is the last.
 */
export function nextPage(header: string | null, base: URL): URL | undefined {
  for (const match of (header ?? "").matchAll(/<([^>]*)>([^<]*)/g)) {
    const [, target = "", parameters = ""] = match;
    const isNext = /;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next\b)/i
      .test(parameters);
    if (isNext && URL.canParse(target, base)) return new URL(target, base);
  }
  return undefined;
}
