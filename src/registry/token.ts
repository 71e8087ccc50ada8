/**
 * Buying an access token from the realm that a registry names.
 *
 * @module
 */

import {
  checkHop,
  type Fetch,
  type FetchInit,
  isAllowedByName,
  isSameOrigin,
  MAX_TOKEN_BYTES,
  NetworkDeniedError,
} from "../http/mod.ts";
import type { Challenge } from "./challenge.ts";
import type { Credential } from "./credentials.ts";
import {
  notTheProtocol,
  RegistryError,
  registryErrorFrom,
  type RequestContext,
} from "./errors.ts";
import { basicAuthorization } from "./basic.ts";

/** A token is not used in the last part of its life: the request takes time too. */
const MAX_LEEWAY_MS = 5000;
/** Seconds that a token lives when nobody says (distribution's token specification). */
const DEFAULT_LIFETIME_S = 60;
/** Name of this program to token servers (RFC 6749, section 2.2). */
const CLIENT_ID = "forge";

/**
 * What servers without POST answer: 404 and 405 by the book, 400 (ACR) and 401
 * (Artifactory) in the wild. The token is then sent with GET; if it is no good,
 * that answer says so.
 */
const KNOWS_NO_POST: ReadonlySet<number> = new Set([400, 401, 404, 405]);

/** An access token; opaque. */
export interface Token {
  /** What to send. */
  readonly value: string;
  /** Until when it is good for another request, in milliseconds since the epoch. */
  readonly freshUntilMs: number;
}

/** Options of {@linkcode fetchToken}. */
export interface FetchTokenOptions {
  /** The registry that sent the challenge. */
  readonly root: URL;
  /** What the token shall allow. */
  readonly scopes: readonly string[];
  /** Who asks; absent: nobody in particular. */
  readonly credential: Credential | undefined;
  /** Phrases and hints for errors. */
  readonly context: Omit<RequestContext, "method" | "url">;
  /** Hosts that may be private. */
  readonly allowedHosts: readonly string[] | undefined;
  /** Limits and the signal of the request. */
  readonly init: FetchInit;
  /** Time. */
  readonly now: () => number;
}

/**
 * Buys a token: with GET (distribution's token specification), or for an
 * identity token with POST (RFC 6749, section 6), which falls back to GET
 * where the server does not know it.
 *
 * @param fetch What to send the request with.
 * @param challenge The registry's Bearer challenge.
 * @param given Who asks for what.
 * @throws {RegistryError} When it is refused or makes no sense.
 * @throws {NetworkDeniedError} When the realm is no place to send anything.
 */
export async function fetchToken(
  fetch: Fetch,
  challenge: Challenge,
  given: FetchTokenOptions,
): Promise<Token> {
  const realm = checkRealm(challenge, given);
  const { credential, init } = given;
  const isForeign = !isSameOrigin(realm, given.root);
  const options = isForeign
    ? { ...given, init: { ...init, tls: init.foreignTls } }
    : given;
  if (credential !== undefined && "identityToken" in credential) {
    const response = await post(fetch, realm, challenge, options);
    if (!KNOWS_NO_POST.has(response.status)) {
      return readToken(response, realm, "POST", options);
    }
  }
  const response = await get(fetch, realm, challenge, options);
  return readToken(response, realm, "GET", options);
}

function checkRealm(challenge: Challenge, options: FetchTokenOptions): URL {
  const { root, allowedHosts, context, credential } = options;
  const text = challenge.parameters.get("realm") ?? "";
  if (!URL.canParse(text)) {
    throw new RegistryError(
      "REGISTRY_RESPONSE_INVALID",
      `Failed to ${context.action}: ${root.host} names a token realm that is not a URL`,
      {
        hint: "Ask whoever runs the registry",
        method: "GET",
        url: root,
        status: 401,
      },
    );
  }
  const realm = new URL(text);
  checkHop(root, realm, { purpose: "realm", allowedHosts });
  const isNear = realm.hostname === root.hostname ||
    isAllowedByName(allowedHosts ?? [], realm);
  if (realm.protocol === "http:" && credential !== undefined && !isNear) {
    throw new NetworkDeniedError(realm, {
      purpose: "realm",
      why: `it would see credentials without TLS (sent there by ${root.host})`,
      hint:
        `If that is right, add "${realm.host}" to allowed_hosts of the registry in forge.ron`,
    });
  }
  return realm;
}

function get(
  fetch: Fetch,
  realm: URL,
  challenge: Challenge,
  options: FetchTokenOptions,
): Promise<Response> {
  const { credential, scopes, init } = options;
  const url = new URL(realm);
  const service = challenge.parameters.get("service");
  if (service !== undefined) url.searchParams.set("service", service);
  for (const scope of scopes) url.searchParams.append("scope", scope);
  if (credential !== undefined && "username" in credential) {
    url.searchParams.set("account", credential.username);
  }
  const headers = new Headers({ accept: "application/json" });
  if (credential !== undefined) {
    headers.set("authorization", basicAuthorization(credential));
  }
  return fetch(url, { ...init, ...TOKEN_INIT, method: "GET", headers });
}

function post(
  fetch: Fetch,
  realm: URL,
  challenge: Challenge,
  options: FetchTokenOptions,
): Promise<Response> {
  const { credential, scopes, init } = options;
  const form = new URLSearchParams({
    grant_type: "refresh_token",
    client_id: CLIENT_ID,
    service: challenge.parameters.get("service") ?? options.root.host,
    // An empty one is an error to some (ACR, Alibaba).
    ...(scopes.length === 0 ? {} : { scope: scopes.join(" ") }),
    refresh_token: credential !== undefined && "identityToken" in credential
      ? credential.identityToken
      : "",
  });
  return fetch(realm, {
    ...init,
    ...TOKEN_INIT,
    method: "POST",
    headers: {
      accept: "application/json",
      "content-type": "application/x-www-form-urlencoded",
    },
    body: form.toString(),
  });
}

/** Asking twice for a token harms nobody. */
const TOKEN_INIT = {
  purpose: "realm",
  bufferBytes: MAX_TOKEN_BYTES,
  replayable: true,
} as const satisfies FetchInit;

async function readToken(
  response: Response,
  url: URL,
  method: string,
  options: FetchTokenOptions,
): Promise<Token> {
  const context: RequestContext = {
    ...options.context,
    method,
    url,
    isRealm: true,
  };
  if (!response.ok) throw await registryErrorFrom(response, context);
  const answer = parseAnswer(await response.text());
  if (answer === undefined) {
    throw notTheProtocol(response, context, "something that is not a token");
  }
  const lifetimeMs = (answer.expiresInS ?? DEFAULT_LIFETIME_S) * 1000;
  const leewayMs = Math.min(MAX_LEEWAY_MS, lifetimeMs / 10);
  return {
    value: answer.value,
    freshUntilMs: options.now() + lifetimeMs - leewayMs,
  };
}

/** Reads a token answer; what the token itself says is nobody's business here. */
function parseAnswer(
  text: string,
): { readonly value: string; readonly expiresInS?: number } | undefined {
  let json: Record<string, unknown> | null;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const value = [json?.["token"], json?.["access_token"]]
    .find((item) => typeof item === "string" && item !== "");
  if (typeof value !== "string" || !/^[\x21-\x7e]+$/.test(value)) {
    return undefined;
  }
  const expiresIn = Number(json?.["expires_in"] ?? NaN);
  return expiresIn > 0 ? { value, expiresInS: expiresIn } : { value };
}
