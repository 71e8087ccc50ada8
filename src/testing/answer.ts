/**
 * The registry as a function: a request in, a reply out, no wire.
 *
 * @module
 */

import { needOf } from "./auth.ts";
import type { EndpointContext } from "./context.ts";
import { answer } from "./endpoints.ts";
import {
  emptyReply,
  errorReply,
  type RegistryReply,
  type RegistryRequest,
} from "./exchange.ts";
import type { Guard } from "./guard.ts";
import { answerFromStore } from "./object_store.ts";
import { parseRoute } from "./routes.ts";
import type { TokenStore } from "./tokens.ts";

/** What a registry is made of. */
export interface RegistryParts {
  /** The token endpoint, where there is one. */
  readonly tokens: TokenStore | undefined;
  /** The door. */
  readonly guard: Guard;
  /** What the endpoints work on; what a requester may pull is decided here. */
  readonly context: Omit<EndpointContext, "mayPull">;
}

/** Answers a request: the token endpoint, the object store, or the protocol. */
export function answerRequest(
  parts: RegistryParts,
  request: RegistryRequest,
): RegistryReply {
  const { tokens, guard } = parts;
  if (request.path === "/token" && tokens !== undefined) {
    return tokens.answer(request);
  }
  const mayPull = (repository: string) =>
    guard.refuse(request, { repository, actions: ["pull"] }) === undefined;
  const context = { ...parts.context, mayPull };
  const stored = answerFromStore(context, request);
  if (stored !== undefined) return stored;
  const route = parseRoute(request.path);
  if (route === undefined) return emptyReply(404);
  if (route === "name_invalid") {
    return errorReply(400, {
      code: "NAME_INVALID",
      message: "invalid repository name",
    });
  }
  return guard.refuse(request, needOf(request.method, route)) ??
    answer(context, request, route);
}
