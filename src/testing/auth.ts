/**
 * Who may do what: Basic and Bearer, with a token endpoint of its own.
 *
 * @module
 */

import type { RepositoryRoute, Route } from "./routes.ts";
import type { RegistryRequest } from "./exchange.ts";

/** What can be allowed in a repository. */
export type RepositoryAction = "pull" | "push" | "delete";

/** How the registry wants clients to identify themselves. */
export type AuthMode = BasicAuth | BearerAuth;

/** A question to {@linkcode AuthRules.allow}. */
export interface AccessQuestion {
  /** The user; `undefined` for anonymous. */
  readonly user: string | undefined;
  /** The repository. */
  readonly repository: string;
  /** What is to be done there. */
  readonly action: RepositoryAction;
}

/** What both kinds share. */
export interface AuthRules {
  /** Passwords by user name. */
  readonly users: Readonly<Record<string, string>>;
  /** Whether anyone may pull; false when absent. */
  readonly anonymousPull?: boolean;
  /** Who may do what; users may do everything when absent. */
  readonly allow?: (question: AccessQuestion) => boolean;
}

/** User name and password with every request. */
export interface BasicAuth extends AuthRules {
  /** Tells the kinds apart. */
  readonly kind: "basic";
}

/** Tokens from a token endpoint (the distribution project's token specification). */
export interface BearerAuth extends AuthRules {
  /** Tells the kinds apart. */
  readonly kind: "bearer";
  /** `service` of the challenge. */
  readonly service?: string;
  /** Users by identity token, for `grant_type=refresh_token`, and for `GET` as the password of `<token>`. */
  readonly identityTokens?: Readonly<Record<string, string>>;
  /** Named in the challenge in place of the registry's own token endpoint. */
  readonly realm?: string;
  /** Whether the token endpoint has an origin of its own. */
  readonly separateOrigin?: boolean;
  /** Lifetime of a token in seconds, 300 when absent; `"unsaid"` is 60 and leaves the field out. */
  readonly expiresIn?: number | "unsaid";
  /** Which field of the answer has the token; both when absent. */
  readonly tokenField?: "token" | "access_token";
  /** Whether the token endpoint knows `POST`; 404 without. */
  readonly postTokens?: boolean;
  /** Status for a token that has expired: 401, or 403 as ECR does. */
  readonly expiredStatus?: 401 | 403;
}

/** What an endpoint needs; `undefined` where any identity will do. */
export interface Need {
  /** The repository. */
  readonly repository: string;
  /** What is to be done there. */
  readonly actions: readonly RepositoryAction[];
}

/** What a request needs to be allowed to do. */
export function needOf(method: string, route: Route): Need | undefined {
  if (route.kind === "base") return undefined;
  return { repository: route.repository, actions: actionsOf(method, route) };
}

function actionsOf(
  method: string,
  route: RepositoryRoute,
): readonly RepositoryAction[] {
  if (route.kind === "uploads" || route.kind === "upload") {
    return ["pull", "push"];
  }
  if (method === "DELETE") return ["delete"];
  return method === "PUT" ? ["pull", "push"] : ["pull"];
}

/** Whether the rules allow something. */
export function allows(rules: AuthRules, question: AccessQuestion): boolean {
  if (question.user === undefined) {
    return rules.anonymousPull === true && question.action === "pull";
  }
  return rules.allow?.(question) ?? true;
}

/** Who a request says it is by Basic: a user, nobody, or someone who is refused. */
export function basicUser(
  rules: AuthRules,
  request: RegistryRequest,
): { readonly user: string | undefined } | "refused" {
  const field = request.headers["authorization"];
  if (field === undefined) return { user: undefined };
  const pair = decodeBasic(field);
  if (pair === undefined) return "refused";
  return checkPassword(rules, pair) ? { user: pair.user } : "refused";
}

/** Whether the password is that of the user. */
export function checkPassword(
  rules: AuthRules,
  pair: { readonly user: string; readonly password: string },
): boolean {
  return Object.hasOwn(rules.users, pair.user) &&
    rules.users[pair.user] === pair.password;
}

/** User and password of an `Authorization` field (RFC 7617, section 2). */
export function decodeBasic(
  field: string,
): { readonly user: string; readonly password: string } | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(field)?.[1];
  if (encoded === undefined) return undefined;
  try {
    const bytes = Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0));
    const text = new TextDecoder().decode(bytes);
    const colon = text.indexOf(":");
    return colon < 0
      ? undefined
      : { user: text.slice(0, colon), password: text.slice(colon + 1) };
  } catch {
    // Not base64, so not credentials.
    return undefined;
  }
}
