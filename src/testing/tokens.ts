/**
 * The token endpoint, and the tokens that it has given out.
 *
 * Tokens are opaque on purpose: a client that looks into one finds nothing.
 *
 * @module
 */

import {
  allows,
  basicUser,
  type BearerAuth,
  checkPassword,
  decodeBasic,
  type Need,
  type RepositoryAction,
} from "./auth.ts";
import {
  emptyReply,
  errorReply,
  jsonReply,
  type RegistryReply,
  type RegistryRequest,
} from "./exchange.ts";

/** Lifetime that clients have to assume when nothing is said, in seconds. */
const UNSAID_LIFETIME_SECONDS = 60;
/** Lifetime unless told otherwise, in seconds. */
const LIFETIME_SECONDS = 300;

/** What a token allows. */
interface Token {
  readonly user: string | undefined;
  readonly expiresAtMs: number;
  /** `repository action` pairs. */
  readonly grants: ReadonlySet<string>;
}

/** What the tokens of a registry depend on. */
export interface TokenOptions {
  /** The rules. */
  readonly auth: BearerAuth;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Makes the text of a token. */
  readonly newId: () => string;
}

/** Gives out tokens and checks them. */
export class TokenStore {
  readonly #options: TokenOptions;
  readonly #tokens = new Map<string, Token>();
  readonly #identities: Map<string, string>;

  /** Starts without a token. */
  constructor(options: TokenOptions) {
    this.#options = options;
    this.#identities = new Map(
      Object.entries(options.auth.identityTokens ?? {}),
    );
  }

  /** Forgets every access token: clients that hold one are refused. */
  revoke(): void {
    this.#tokens.clear();
  }

  /** Checks a token against a need. */
  check(
    text: string,
    need: Need | undefined,
  ): "ok" | "invalid_token" | "expired" | "insufficient_scope" {
    const token = this.#tokens.get(text);
    if (token === undefined) return "invalid_token";
    if (this.#options.now() >= token.expiresAtMs) return "expired";
    const { repository = "", actions = [] } = need ?? {};
    return actions.every((action) =>
        token.grants.has(`${repository} ${action}`)
      )
      ? "ok"
      : "insufficient_scope";
  }

  /** Answers a request to the token endpoint. */
  answer(request: RegistryRequest): RegistryReply {
    if (request.method === "GET") return this.#answerGet(request);
    if (request.method !== "POST") return emptyReply(405);
    return this.#options.auth.postTokens === false
      ? emptyReply(404)
      : this.#answerPost(request);
  }

  #answerGet(request: RegistryRequest): RegistryReply {
    const { auth } = this.#options;
    const identity = this.#identityOf(request);
    const who = identity === undefined
      ? basicUser(auth, request)
      : { user: identity };
    if (who === "refused") return refused();
    if (who.user === undefined && auth.anonymousPull !== true) return refused();
    const wantsIdentity = request.query.get("offline_token") === "true";
    return this.#issue(who.user, request.query, { wantsIdentity });
  }

  /** Docker's user name for an identity token, which is then the password. */
  #identityOf(request: RegistryRequest): string | undefined {
    const pair = decodeBasic(request.headers["authorization"] ?? "");
    return pair?.user === "<token>"
      ? this.#identities.get(pair.password)
      : undefined;
  }

  /** OAuth 2 (RFC 6749, sections 4.3 and 6), as Docker's token servers know it. */
  #answerPost(request: RegistryRequest): RegistryReply {
    const form = new URLSearchParams(new TextDecoder().decode(request.body));
    const user = this.#userOf(form);
    if (user === undefined) return refused();
    const wantsIdentity = form.get("access_type") === "offline";
    return this.#issue(user, form, { wantsIdentity });
  }

  #userOf(form: URLSearchParams): string | undefined {
    if (form.get("grant_type") === "refresh_token") {
      return this.#identities.get(form.get("refresh_token") ?? "");
    }
    if (form.get("grant_type") !== "password") return undefined;
    const user = form.get("username") ?? "";
    const password = form.get("password") ?? "";
    return checkPassword(this.#options.auth, { user, password })
      ? user
      : undefined;
  }

  #issue(
    user: string | undefined,
    parameters: URLSearchParams,
    options: { readonly wantsIdentity: boolean },
  ): RegistryReply {
    const { auth, now, newId } = this.#options;
    const { expiresIn = LIFETIME_SECONDS, tokenField } = auth;
    const seconds = expiresIn === "unsaid"
      ? UNSAID_LIFETIME_SECONDS
      : expiresIn;
    const text = newId();
    this.#tokens.set(text, {
      user,
      expiresAtMs: now() + seconds * 1000,
      grants: new Set(
        readScopes(parameters.getAll("scope"))
          .filter((scope) => allows(auth, { user, ...scope }))
          .map((scope) => `${scope.repository} ${scope.action}`),
      ),
    });
    return jsonReply(200, {
      ...(tokenField === "access_token" ? {} : { token: text }),
      ...(tokenField === "token" ? {} : { access_token: text }),
      ...(expiresIn === "unsaid" ? {} : { expires_in: seconds }),
      ...(options.wantsIdentity && user !== undefined
        ? { refresh_token: this.#newIdentity(user) }
        : {}),
      issued_at: new Date(now()).toISOString(),
    });
  }

  #newIdentity(user: string): string {
    const text = this.#options.newId();
    this.#identities.set(text, user);
    return text;
  }
}

/** Reads `repository:NAME:ACTION,ACTION`, several apart by spaces or repeated. */
function readScopes(
  scopes: readonly string[],
): readonly {
  readonly repository: string;
  readonly action: RepositoryAction;
}[] {
  return scopes.flatMap((scope) => scope.split(" ")).flatMap((scope) => {
    const match = /^repository:(.+):([a-z*,]+)$/.exec(scope);
    const repository = match?.[1] ?? "";
    const actions = (match?.[2] ?? "").split(",");
    return (["pull", "push", "delete"] as const)
      .filter((action) => actions.includes(action) || actions.includes("*"))
      .map((action) => ({ repository, action }));
  });
}

function refused(): RegistryReply {
  return errorReply(401, {
    code: "UNAUTHORIZED",
    message: "incorrect username or password",
  });
}
