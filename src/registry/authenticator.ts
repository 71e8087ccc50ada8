/**
 * What one registry has to be shown with each request.
 *
 * @module
 */

import type { Fetch, FetchInit, TlsSettings } from "../http/mod.ts";
import type { Clock } from "../platform/types.ts";
import { abortable } from "./abortable.ts";
import { basicAuthorization } from "./basic.ts";
import { type Challenge, parseChallenges } from "./challenge.ts";
import type {
  Credential,
  CredentialLookup,
  CredentialSource,
} from "./credentials.ts";
import type { RequestContext } from "./errors.ts";
import { mergeScopes, repositoryOf } from "./scope.ts";
import type { RegistrySettings } from "./settings.ts";
import { fetchToken, type Token } from "./token.ts";

/** Something to send as `Authorization`. */
export interface Authorization {
  /** The field's value; absent: none is needed so far. */
  readonly value: string | undefined;
  /** Whether it is a token that was not bought for this very request. */
  readonly isCachedToken: boolean;
}

/** What {@linkcode Authenticator} needs. */
export interface AuthenticatorOptions {
  /** The registry as people write it. */
  readonly registry: string;
  /** The root of its protocol. */
  readonly root: URL;
  /** What to ask realms with. */
  readonly fetch: Fetch;
  /** Time. */
  readonly clock: Clock;
  /** Who we are. */
  readonly credentials: CredentialSource;
  /** What the user settled. */
  readonly settings: RegistrySettings;
  /** Certificates for realms on other origins. */
  readonly foreignTls: TlsSettings | undefined;
}

/** What a request wants to be allowed, and what errors shall say of it. */
export interface AuthorizationRequest {
  /** What the request needs to be allowed. */
  readonly scope: string;
  /** What is being done, as a phrase. */
  readonly action: string;
  /** Stops it. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Remembers how a registry wants to be spoken to, and buys a token per scope,
 * once for all who wait for it.
 *
 * A token is sent to the registry's own origin only (ggcr#2337), is never
 * looked into, and never serves another repository (krustlet#632).
 */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #tokens = new Map<string, Promise<Token>>();
  readonly #challengeScopes = new Map<string, string>();
  #challenge: Challenge | undefined;
  /** What it asked for where nothing of that can be done. */
  #foreignSchemes: string | undefined;
  /** By repository. */
  readonly #lookups = new Map<string | undefined, Promise<CredentialLookup>>();
  readonly #found = new Set<Credential>();
  /** Values of the field that were given out, without their scheme. */
  readonly #shown = new Set<string>();

  /** Makes one for a registry. */
  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  /** What to send now, as far as the registry is known. */
  async authorize(request: AuthorizationRequest): Promise<Authorization> {
    const authorization = await this.#authorize(request);
    const shown = authorization.value?.replace(/^\S+ /, "");
    if (shown !== undefined) this.#shown.add(shown);
    return authorization;
  }

  /** All that must not stand in what people read, longest first. */
  secrets(): readonly string[] {
    const kept = [...this.#found].flatMap((credential) => [
      basicAuthorization(credential).replace(/^\S+ /, ""),
      "identityToken" in credential
        ? credential.identityToken
        : credential.password,
    ]);
    return [...this.#shown, ...kept].sort((a, b) => b.length - a.length);
  }

  async #authorize(request: AuthorizationRequest): Promise<Authorization> {
    switch (this.#challenge?.scheme) {
      case "basic":
        return { value: await this.#basic(request), isCachedToken: false };
      case "bearer":
        return await this.#bearer(this.#challenge, request);
      default:
        return { value: undefined, isCachedToken: false };
    }
  }

  /**
   * Reacts to a refusal.
   *
   * @param header The `WWW-Authenticate` field, if there was one.
   * @param refused What was sent.
   * @param request The request that was refused.
   * @returns What to send instead; `undefined` when nothing else is to be had.
   */
  async reauthorize(
    header: string | null,
    refused: Authorization,
    request: AuthorizationRequest,
  ): Promise<Authorization | undefined> {
    // A helper may wait for somebody to unlock a keychain.
    const { credential } = await abortable(
      this.#credentials(request.scope),
      request.signal,
    );
    const challenges = parseChallenges(header ?? "");
    const challenge = choose(challenges, {
      hasCredential: credential !== undefined,
    });
    if (challenge !== undefined) this.#challenge = challenge;
    else this.#foreignSchemes = schemesOf(challenges);
    const scope = challenge?.parameters.get("scope");
    if (scope !== undefined) this.#challengeScopes.set(request.scope, scope);
    await this.#forget(request.scope, refused);
    const next = await this.authorize(request);
    const isNews = next.value !== undefined && next.value !== refused.value;
    return isNews ? next : undefined;
  }

