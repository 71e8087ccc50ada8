/**
 * The door: lets a request through, or says what it has to bring.
 *
 * @module
 */

import {
  allows,
  type AuthMode,
  type BasicAuth,
  basicUser,
  type BearerAuth,
  type Need,
} from "./auth.ts";
import {
  errorReply,
  type RegistryReply,
  type RegistryRequest,
} from "./exchange.ts";
import type { TokenStore } from "./tokens.ts";

/** Decides over requests. */
export interface Guard {
  /** The reply that refuses a request; `undefined` when it may pass. */
  readonly refuse: (
    request: RegistryRequest,
    need: Need | undefined,
  ) => RegistryReply | undefined;
}

/** Makes the door that the rules ask for; an open one without rules. */
export function guardFor(
  auth: AuthMode | undefined,
  tokens: TokenStore | undefined,
  tokenUrl: () => string,
): Guard {
  if (auth?.kind === "basic") return basicGuard(auth);
  return auth === undefined || tokens === undefined
    ? { refuse: () => undefined }
    : bearerGuard(auth, tokens, tokenUrl);
}

/** Wants a user name and a password. */
function basicGuard(auth: BasicAuth): Guard {
  return {
    refuse(request, need) {
      const who = basicUser(auth, request);
      if (who === "refused") return challenge('Basic realm="registry"');
      const { user } = who;
      const { repository = "", actions = [] } = need ?? {};
      const isAllowed = actions.every((action) =>
        allows(auth, { user, repository, action })
      );
      if (user === undefined) {
        const isOpen = isAllowed && auth.anonymousPull === true;
        return isOpen ? undefined : challenge('Basic realm="registry"');
      }
      return isAllowed ? undefined : denied();
    },
  };
}

/** Wants a token of the registry's token endpoint. */
function bearerGuard(
  auth: BearerAuth,
  tokens: TokenStore,
  tokenUrl: () => string,
): Guard {
  const { service = "registry", expiredStatus = 401 } = auth;
  return {
    refuse(request, need) {
      const field = request.headers["authorization"] ?? "";
      const text = /^Bearer +(.+)$/i.exec(field)?.[1];
      const verdict = text === undefined ? undefined : tokens.check(text, need);
      if (verdict === "ok") return undefined;
      if (verdict === "expired" && expiredStatus === 403) return denied();
      const parameters = {
        realm: auth.realm ?? tokenUrl(),
        service,
        ...(need === undefined ? {} : {
          scope: `repository:${need.repository}:${need.actions.join(",")}`,
        }),
        ...(verdict === undefined
          ? {}
          : { error: verdict === "expired" ? "invalid_token" : verdict }),
      };
      return challenge(
        `Bearer ${
          Object.entries(parameters).map(([name, value]) =>
            `${name}="${value}"`
          ).join(",")
        }`,
      );
    },
  };
}

/** RFC 9110, section 11.6.1. */
function challenge(field: string): RegistryReply {
  return errorReply(
    401,
    { code: "UNAUTHORIZED", message: "authentication required" },
    { "www-authenticate": field },
  );
}

function denied(): RegistryReply {
  return errorReply(403, {
    code: "DENIED",
    message: "requested access to the resource is denied",
  });
}
