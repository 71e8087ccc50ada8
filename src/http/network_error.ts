/**
 * Failures below HTTP, told apart and put in plain words.
 *
 * The runtimes word them differently and give no common code, so the text of
 * the error and its causes is read. Wording measured on Deno 2.9.6 (hyper, h2,
 * rustls) and Node 20 (undici, OpenSSL); what is not recognised is "failed".
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { privateAddressDenial } from "./network_denied_error.ts";
import { redactUrl } from "./redact.ts";

/** What went wrong below HTTP. */
export type NetworkReason =
  | "unknown-host"
  | "refused"
  | "unreachable"
  | "certificate"
  | "client-certificate"
  | "tls"
  | "plain-http"
  | "reset"
  | "not-http"
  | "blocked-port"
  | "failed"
  | "timeout"
  | "idle";

/** Options of the {@linkcode NetworkError} constructor. */
export interface NetworkErrorOptions extends ErrorOptions {
  /** What went wrong. */
  readonly reason: NetworkReason;
  /** Words in place of the usual ones for the reason. */
  readonly detail?: string;
}

const WORDS: Readonly<Record<NetworkReason, string>> = {
  "unknown-host": "unknown host",
  refused: "connection refused",
  unreachable: "host unreachable",
  certificate: "certificate not trusted",
  "client-certificate": "a client certificate is missing or not accepted",
  tls: "TLS failed",
  "plain-http": "the server does not speak TLS",
  reset: "the connection was closed early",
  "not-http": "the server does not speak HTTP",
  "blocked-port": "the fetch standard blocks this port",
  failed: "the request failed",
  timeout: "no answer in time",
  idle: "the transfer stalled",
};

const HINTS: Partial<Record<NetworkReason, string>> = {
  "unknown-host": "Check the name of the registry, and that DNS works here",
  refused: "Check that the registry runs and that the port is right",
  unreachable: "Check the network, VPN and proxy settings",
  certificate:
    "For a private authority, name its file as ca_file of the registry in forge.ron",
  "client-certificate":
    "Check client_certificate of the registry in forge.ron: the registry must know its authority, and the key must be its own",
  "plain-http":
    "If the registry is meant to be without TLS, set plain_http: true for it in forge.ron",
  tls:
    "Check that the host and port are those of the registry, and that it takes TLS 1.2 or later",
  "not-http": "Check that the host and port are those of a registry",
  "blocked-port": "Serve the registry on another port",
  failed: "Check the host, the port and any proxy between, and try again",
  reset: "Try again; if it persists, check the proxy and the registry's logs",
  timeout:
    "Try again later, or raise timeout_secs of the registry in forge.ron",
  idle: "Try again later, or raise timeout_secs of the registry in forge.ron",
};

/** What the runtimes write, first match wins. */
const PATTERNS: readonly (readonly [RegExp, NetworkReason])[] = [
  [
    /ENOTFOUND|EAI_AGAIN|dns error|failed to lookup address/i,
    "unknown-host",
  ],
  [/ECONNREFUSED|connection refused/i, "refused"],
  [
    /EHOSTUNREACH|ENETUNREACH|ENETDOWN|unreachable|no route to host/i,
    "unreachable",
  ],
  [
    // What a server says of us comes as an alert (RFC 8446, section 6.2).
    /alert: (?:BadCertificate|CertificateUnknown|CertificateExpired|CertificateRequired|UnknownCA|AccessDenied)|ALERT_(?:BAD_CERTIFICATE|CERTIFICATE_|UNKNOWN_CA|ACCESS_DENIED)|KeyMismatch|KEY_VALUES_MISMATCH/,
    "client-certificate",
  ],
  [/ERR_SSL_WRONG_VERSION_NUMBER|InvalidContentType/i, "plain-http"],
  [
    // Before all that only names TLS: the connection was there, and was dropped.
    /close_notify|handshake eof|disconnected before secure TLS/,
    "reset",
  ],
  [
    // HTTP/2: one stream or the whole connection was given up (RFC 9113, section 7).
    /stream (?:error|closed)|connection error (?:received|detected)|refused stream/i,
    "reset",
  ],
  [
    /certificate|_CERT|CERT_|self.signed|UNABLE_TO_|UnknownIssuer|ERR_TLS_CERT/i,
    "certificate",
  ],
  [/ERR_SSL|EPROTO|handshake|\btls\b/i, "tls"],
  [/HPE_|invalid HTTP|does not match the HTTP/i, "not-http"],
  [/bad port|port \d+ are blocked/i, "blocked-port"],
  [
    /ETIMEDOUT|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT|timed out/i,
    "timeout",
  ],
  [
    /ECONNRESET|EPIPE|UND_ERR_SOCKET|reset|closed|terminated|body from connection|unexpected eof|broken pipe|incomplete|premature/i,
    "reset",
  ],
];

