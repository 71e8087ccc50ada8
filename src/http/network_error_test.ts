import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import { ForgeError } from "../errors.ts";
import { NetworkDeniedError } from "./network_denied_error.ts";
import {
  NetworkError,
  networkErrorFrom,
  type NetworkReason,
} from "./network_error.ts";

const AT = new URL("https://r.example/v2/?sig=secret");

/** As Deno 2.9.6 words them: a cause with all of it in the message. */
const deno = (text: string) =>
  new TypeError("fetch failed", {
    cause: new Error(
      `error sending request for url (https://r.example/v2/?sig=secret): ${text}`,
    ),
  });

/** As Node 20 words them: a cause with a code. */
const node = (code: string, text: string) =>
  new TypeError("fetch failed", {
    cause: Object.assign(new Error(text), { code }),
  });

Deno.test("failures of both runtimes are told apart", () => {
  const table: readonly [Error, NetworkReason][] = [
    [deno("received fatal alert: CertificateRequired"), "client-certificate"],
    [deno("received fatal alert: UnknownCA"), "client-certificate"],
    [
      new TypeError("keys may not be consistent: KeyMismatch"),
      "client-certificate",
    ],
    [
      node(
        "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED",
        "tlsv13 alert certificate required",
      ),
      "client-certificate",
    ],
    [
      node(
        "ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE",
        "sslv3 alert bad certificate",
      ),
      "client-certificate",
    ],
    [
      node("ERR_OSSL_X509_KEY_VALUES_MISMATCH", "key values mismatch"),
      "client-certificate",
    ],
    [
      deno(
        "client error (Connect): dns error: failed to lookup address information: Name or service not known",
      ),
      "unknown-host",
    ],
    [
      deno(
        "client error (Connect): tcp connect error: Connection refused (os error 111)",
      ),
      "refused",
    ],
    [
      deno(
        "client error (SendRequest): connection closed before message completed",
      ),
      "reset",
    ],
    [
      deno(
        "client error (SendRequest): connection error: Connection reset by peer (os error 104)",
      ),
      "reset",
    ],
    [
      deno(
        "client error (Connect): received corrupt message of type InvalidContentType",
      ),
      "plain-http",
    ],
    [
      deno("client error (Connect): invalid peer certificate: UnknownIssuer"),
      "certificate",
    ],
    [
      deno(
        "client error (Connect): invalid peer certificate: certificate expired",
      ),
      "certificate",
    ],
    [
      deno("client error (SendRequest): invalid HTTP version parsed"),
      "not-http",
    ],
    [
      deno("tcp connect error: No route to host (os error 113)"),
      "unreachable",
    ],
    [new TypeError("error reading a body from connection"), "reset"],
    [
      new TypeError("Fetch failed: Requests to port 6000 are blocked"),
      "blocked-port",
    ],
    [node("ENOTFOUND", "getaddrinfo ENOTFOUND r.example"), "unknown-host"],
    [node("ECONNREFUSED", "connect ECONNREFUSED 127.0.0.1:1"), "refused"],
    [node("UND_ERR_SOCKET", "other side closed"), "reset"],
    [node("ECONNRESET", "read ECONNRESET"), "reset"],
    [node("UND_ERR_CONNECT_TIMEOUT", "Connect Timeout Error"), "timeout"],
    [
      node("DEPTH_ZERO_SELF_SIGNED_CERT", "self-signed certificate"),
      "certificate",
    ],
    [
      node("ERR_SSL_WRONG_VERSION_NUMBER", "wrong version number"),
      "plain-http",
    ],
    [
      node("HPE_INVALID_CONSTANT", "Response does not match the HTTP/1.1"),
      "not-http",
    ],
    [new TypeError("terminated"), "reset"],
    [
      deno("peer closed connection without sending TLS close_notify"),
      "reset",
    ],
    [deno("client error (Connect): tls handshake eof"), "reset"],
    [
      node(
        "ECONNRESET",
        "Client network socket disconnected before secure TLS connection was established",
      ),
      "reset",
    ],
    ...[
      "stream error received: not a result of an error",
      "stream error received: refused stream before processing any application logic",
      "stream error received: unexpected internal error encountered",
      "stream error received: detected excessive load generating behavior",
      "stream closed because of a broken pipe",
      "connection error received: not a result of an error",
    ].map((text): [Error, NetworkReason] => [deno(text), "reset"]),
    [
      new TypeError("fetch failed", {
        cause: new AggregateError([new Error("connect ECONNREFUSED ::1:1")]),
      }),
      "refused",
    ],
    [new TypeError("something new"), "failed"],
  ];
  assertEquals(
    table.map(([error]) => {
      const result = networkErrorFrom(AT, error);
      return result instanceof NetworkError ? result.reason : result.code;
    }),
    table.map(([, reason]) => reason),
  );
});

Deno.test("a host that is named like a failure is not taken for one", () => {
  const text =
    "error sending request for url (https://tls.certificate.example/reset): something new";
  const error = networkErrorFrom(AT, new TypeError(text));
  assertInstanceOf(error, NetworkError);
  assertEquals(error.reason, "failed");
});

Deno.test("no signature of a URL gets into an error", () => {
  const error = networkErrorFrom(AT, deno("client error (Connect)"));
  assert(error.cause instanceof Error);
  assertEquals(error.cause.message.includes("secret"), false);
  assertEquals(error.message, "Failed to reach r.example: the request failed");
});

Deno.test("a missing permission is not a failure of the network", () => {
  const denied = new Error('Requires net access to "r.example:443"');
  denied.name = "NotCapable";
  const error = networkErrorFrom(AT, denied);
  assertEquals(error.code, "PERMISSION_DENIED");
  assertEquals(error.hint, "Run Deno with --allow-net=r.example");
});

Deno.test("a private address behind a public name says what happened and what may be done", () => {
  const error = networkErrorFrom(
    AT,
    node(
      "ERR_PRIVATE_ADDRESS",
      "r.example resolves to the private address ::1",
    ),
  );
  assertInstanceOf(error, NetworkDeniedError);
  assertEquals([error.code, error.host], ["NETWORK_DENIED", "r.example:443"]);
  assertEquals(
    error.message,
    "Refused to connect to r.example:443 (api): it is a public registry's, and r.example resolves to the private address ::1",
  );
  assert(error.hint?.includes('add "r.example:443" to its allowed_hosts'));
});

Deno.test("an error that is one of ours stays as it is", () => {
  const error = new ForgeError("NETWORK_OFFLINE", "x");
  assertStrictEquals(networkErrorFrom(AT, error), error);
});

Deno.test("an untrusted certificate and plain HTTP name the setting that helps", () => {
  const hints = [
    deno("invalid peer certificate: UnknownIssuer"),
    deno("received corrupt message of type InvalidContentType"),
  ].map((error) => networkErrorFrom(AT, error).hint ?? "");
  assert(hints[0]?.includes("ca_file"));
  assert(hints[1]?.includes("plain_http: true"));
});
