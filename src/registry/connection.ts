/**
 * One registry, and requests to it that carry what it has to be shown.
 *
 * @module
 */

import {
  discardBody,
  type Fetch,
  type FetchInit,
  isSameOrigin,
  type TlsSettings,
} from "../http/mod.ts";
import type { Clock } from "../platform/types.ts";
import { Authenticator, type Authorization } from "./authenticator.ts";
import type { CredentialSource } from "./credentials.ts";
import {
  isHtml,
  notTheProtocol,
  type RegistryError,
  registryErrorFrom,
  type RequestContext,
} from "./errors.ts";
import type { RegistryEvent } from "./events.ts";
import { printable, withoutSecrets } from "./printable.ts";
import { foreignTls, registryRoot, type RegistrySettings } from "./settings.ts";

/** Warnings of one registry that are remembered, so that each is shown once. */
const MAX_WARNINGS = 100;

/** What {@linkcode Connection} needs. */
export interface ConnectionOptions {
  /** The registry as people write it. */
  readonly registry: string;
  /** What to send requests with: redirects, timeouts and retries included. */
  readonly fetch: Fetch;
  /** Time. */
  readonly clock: Clock;
  /** Who we are. */
  readonly credentials: CredentialSource;
  /** What the user settled. */
  readonly settings: RegistrySettings;
  /** Hears what happens. */
  readonly onEvent: (event: RegistryEvent) => void;
}

/** A request to a registry. */
export interface RegistryRequest {
  /** What is being done, as a phrase for errors: `fetch manifest ...`. */
  readonly action: string;
  /** The method. */
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Where to. */
  readonly url: URL;
  /** What the request needs to be allowed. */
  readonly scope: string;
  /** Statuses that are answers; others reject. */
  readonly expect: readonly number[];
  /** Lets a web page be an answer too: whoever asks looks at it. */
  readonly mayBePage?: boolean;
  /** Header fields, body, purpose, signal, limits. */
  readonly init?: FetchInit | undefined;
}

/** One registry. */
export class Connection {
  /** The registry as people write it. */
  readonly registry: string;
  /** The root of its protocol. */
  readonly root: URL;
  /** What the user settled. */
  readonly settings: RegistrySettings;
  /** Time. */
  readonly clock: Clock;
  readonly #options: ConnectionOptions;
  readonly #authenticator: Authenticator;
  readonly #foreignTls: TlsSettings | undefined;
  readonly #warnings = new Set<string>();

  /** Makes a connection; nothing is sent yet. */
  constructor(options: ConnectionOptions) {
    this.registry = options.registry;
    this.settings = options.settings;
    this.clock = options.clock;
    this.root = registryRoot(options.registry, options.settings);
    this.#options = options;
    this.#foreignTls = foreignTls(options.settings);
    this.#authenticator = new Authenticator({
      ...options,
      root: this.root,
      foreignTls: this.#foreignTls,
    });
  }

  /**
   * Sends a request, and proves who we are if the registry asks: at most one
   * more attempt after a 401, and after a 403 where a token was at hand (ECR
   * answers so when one has expired).
   *
   * @param request The request.
   * @returns An answer with one of the expected statuses.
   * @throws {RegistryError} For every other answer, and for a web page: a
   * captive portal says yes to everything.
   */
  async send(request: RegistryRequest): Promise<Response> {
    const isOwn = isSameOrigin(request.url, this.root);
    const needs = {
      scope: request.scope,
      action: request.action,
      signal: request.init?.signal ?? undefined,
    };
    let sent = isOwn ? await this.#authenticator.authorize(needs) : NOTHING;
    let response = await this.#transmit(request, sent);
    if (isOwn && this.#mayReauthorize(response, sent)) {
      const next = await this.#authenticator.reauthorize(
        response.headers.get("www-authenticate"),
        sent,
        needs,
      );
      if (next !== undefined) {
        discardBody(response);
        sent = next;
        response = await this.#transmit(request, sent);
      }
    }
    this.#noteWarnings(response);
    if (!request.expect.includes(response.status)) {
      throw await this.errorFrom(response, request);
    }
    if (request.mayBePage === true || !isPage(response)) return response;
    discardBody(response);
    const context = await this.contextOf(response, request);
    throw notTheProtocol(response, context, "a web page");
  }

  /** Turns an answer into an error that names the request and the credentials. */
  async errorFrom(
    response: Response,
    request: Pick<RegistryRequest, "action" | "method" | "url" | "scope">,
  ): Promise<RegistryError> {
    return registryErrorFrom(response, await this.contextOf(response, request));
  }

  /** What an error needs to know of a request. */
  async contextOf(
    response: Response,
    request: Pick<RegistryRequest, "action" | "method" | "url" | "scope">,
  ): Promise<RequestContext> {
    const url = response.url === "" ? request.url : new URL(response.url);
    const isOwn = isSameOrigin(url, this.root);
    const isRefusal = response.status === 401 || response.status === 403;
    return {
      action: request.action,
      method: request.method,
      url,
      isElsewhere: !isOwn,
      nowMs: this.clock.now(),
      secrets: this.#authenticator.secrets(),
      ...(isOwn && isRefusal
        ? await this.#authenticator.describe(request.scope)
        : {}),
    };
  }

  async #transmit(
    request: RegistryRequest,
    authorization: Authorization,
  ): Promise<Response> {
    const { settings } = this;
    const headers = new Headers(request.init?.headers);
    if (authorization.value !== undefined) {
      headers.set("authorization", authorization.value);
    }
    const isOwn = isSameOrigin(request.url, this.root);
    return await this.#options.fetch(request.url, {
      timeoutMs: settings.timeoutMs,
      retryBudgetMs: settings.retryBudgetMs,
      allowedHosts: settings.allowedHosts,
      tls: isOwn ? settings.tls : this.#foreignTls,
      foreignTls: this.#foreignTls,
      ...request.init,
      method: request.method,
      headers,
    });
  }

  /** Whether a refusal is the registry's own, and something can be done about it. */
  #mayReauthorize(response: Response, sent: Authorization): boolean {
    const isOwn = response.url === "" ||
      isSameOrigin(new URL(response.url), this.root);
    return isOwn && (response.status === 401 ||
      (response.status === 403 && sent.isCachedToken));
  }

  /** distribution-spec, "Warnings": a client should show them. */
  #noteWarnings(response: Response): void {
    const field = response.headers.get("warning");
    if (field === null) return;
    for (const match of field.matchAll(/299 +\S+ +"((?:[^"\\]|\\.)*)"/g)) {
      const text = (match[1] ?? "").replace(/\\(.)/g, "$1");
      const secrets = this.#authenticator.secrets();
      const message = printable(withoutSecrets(text, secrets));
      if (this.#warnings.has(message)) continue;
      if (this.#warnings.size >= MAX_WARNINGS) return;
      this.#warnings.add(message);
      const { registry } = this;
      this.#options.onEvent({ type: "registry-warning", registry, message });
    }
  }
}

/** Whether somebody else has said yes: no success of the protocol is a web page. */
function isPage({ ok, headers }: Response): boolean {
  return ok && isHtml(headers.get("content-type"), "");
}

const NOTHING: Authorization = { value: undefined, isCachedToken: false };