const RETRYABLE: ReadonlySet<NetworkReason> = new Set([
  "reset",
  "timeout",
  "idle",
]);

/** A request that failed below HTTP. */
export class NetworkError extends ForgeError {
  /** The name of the class. */
  override readonly name: string = "NetworkError";
  /** What went wrong. */
  readonly reason: NetworkReason;
  /** The host that was asked, with its port where the URL names one. */
  readonly host: string;

  /**
   * Makes an error.
   *
   * @param place Where the request went, or its host.
   * @param options What went wrong, and the runtime's own error.
   */
  constructor(place: URL | string, options: NetworkErrorOptions) {
    const { reason } = options;
    const host = typeof place === "string" ? place : place.host;
    super(
      reason === "timeout" || reason === "idle"
        ? "NETWORK_TIMEOUT"
        : "NETWORK_FAILED",
      `Failed to reach ${host}: ${options.detail ?? WORDS[reason]}`,
      { hint: HINTS[reason], cause: options.cause },
    );
    this.reason = reason;
    this.host = host;
  }

  /** Whether the same request may well succeed when sent again. */
  get retryable(): boolean {
    return RETRYABLE.has(this.reason);
  }
}

/**
 * Puts what a runtime's `fetch` or body threw into plain words.
 *
 * @param url Where the request went.
 * @param error What was thrown.
 * @returns A {@linkcode ForgeError}; one that is already one stays as it is.
 */
export function networkErrorFrom(url: URL, error: unknown): ForgeError {
  if (error instanceof ForgeError) return error;
  const denial = privateAddressDenial(url, error);
  if (denial !== undefined) return denial;
  const text = describeCauses(error);
  if (/NotCapable|PermissionDenied|Requires net access/.test(text)) {
    return new ForgeError(
      "PERMISSION_DENIED",
      `Cannot connect to ${url.host}: permission not granted`,
      { hint: `Run Deno with --allow-net=${url.host}`, cause: error },
    );
  }
  // A host may be named like a failure.
  const words = text.replace(URLS, "");
  const reason = PATTERNS.find(([pattern]) => pattern.test(words))?.[1];
  const clean = new Error(hideUrls(text));
  return new NetworkError(url, { reason: reason ?? "failed", cause: clean });
}

/** The names, codes and messages of an error and of what caused it. */
function describeCauses(error: unknown): string {
  const parts: string[] = [];
  let current: unknown = error;
  for (let depth = 0; depth < 5 && current instanceof Error; depth++) {
    const code = (current as { code?: unknown }).code;
    parts.push(
      `${current.name}${
        typeof code === "string" ? ` ${code}` : ""
      }: ${current.message}`,
    );
    current = current instanceof AggregateError
      ? current.errors[0]
      : current.cause;
  }
  return parts.length > 0 ? parts.join("; ") : String(error);
}

const URLS = /https?:\/\/[^\s()]+/g;

/** Runtimes put whole URLs in their messages, signatures included. */
function hideUrls(text: string): string {
  return text.replace(URLS, (url) => redactUrl(url));
}
