/**
 * The Basic scheme.
 *
 * @module
 */

import type { Credential } from "./credentials.ts";

/** The user name under which Docker stores an identity token. */
export const IDENTITY_TOKEN_USERNAME = "<token>";

/**
 * The value of an `Authorization` header field (RFC 7617, UTF-8).
 *
 * An identity token goes under the name that Docker gives it, with which it
 * stands in login files and helpers too: leaving it out would make the request
 * an anonymous one without a word.
 */
export function basicAuthorization(credential: Credential): string {
  const [username, password] = "identityToken" in credential
    ? [IDENTITY_TOKEN_USERNAME, credential.identityToken]
    : [credential.username, credential.password];
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}
