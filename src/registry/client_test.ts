import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { ForgeError } from "../errors.ts";
import { play, type ResponseAnswer, type Step } from "../http/fakes_test.ts";
import { offlineFetch, withAllowlist } from "../http/mod.ts";
import type { Repository } from "./client.ts";
import { RegistryError } from "./errors.ts";
import type { RegistryEvent } from "./events.ts";
import type { RegistrySettings } from "./settings.ts";
import {
  AT,
  clientOf,
  LAYER,
  playRepository,
  SERVED,
  utf8,
} from "./fakes_test.ts";

Deno.test("registries are reached where they serve", async (t) => {
  const table: readonly [
    registry: string,
    repository: string,
    url: string,
    settings?: RegistrySettings,
  ][] = [
    ["ghcr.io", "acme/notes", "https://ghcr.io/v2/acme/notes"],
    ["docker.io", "alpine", "https://registry-1.docker.io/v2/library/alpine"],
    ["index.docker.io", "a/b", "https://registry-1.docker.io/v2/a/b"],
    ["localhost:5000", "a", "http://localhost:5000/v2/a"],
    ["127.0.0.1:5000", "a", "http://127.0.0.1:5000/v2/a"],
    ["[::1]:5000", "a", "http://[::1]:5000/v2/a"],
    ["r.example", "a", "http://r.example/v2/a", { plainHttp: true }],
    ["localhost:5000", "a", "https://localhost:5000/v2/a", {
      plainHttp: false,
    }],
  ];
  for (const [registry, repository, url, settings] of table) {
    await t.step(
      url,
      () =>
        play([[`GET ${url}/manifests/v1`, SERVED]], async (script) => {
          const client = clientOf(script, { settings: () => settings ?? {} });
          assert(
            await client.repository(registry, repository).fetchManifest("v1"),
          );
        }),
    );
  }
});

Deno.test("a pull is one manifest and one blob, and no other request", () =>
  playRepository([
    [`GET ${AT}/manifests/v1`, SERVED],
    [`GET ${AT}/blobs/${LAYER.digest}`, { body: "\0asm content" }],
  ], async (repository, script) => {
    const { manifest } = await repository.fetchManifest("v1");
    assert(manifest.kind === "manifest");
    const [layer] = manifest.layers;
    const { chunks } = await repository.fetchBlob(layer ?? LAYER);
    for await (const chunk of chunks) assertEquals(chunk.byteLength, 12);
    assertEquals(script.requests.length, 2);
  }));

Deno.test("a registry is asked whether it answers, with a token for nothing in particular", () =>
  play([
    ["GET https://r.example/v2/", {
      status: 401,
      headers: {
        "www-authenticate":
          'Bearer realm="https://auth.example/token",service="r"',
      },
    }],
    ["GET https://auth.example/token?service=r", { body: '{"token": "t1"}' }],
    ["GET https://r.example/v2/", { body: "{}" }],
    ["GET https://x.example/v2/", { status: 404 }],
  ], async (script) => {
    const client = clientOf(script);
    await client.ping("r.example");
    const error = await assertRejects(
      () => client.ping("x.example"),
      RegistryError,
    );
    assert(error.message.startsWith("Failed to reach registry x.example: "));
  }));

Deno.test("names that are none are refused before anything is sent", () =>
  play([], async (script) => {
    const client = clientOf(script);
    const table = [["ghcr.io", "Acme"], ["ghcr.io", "a/../b"], ["a/b", "c"]];
    for (const [registry = "", repository = ""] of table) {
      const error = await assertRejects(
        // deno-lint-ignore require-await -- a throw becomes a rejection
        async () => client.repository(registry, repository),
        ForgeError,
      );
      assertEquals(error.code, "REFERENCE_INVALID");
    }
  }));

