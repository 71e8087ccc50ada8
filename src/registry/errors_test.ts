import { assertEquals } from "@std/assert";
import { parseOciErrors, registryErrorFrom } from "./errors.ts";

const context = {
  action: "fetch manifest r.example/a:v1",
  method: "GET",
  url: new URL("https://user:pw@r.example/v2/a/manifests/v1?token=secret"),
  nowMs: Date.UTC(2030, 0, 1),
} as const;

const answer = (status: number, body: string, headers = {}) =>
  new Response(body, { status, headers });

Deno.test("an error of a registry carries method, redacted URL, status and what was said", async () => {
  const body = JSON.stringify({
    errors: [{ code: "NAME_UNKNOWN", message: "no such\nthing", detail: {} }],
  });
  const error = await registryErrorFrom(answer(404, body), context);
  assertEquals(error.code, "REGISTRY_NOT_FOUND");
  assertEquals(error.method, "GET");
  assertEquals(error.status, 404);
  assertEquals(
    error.url,
    "https://r.example/v2/a/manifests/v1?token=REDACTED",
  );
  assertEquals(error.errors, [
    { code: "NAME_UNKNOWN", message: "no such thing" },
  ]);
  assertEquals(
    error.message,
    "Failed to fetch manifest r.example/a:v1: r.example does not have it (404, NAME_UNKNOWN: no such thing)",
  );
});

Deno.test("statuses become codes", async () => {
  const table = [
    [401, "REGISTRY_AUTH"],
    [403, "REGISTRY_AUTH"],
    [404, "REGISTRY_NOT_FOUND"],
    [429, "REGISTRY_RATE_LIMITED"],
    [400, "REGISTRY_FAILED"],
    [500, "REGISTRY_FAILED"],
  ] as const;
  for (const [status, code] of table) {
    const error = await registryErrorFrom(answer(status, ""), context);
    assertEquals(error.code, code);
  }
});

Deno.test("a refusal by the storage behind a registry is not one of credentials", async () => {
  const error = await registryErrorFrom(answer(403, ""), {
    ...context,
    isElsewhere: true,
  });
  assertEquals(error.code, "REGISTRY_FAILED");
});

Deno.test("a limit says when to try again", async () => {
  const limited = answer(429, "", { "retry-after": "90" });
  const error = await registryErrorFrom(limited, context);
  assertEquals(
    error.hint,
    "Try again after 2030-01-01T00:01:30.000Z; credentials may raise the limit",
  );
});

Deno.test("a limit that says so in its message only is understood too", async () => {
  const limited = answer(429, "toomanyrequests: retry-after: 1m30s");
  const error = await registryErrorFrom(limited, context);
  assertEquals(
    error.hint?.startsWith("Try again after 2030-01-01T00:01:30.000Z"),
    true,
  );
});

Deno.test("a registry that wants TLS is told from one that is broken", async () => {
  const text = "Client sent an HTTP request to an HTTPS server.\n";
  const error = await registryErrorFrom(answer(400, text), context);
  assertEquals(error.hint?.startsWith("The registry speaks TLS"), true);
});

Deno.test("the pages of nginx that speak of TLS are understood", async () => {
  const page = (text: string) =>
    answer(400, `<html><h1>400 Bad Request</h1>${text}</html>`, {
      "content-type": "text/html",
    });
  const table = [
    [
      "The plain HTTP request was sent to HTTPS port",
      "The registry speaks TLS",
    ],
    ["No required SSL certificate was sent", "The registry wants a client"],
    ["The SSL certificate error", "The registry wants a client certificate"],
  ] as const;
  for (const [text, hint] of table) {
    const error = await registryErrorFrom(page(text), context);
    assertEquals(error.code, "REGISTRY_RESPONSE_INVALID");
    assertEquals(error.hint?.startsWith(hint), true, error.hint);
  }
});

Deno.test("a wait that no calendar holds does not break the error", async () => {
  const limited = answer(429, "", { "retry-after": "999999999h" });
  const error = await registryErrorFrom(limited, context);
  assertEquals(
    error.hint?.startsWith("Try again after 2030-01-31T00:00:00.000Z"),
    true,
  );
});

Deno.test("a web page is told from a registry's own error", async () => {
  const pages = [
    answer(404, "x", { "content-type": "text/html; charset=utf-8" }),
    answer(503, "  <!DOCTYPE html><html>"),
  ];
  for (const page of pages) {
    const error = await registryErrorFrom(page, context);
    assertEquals(error.code, "REGISTRY_RESPONSE_INVALID");
    assertEquals(error.hint?.includes("captive portal"), true);
  }
});

Deno.test("any error body is possible", () => {
  const bodies: readonly [string, number][] = [
    ["", 0],
    ["null", 0],
    ["[]", 0],
    ['"text"', 0],
    ['{"errors": null}', 0],
    ['{"errors": "no"}', 0],
    ['{"errors": [null, 5, {}]}', 3],
    [JSON.stringify({ errors: new Array(1000).fill({ code: "X" }) }), 5],
    ["not json", 0],
  ];
  assertEquals(
    bodies.map(([body]) => parseOciErrors(body).length),
    bodies.map(([, count]) => count),
  );
  const [long] = parseOciErrors(
    JSON.stringify({
      errors: [{ code: "X", message: "\u001b[31m".repeat(500) }],
    }),
  );
  assertEquals(long?.message.length, 300);
  assertEquals(long?.message.includes("\u001b"), false);
});
