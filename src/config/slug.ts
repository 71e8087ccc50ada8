/**
 * Extension names.
 *
 * @module
 */

const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/**
 * Whether a text can name an extension: `a-z`, `0-9` and single hyphens
 * between them. A name becomes a database file and a log prefix.
 *
 * @example
 * ```ts
 * import { isSlug } from "@forgepoint/forge";
 *
 * isSlug("my-notes"); // true
 * isSlug("My Notes"); // false
 * ```
 */
export function isSlug(text: string): boolean {
  return SLUG.test(text);
}

/**
 * The nearest slug, to suggest; `undefined` when nothing of the text remains.
 *
 * @example
 * ```ts
 * import { suggestSlug } from "@forgepoint/forge";
 *
 * suggestSlug("Meine Größe!"); // "meine-grosse"
 * ```
 */
export function suggestSlug(text: string): string | undefined {
  // A letter with an accent is better than a hole in the name.
  const plain = text.toLowerCase().replaceAll("ß", "ss")
    .normalize("NFKD").replace(/\p{Mark}/gu, "");
  const slug = plain.replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return slug === "" ? undefined : slug;
}