  /** What errors shall say of credentials; asks for them only if a request did. */
  async describe(
    scope: string,
  ): Promise<Pick<RequestContext, "credentials" | "authHint">> {
    const { registry } = this.#options;
    const { credential, missing = [] } = await this.#credentials(scope);
    const isMute = this.#challenge === undefined;
    if (isMute && credential !== undefined && this.#foreignSchemes) {
      return {
        credentials:
          `it asks for ${this.#foreignSchemes}, so the credentials from ${credential.source} were not sent`,
        authHint:
          "Ask whoever runs the registry to offer Bearer or Basic authentication",
      };
    }
    if (credential !== undefined) {
      return {
        credentials: `credentials from ${credential.source}`,
        authHint:
          `Check that the credentials from ${credential.source} are valid and may do this`,
      };
    }
    if (missing.length > 0) {
      const names = missing.join(" and ");
      return {
        credentials: `no credentials: ${names} not set`,
        authHint:
          `Set ${names}, which forge.ron names for "${registry}" and which the environment lacks`,
      };
    }
    return {
      credentials: "no credentials for it are known",
      authHint:
        `Name environment variables for "${registry}" under auth in forge.ron, or log in with docker or podman`,
    };
  }

  /** Looked up at the first challenge, so that public images need no helper. */
  #credentials(scope: string): Promise<CredentialLookup> {
    const { credentials, registry } = this.#options;
    const repository = repositoryOf(scope);
    const known = this.#lookups.get(repository);
    if (known !== undefined) return known;
    const lookup = credentials.get(registry, repository).then((found) => {
      if (found.credential !== undefined) this.#found.add(found.credential);
      return found;
    });
    this.#lookups.set(repository, lookup);
    return lookup;
  }

  async #basic({ scope }: AuthorizationRequest): Promise<string | undefined> {
    const { credential } = await this.#credentials(scope);
    return credential === undefined
      ? undefined
      : basicAuthorization(credential);
  }

  async #bearer(
    challenge: Challenge,
    request: AuthorizationRequest,
  ): Promise<Authorization> {
    const { scope, signal } = request;
    const cached = this.#tokens.get(scope);
    if (cached !== undefined) {
      const token = await abortable(cached, signal);
      if (token.freshUntilMs > this.#options.clock.now()) {
        return { value: `Bearer ${token.value}`, isCachedToken: true };
      }
      if (this.#tokens.get(scope) === cached) this.#tokens.delete(scope);
    }
    const token = await abortable(this.#buy(challenge, request), signal);
    return { value: `Bearer ${token.value}`, isCachedToken: false };
  }

  /** Buys a token, or joins who is already buying it; a failure is not kept. */
  #buy(challenge: Challenge, request: AuthorizationRequest): Promise<Token> {
    const { scope } = request;
    const known = this.#tokens.get(scope);
    if (known !== undefined) return known;
    const bought = this.#fetchToken(challenge, request);
    this.#tokens.set(scope, bought);
    bought.catch(() => {
      if (this.#tokens.get(scope) === bought) this.#tokens.delete(scope);
    });
    return bought;
  }

  async #fetchToken(
    challenge: Challenge,
    request: AuthorizationRequest,
  ): Promise<Token> {
    const { root, fetch, clock, settings, foreignTls } = this.#options;
    const { scope, action } = request;
    const { credential } = await this.#credentials(scope);
    // Others may be waiting for the same token: one of them giving up must
    // not stop it, so no signal goes with it; its time is limited anyway.
    const init: FetchInit = {
      allowedHosts: settings.allowedHosts,
      timeoutMs: settings.timeoutMs,
      retryBudgetMs: settings.retryBudgetMs,
      tls: settings.tls,
      foreignTls,
    };
    return await fetchToken(fetch, challenge, {
      root,
      scopes: mergeScopes(scope, this.#challengeScopes.get(scope) ?? ""),
      credential,
      context: {
        action,
        nowMs: clock.now(),
        secrets: this.secrets(),
        ...await this.describe(scope),
      },
      allowedHosts: settings.allowedHosts,
      init,
      now: clock.now,
    });
  }

  /** Drops the token that was refused, unless another has taken its place. */
  async #forget(scope: string, refused: Authorization): Promise<void> {
    const cached = this.#tokens.get(scope);
    if (cached === undefined) return;
    const token = await cached.catch(() => undefined);
    const isRefused = token === undefined ||
      `Bearer ${token.value}` === refused.value;
    if (isRefused && this.#tokens.get(scope) === cached) {
      this.#tokens.delete(scope);
    }
  }
}

/** Bearer first; Basic only for those who have something to show. */
function choose(
  challenges: readonly Challenge[],
  options: { readonly hasCredential: boolean },
): Challenge | undefined {
  const bearer = challenges.find((challenge) =>
    challenge.scheme === "bearer" && challenge.parameters.has("realm")
  );
  if (bearer !== undefined) return bearer;
  return options.hasCredential
    ? challenges.find((challenge) => challenge.scheme === "basic")
    : undefined;
}

/** The schemes that were offered and cannot be used, for people. */
function schemesOf(challenges: readonly Challenge[]): string {
  const names = challenges.map(({ scheme }) => scheme.slice(0, 40))
    .filter((scheme) => scheme !== "bearer" && scheme !== "basic");
  return names.length === 0
    ? "nothing that would help"
    : `"${names.slice(0, 5).join(", ")}"`;
}
