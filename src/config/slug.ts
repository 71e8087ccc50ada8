/**
 * Extension names.
 *
 * @module
 */

const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/**
 * Whether a text can name an extension: `a-z`, `0-9` and single hyphens
 * between them. A name becomes a database file and a log prefix.
 */
export function isSlug(text: string): boolean {
  return SLUG.test(text);
}

/** The nearest slug, to suggest; `undefined` when nothing of the text remains. */
export function suggestSlug(text: string): string | undefined {
  const slug = text.toLowerCase().replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return slug === "" ? undefined : slug;
}