Deno.test("settings of a registry go with each of its requests", () => {
  const settings: RegistrySettings = {
    timeoutMs: 5000,
    retryBudgetMs: 1000,
    tls: { caCerts: ["ca"], clientCert: { cert: "cert", key: "key" } },
  };
  return playRepository([
    [`GET ${AT}/manifests/v1`, {
      status: 401,
      headers: {
        "www-authenticate": 'Bearer realm="https://auth.example/token"',
      },
    }],
    [
      "GET https://auth.example/token?scope=repository%3Aacme%2Fnotes%3Apull",
      { body: '{"token": "t1"}' },
    ],
    [`GET ${AT}/manifests/v1`, SERVED],
  ], async (repository, script) => {
    await repository.fetchManifest("v1");
    const [first, realm, last] = script.requests.map(({ init }) => init);
    assertEquals(first?.tls, settings.tls);
    assertEquals(last?.tls, settings.tls);
    assertEquals(realm?.tls, { caCerts: ["ca"] });
    assertEquals(first?.timeoutMs, 5000);
    assertEquals(realm?.retryBudgetMs, 1000);
  }, { settings: () => settings });
});

Deno.test("offline, no method sends anything", () =>
  play([], async (script) => {
    const client = clientOf(script, { fetch: offlineFetch() });
    const repository = client.repository("r.example", "acme/notes");
    const attempts = [
      () => repository.resolve("v1"),
      () => repository.fetchManifest("v1"),
      () => repository.fetchBlob(LAYER),
      () => repository.tags(),
      () => repository.referrers(LAYER.digest),
      () => repository.pushBlob(LAYER, utf8("\0asm content")),
    ];
    for (const attempt of attempts) {
      const error = await assertRejects<ForgeError>(attempt, ForgeError);
      assertEquals(error.code, "NETWORK_OFFLINE");
    }
  }));

Deno.test("an allowlist below the client meets realms, redirects and uploads", async (t) => {
  const allow = (hosts: string[]) => (script: Parameters<typeof clientOf>[0]) =>
    clientOf(script, { fetch: withAllowlist(script.fetch, { hosts }) })
      .repository("r.example", "acme/notes");
  const only = allow(["r.example"]);
  await t.step("realm", () =>
    play([
      [`GET ${AT}/manifests/v1`, {
        status: 401,
        headers: {
          "www-authenticate": 'Bearer realm="https://auth.example/token"',
        },
      }],
    ], async (script) => {
      const error = await assertRejects(
        () => only(script).fetchManifest("v1"),
        ForgeError,
      );
      assertEquals(
        error.message,
        "Refused to connect to auth.example:443 (realm): it is not among the allowed hosts",
      );
    }));
  await t.step("redirect", () =>
    play([
      [`GET ${AT}/manifests/v1`, {
        status: 302,
        headers: { location: "https://cdn.example/x" },
      }],
    ], async (script) => {
      const error = await assertRejects(
        () => only(script).fetchManifest("v1"),
        ForgeError,
      );
      assert(error.message.includes("cdn.example:443 (redirect)"));
    }));
  await t.step("upload location", () =>
    play([
      [`HEAD ${AT}/blobs/${LAYER.digest}`, { status: 404 }],
      [`POST ${AT}/blobs/uploads/`, {
        status: 202,
        headers: { location: "https://store.example/x" },
      }],
    ], async (script) => {
      const error = await assertRejects(
        () => only(script).pushBlob(LAYER, utf8("\0asm content")),
        ForgeError,
      );
      assert(error.message.includes("store.example:443 (upload location)"));
    }));
});

Deno.test("every single request is told, with its URL redacted", async () => {
  const events: RegistryEvent[] = [];
  await playRepository([
    [`GET ${AT}/blobs/${LAYER.digest}`, {
      status: 307,
      headers: { location: "https://s3.example/x?sig=secret" },
    }],
    ["GET https://s3.example/x?sig=secret", { body: "\0asm content" }],
  ], async (repository) => {
    const { chunks } = await repository.fetchBlob(LAYER);
    for await (const chunk of chunks) assertEquals(chunk.byteLength, 12);
  }, { onEvent: (event) => events.push(event) });
  assertEquals(events, [
    {
      type: "request",
      method: "GET",
      url: `${AT}/blobs/${LAYER.digest}`,
      status: 307,
      durationMs: 0,
    },
    {
      type: "request",
      method: "GET",
      url: "https://s3.example/x?sig=REDACTED",
      status: 200,
      durationMs: 0,
    },
  ]);
});

