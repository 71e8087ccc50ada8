import { assert, assertEquals, assertRejects } from "@std/assert";
import { ForgeError } from "../errors.ts";
import { play } from "./fakes_test.ts";
import { NetworkDeniedError } from "./network_denied_error.ts";
import { NetworkError } from "./network_error.ts";
import { withRedirects } from "./redirects.ts";

const to = (location: string, status = 307) => ({
  status,
  headers: { location },
});

const SECRETS = {
  authorization: "Bearer secret",
  cookie: "session=secret",
  "x-token": "secret",
  accept: "application/json",
  range: "bytes=5-",
};

Deno.test("a redirect within one origin keeps all header fields", () =>
  play([
    ["GET https://r.example/a", to("/b")],
    ["GET https://r.example/b", { body: "there" }],
  ], async (script) => {
    const fetch = withRedirects(script.fetch);
    const response = await fetch("https://r.example/a", { headers: SECRETS });
    assertEquals(await response.text(), "there");
    assertEquals(response.url, "https://r.example/b");
    assertEquals(script.headers("authorization")[1], "Bearer secret");
    assertEquals(script.headers("x-token")[1], "secret");
  }));

Deno.test("a redirect to another origin drops credentials and custom fields, for good", () =>
  play([
    ["GET https://r.example/a", to("https://blobs.example/b")],
    ["GET https://blobs.example/b", to("https://r.example/c")],
    ["GET https://r.example/c", { body: "there" }],
  ], async (script) => {
    const fetch = withRedirects(script.fetch);
    await fetch("https://r.example/a", { headers: SECRETS });
    for (const name of ["authorization", "cookie", "x-token"]) {
      assertEquals(script.headers(name).slice(1), [null, null]);
    }
    assertEquals(script.headers("range").slice(1), ["bytes=5-", "bytes=5-"]);
  }));

Deno.test("another port or scheme is another origin", async (t) => {
  const table = [
    ["http://r.example:5000/a", "http://r.example:5001/b"],
    ["http://r.example/a", "https://r.example/b"],
  ] as const;
  for (const [from, target] of table) {
    await t.step(`${from} to ${target}`, () =>
      play([
        [`GET ${from}`, to(target)],
        [`GET ${target}`, {}],
      ], async (script) => {
        await withRedirects(script.fetch)(from, { headers: SECRETS });
        assertEquals(script.headers("authorization")[1], null);
      }));
  }
});

Deno.test("a client certificate stays at its origin, trust in authorities does not", () =>
  play([
    ["GET https://r.example/a", to("https://blobs.example/b")],
    ["GET https://blobs.example/b", {}],
  ], async (script) => {
    const tls = { clientCert: { cert: "cert", key: "key" } };
    const foreignTls = { caCerts: ["ca"] };
    const fetch = withRedirects(script.fetch);
    await fetch("https://r.example/a", { tls, foreignTls });
    assertEquals(script.requests.map(({ init }) => init.tls), [
      tls,
      foreignTls,
    ]);
  }));

Deno.test("a redirect from https to http is refused", () =>
  play([
    ["GET https://r.example/a", to("http://r.example/b")],
  ], async (script) => {
    const error = await assertRejects(
      () => withRedirects(script.fetch)("https://r.example/a"),
      NetworkDeniedError,
    );
    assertEquals(error.purpose, "redirect");
  }));

Deno.test("a redirect to a private address is refused, also in the second hop", () =>
  play([
    ["GET https://r.example/a", to("https://blobs.example/b")],
    ["GET https://blobs.example/b", to("https://169.254.169.254/c")],
  ], async (script) => {
    const error = await assertRejects(
      () => withRedirects(script.fetch)("https://r.example/a"),
      NetworkDeniedError,
    );
    assertEquals(error.host, "169.254.169.254:443");
  }));

