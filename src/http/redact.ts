/**
 * URLs that are safe to show.
 *
 * @module
 */

/** Query parameters that say where, not who; the rest may be a signature. */
const PLAIN_PARAMETERS: ReadonlySet<string> = new Set([
  "artifactType",
  "digest",
  "from",
  "last",
  "mount",
  "n",
  "scope",
  "service",
]);

/**
 * Makes a URL fit for errors and logs: no user information, no fragment, and
 * of the query only what the distribution protocol itself puts there. Signed
 * blob URLs are credentials.
 *
 * @param url An absolute URL; other text is shown up to its query.
 * @returns The URL with `REDACTED` where something was hidden.
 *
 * @example
 * ```ts
 * import { redactUrl } from "@forgepoint/forge/oci";
 *
 * redactUrl("https://ada:secret@ghcr.io/v2/"); // "https://ghcr.io/v2/"
 * ```
 */
export function redactUrl(url: string | URL): string {
  if (!URL.canParse(String(url))) return String(url).replace(/[?#].*$/s, "");
  const parsed = new URL(url);
  parsed.username = "";
  parsed.password = "";
  parsed.hash = "";
  for (const name of [...parsed.searchParams.keys()]) {
    if (!PLAIN_PARAMETERS.has(name)) parsed.searchParams.set(name, "REDACTED");
  }
  return parsed.href;
}
