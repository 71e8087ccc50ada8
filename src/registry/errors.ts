/**
 * The error that carries what a registry answered.
 *
 * @module
 */

import { ForgeError, type ForgeErrorCode } from "../errors.ts";
import { MAX_ERROR_BYTES, readBounded, redactUrl } from "../http/mod.ts";
import { essence } from "../oci/mod.ts";
import { hintFor, tlsHint } from "./error_hints.ts";
import { printable, withoutSecrets } from "./printable.ts";

/** One entry of the error envelope (distribution-spec, "Error Codes"). */
export interface OciError {
  /** What kind; an open set of words. */
  readonly code: string;
  /** What happened, for people. */
  readonly message: string;
}

/** Options of the {@linkcode RegistryError} constructor. */
export interface RegistryErrorOptions extends ErrorOptions {
  /** What to do next. */
  readonly hint?: string | undefined;
  /** The method of the request. */
  readonly method: string;
  /** The URL of the request; redacted here. */
  readonly url: string | URL;
  /** The status of the answer. */
  readonly status: number;
  /** What the registry said. */
  readonly errors?: readonly OciError[];
}

/** A registry answered, and not with what was asked for. */
export class RegistryError extends ForgeError {
  /** The name of the class. */
  override readonly name: string = "RegistryError";
  /** The method of the request. */
  readonly method: string;
  /** The URL of the request, redacted. */
  readonly url: string;
  /** The status of the answer. */
  readonly status: number;
  /** What the registry said. */
  readonly errors: readonly OciError[];

  /**
   * Makes an error.
   *
   * @param code What kind of failure this is.
   * @param message What failed.
   * @param options The request, the answer, the hint.
   */
  constructor(
    code: ForgeErrorCode,
    message: string,
    options: RegistryErrorOptions,
  ) {
    super(code, message, { hint: options.hint, cause: options.cause });
    this.method = options.method;
    this.url = redactUrl(options.url);
    this.status = options.status;
    this.errors = options.errors ?? [];
  }
}

/** What an error needs to know of its request. */
export interface RequestContext {
  /** What was being done, as a phrase: `fetch manifest ghcr.io/acme/notes:v1`. */
  readonly action: string;
  /** The method of the request. */
  readonly method: string;
  /** The URL of the request. */
  readonly url: URL;
  /** Whether another host than the registry answered: its storage. */
  readonly isElsewhere?: boolean;
  /** Whether it was asked for a token. */
  readonly isRealm?: boolean;
  /** What was shown to the registry, as a phrase, where it refused that. */
  readonly credentials?: string | undefined;
  /** What to do about a refusal. */
  readonly authHint?: string | undefined;
  /** What the registry was shown: some repeat it in what they answer. */
  readonly secrets?: readonly string[] | undefined;
  /** The time now, in milliseconds since the epoch. */
  readonly nowMs: number;
}

/**
 * Turns an answer that is a failure into an error; reads its body, bounded.
 *
 * @param response What the registry answered.
 * @param context The request.
 */
export async function registryErrorFrom(
  response: Response,
  context: RequestContext,
): Promise<RegistryError> {
  const { status } = response;
  const text = await readErrorText(response);
  const { secrets = [] } = context;
  const errors = parseOciErrors(text, secrets);
  if (isHtml(response.headers.get("content-type"), text)) {
    return notTheProtocol(response, context, "a web page", { text });
  }
  if (status < 400) {
    return notTheProtocol(response, context, "a status that it may not have");
  }
  const code = codeOf(status, context);
  const said = errors.map((error) => `${error.code}: ${error.message}`);
  const statusText = printable(withoutSecrets(response.statusText, secrets));
  const answer = [`${status} ${statusText}`.trim(), ...said];
  const suffix = code === "REGISTRY_AUTH" && context.credentials !== undefined
    ? `; ${context.credentials}`
    : "";
  return new RegistryError(
    code,
    `Failed to ${context.action}: ${subjectOf(code, context)} (${
      answer.join(", ")
    })${suffix}`,
    {
      hint: hintFor(code, { response, context, text }),
      method: context.method,
      url: context.url,
      status,
      errors,
    },
  );
}

/**
 * An answer that is not of the distribution protocol, for example the login
 * page of a hotel's network (docker/cli#5304).
 *
 * @param response What was answered.
 * @param context The request.
 * @param what What it was instead.
 * @param options The error that showed it, and what there was to read.
 */
export function notTheProtocol(
  response: Response,
  context: RequestContext,
  what: string,
  options: { readonly cause?: unknown; readonly text?: string } = {},
): RegistryError {
  return new RegistryError(
    "REGISTRY_RESPONSE_INVALID",
    `Failed to ${context.action}: ${context.url.host} answered with ${what} (${response.status})`,
    {
      hint: tlsHint(options.text ?? "") ??
        "A proxy, firewall or captive portal may have answered in its place; else check that the host is a registry",
      method: context.method,
      url: context.url,
      status: response.status,
      cause: options.cause,
    },
  );
}

/** Whether an answer is a web page, by its type or its first letters. */
export function isHtml(contentType: string | null, text: string): boolean {
  const type = essence(contentType ?? "");
  return type === "text/html" || type === "application/xhtml+xml" ||
    /^\s*<(!doctype|html|head|body)/i.test(text);
}

/**
 * Reads an error envelope, whatever it may be.
 *
 * @param text The body.
 * @param secrets What must not be in them.
 * @returns Its errors, shortened; none when it is something else.
 */
export function parseOciErrors(
  text: string,
  secrets: readonly string[] = [],
): readonly OciError[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return []; // Any body is possible; the status says enough.
  }
  const errors = (json as { errors?: unknown } | null)?.errors;
  if (!Array.isArray(errors)) return [];
  return errors.slice(0, MAX_ERRORS).map((error) => ({
    code: printable(withoutSecrets(error?.code, secrets)) || "UNKNOWN",
    message: printable(withoutSecrets(error?.message, secrets)),
  }));
}

/** Errors of one envelope that a person will read. */
const MAX_ERRORS = 5;

async function readErrorText(response: Response): Promise<string> {
  try {
    const bytes = await readBounded(response, MAX_ERROR_BYTES, {
      truncate: true,
    });
    return new TextDecoder().decode(bytes);
  } catch (error) {
    if (error instanceof ForgeError) return ""; // The status says enough.
    throw error;
  }
}

function codeOf(status: number, context: RequestContext): ForgeErrorCode {
  if (context.isElsewhere !== true && (status === 401 || status === 403)) {
    return "REGISTRY_AUTH";
  }
  // What is not there is the token endpoint, not the image.
  if (status === 404 && context.isRealm !== true) return "REGISTRY_NOT_FOUND";
  if (status === 429) return "REGISTRY_RATE_LIMITED";
  return "REGISTRY_FAILED";
}

function subjectOf(
  code: ForgeErrorCode,
  { url, isRealm }: RequestContext,
): string {
  const who = isRealm === true ? `token endpoint ${redactUrl(url)}` : url.host;
  switch (code) {
    case "REGISTRY_AUTH":
      return `${who} refused`;
    case "REGISTRY_NOT_FOUND":
      return `${who} does not have it`;
    case "REGISTRY_RATE_LIMITED":
      return `${who} asks to slow down`;
    default:
      return `${who} failed`;
  }
}