Deno.test("a redirect to a private address that is allowed by name is followed", () =>
  play([
    ["GET https://r.example/a", to("https://10.0.0.7/b")],
    ["GET https://10.0.0.7/b", { body: "there" }],
  ], async (script) => {
    const response = await withRedirects(script.fetch)("https://r.example/a", {
      allowedHosts: ["10.0.0.7"],
    });
    assertEquals(await response.text(), "there");
  }));

Deno.test("303 turns a PUT into a GET without a body", () =>
  play([
    ["PUT https://r.example/a", to("/b", 303)],
    ["GET https://r.example/b", {}],
  ], async (script) => {
    await withRedirects(script.fetch)("https://r.example/a", {
      method: "PUT",
      body: "content",
      headers: { "content-type": "text/plain" },
    });
    assertEquals(script.requests.map(({ body }) => body), ["content", ""]);
    assertEquals(script.headers("content-type"), ["text/plain", null]);
  }));

Deno.test("307 repeats method and body", () =>
  play([
    ["PUT https://r.example/a", to("https://store.example/b", 307)],
    ["PUT https://store.example/b", {}],
  ], async (script) => {
    await withRedirects(script.fetch)("https://r.example/a", {
      method: "PUT",
      body: new TextEncoder().encode("content"),
    });
    assertEquals(script.requests.map(({ body }) => body), [
      "content",
      "content",
    ]);
  }));

Deno.test("HEAD stays HEAD", () =>
  play([
    ["HEAD https://r.example/a", to("/b", 303)],
    ["HEAD https://r.example/b", {}],
  ], async (script) => {
    const fetch = withRedirects(script.fetch);
    const response = await fetch("https://r.example/a", { method: "HEAD" });
    assertEquals(response.status, 200);
  }));

Deno.test("a refresh token in a form is not carried to another origin", () =>
  play([
    ["POST https://auth.example/token", to("https://evil.example/token")],
  ], async (script) => {
    const error = await assertRejects(
      () =>
        withRedirects(script.fetch)("https://auth.example/token", {
          method: "POST",
          body: "refresh_token=secret",
          purpose: "realm",
        }),
      NetworkDeniedError,
    );
    assert(!error.message.includes("secret"));
  }));

Deno.test("redirects that go round in circles end after ten hops", () =>
  play(
    Array.from({ length: 11 }, () =>
      [
        "GET https://r.example/a",
        to("/a?sig=secret"),
      ] as const).map(([request, answer], index) =>
        [
          index === 0 ? request : "GET https://r.example/a?sig=secret",
          answer,
        ] as const
      ),
    async (script) => {
      const error = await assertRejects(
        () => withRedirects(script.fetch)("https://r.example/a"),
        ForgeError,
      );
      assertEquals(error.code, "REGISTRY_RESPONSE_INVALID");
      assertEquals(error.message.includes("secret"), false);
    },
  ));

Deno.test("a Location that is no URL is refused", () =>
  play([
    ["GET https://r.example/a", to("http://[broken/")],
  ], async (script) => {
    const error = await assertRejects(
      () => withRedirects(script.fetch)("https://r.example/a"),
      ForgeError,
    );
    assertEquals(error.code, "REGISTRY_RESPONSE_INVALID");
  }));

Deno.test("a redirect status without Location is an answer", () =>
  play([
    ["GET https://r.example/a", { status: 304 }],
    ["GET https://r.example/b", { status: 302 }],
  ], async (script) => {
    const fetch = withRedirects(script.fetch);
    assertEquals((await fetch("https://r.example/a")).status, 304);
    assertEquals((await fetch("https://r.example/b")).status, 302);
  }));

Deno.test("a place that cannot be reached is named, not the one that led there", () =>
  play([
    ["GET https://r.example/a", {
      status: 307,
      headers: { location: "https://blobs.example/b" },
    }],
    ["GET https://blobs.example/b", new TypeError("connection refused")],
  ], async ({ fetch }) => {
    const error = await assertRejects(
      () => withRedirects(fetch)("https://r.example/a"),
      NetworkError,
    );
    assertEquals(error.host, "blobs.example");
  }));