Deno.test("a captive portal that says yes to everything is not believed", async (t) => {
  const portal: ResponseAnswer = {
    headers: { "content-type": "text/html; charset=utf-8" },
    body: "<!doctype html><title>Log in</title>",
  };
  const push: ResponseAnswer = { status: 202, headers: { location: "/up/1" } };
  const { digest } = LAYER;
  const put = `PUT https://r.example/up/1?digest=${encodeURIComponent(digest)}`;
  const table: readonly [
    name: string,
    steps: readonly Step[],
    ask: (repository: Repository) => Promise<unknown>,
  ][] = [
    [
      "is it there",
      [[`HEAD ${AT}/blobs/${digest}`, portal]],
      (at) => at.exists(LAYER),
    ],
    [
      "manifest",
      [[`PUT ${AT}/manifests/v1`, portal]],
      (at) => at.pushManifest("v1", utf8(SERVED.body)),
    ],
    [
      "blob, at once and in chunks",
      [
        [`HEAD ${AT}/blobs/${digest}`, { status: 404 }],
        [`POST ${AT}/blobs/uploads/`, push],
        [put, portal],
        [`POST ${AT}/blobs/uploads/`, push],
        ["PATCH https://r.example/up/1", push],
        [put, portal],
      ],
      (at) => at.pushBlob(LAYER, utf8("\0asm content")),
    ],
    ["tags", [[`GET ${AT}/tags/list?n=1000`, portal]], (at) => at.tags()],
    [
      "what a tag stands for, by HEAD and by GET",
      [[`HEAD ${AT}/manifests/v1`, portal], [`GET ${AT}/manifests/v1`, portal]],
      (at) => at.resolve("v1"),
    ],
  ];
  for (const [name, steps, ask] of table) {
    await t.step(name, () =>
      playRepository(steps, async (repository) => {
        const error = await assertRejects(() => ask(repository), RegistryError);
        assertEquals(error.code, "REGISTRY_RESPONSE_INVALID");
        assertStringIncludes(error.message, "a web page");
      }));
  }
  await t.step(
    "is it a registry",
    () =>
      play([["GET https://r.example/v2/", portal]], async (script) => {
        const ping = () => clientOf(script).ping("r.example");
        const error = await assertRejects(ping, RegistryError);
        assertEquals(error.code, "REGISTRY_RESPONSE_INVALID");
      }),
  );
});

Deno.test("a registry's warning is shown once", async () => {
  const events: RegistryEvent[] = [];
  const warned = {
    ...SERVED,
    headers: {
      ...SERVED.headers,
      warning: '299 - "Your plan ends \\"soon\\"", 199 - "not this"',
    },
  };
  await playRepository([
    [`GET ${AT}/manifests/v1`, warned],
    [`GET ${AT}/manifests/v1`, warned],
  ], async (repository) => {
    await repository.fetchManifest("v1");
    await repository.fetchManifest("v1");
  }, { onEvent: (event) => events.push(event) });
  assertEquals(events.filter(({ type }) => type === "registry-warning"), [{
    type: "registry-warning",
    registry: "r.example",
    message: 'Your plan ends "soon"',
  }]);
});

Deno.test("a limit that the budget does not reach fails fast and says when", () =>
  playRepository([
    [`GET ${AT}/manifests/v1`, {
      status: 429,
      headers: { "retry-after": "3600" },
    }],
  ], async (repository) => {
    const error = await assertRejects(
      () => repository.fetchManifest("v1"),
      RegistryError,
    );
    assertEquals(error.code, "REGISTRY_RATE_LIMITED");
    assert(error.hint?.startsWith("Try again after 2030-01-01T01:00:00.000Z"));
  }));
