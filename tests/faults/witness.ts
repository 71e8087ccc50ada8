/**
 * Who was told what.
 *
 * @module
 */

import type { PlatformFetch } from "../../src/platform/types.ts";

/** Must never be told to anyone but the registry. */
export const PASSWORD = "correct-horse-battery";

/** The forms in which it travels. */
const SECRETS: readonly string[] = [
  PASSWORD,
  btoa(`ada:${PASSWORD}`),
  btoa(`<token>:${PASSWORD}`),
];

/** Header fields that say who asks. */
const TELLING: readonly string[] = [
  "authorization",
  "cookie",
  "proxy-authorization",
];

/** Stands at the innermost fetch and notes where credentials go: redirects, realms and uploads pass here too. */
export class Witness {
  readonly #told = new Set<string>();

  /** Looks at every request of a fetch. */
  watch(fetch: PlatformFetch): PlatformFetch {
    return (input, init) => {
      if (isTelling(input, init)) this.#told.add(new URL(input).origin);
      return fetch(input, init);
    };
  }

  /** Origins that were told something and are not among these. */
  strangers(trusted: readonly string[]): readonly string[] {
    return [...this.#told].filter((origin) => !trusted.includes(origin));
  }
}

function isTelling(
  input: string | URL,
  init: Parameters<PlatformFetch>[1],
): boolean {
  const headers = new Headers(init?.headers);
  const sent = [String(input), String(init?.body ?? ""), ...headers.values()];
  return TELLING.some((name) => headers.has(name)) ||
    SECRETS.some((secret) => sent.some((text) => text.includes(secret)));
}
