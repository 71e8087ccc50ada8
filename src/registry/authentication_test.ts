import { assert, assertEquals, assertRejects } from "@std/assert";
import { ForgeError } from "../errors.ts";
import { NetworkDeniedError } from "../http/mod.ts";
import type { ResponseAnswer, Step } from "../http/fakes_test.ts";
import { AT, clientOf, knows, playRepository, SERVED } from "./fakes_test.ts";
import { play } from "../http/fakes_test.ts";
import { RegistryError } from "./errors.ts";

const MANIFEST_V1 = `GET ${AT}/manifests/v1`;
const MANIFEST_V2 = `GET ${AT}/manifests/v2`;
const TOKEN_URL =
  "https://auth.example/token?service=r&scope=repository%3Aacme%2Fnotes%3Apull";

const challenge = (header: string): ResponseAnswer => ({
  status: 401,
  headers: { "www-authenticate": header },
});
const BEARER = challenge(
  'Bearer realm="https://auth.example/token",service="r",scope="repository:acme/notes:pull"',
);
const BASIC = challenge('Basic realm="r"');
const token = (value: string, more: object = {}): ResponseAnswer => ({
  body: JSON.stringify({ token: value, ...more }),
});

const PASSWORD = {
  credential: { username: "me", password: "pässword", source: "the test" },
};
/** `me:pässword` in UTF-8 and base64. */
const PASSWORD_BASIC = "Basic bWU6cMOkc3N3b3Jk";
const WITH_PASSWORD = { credentials: knows(PASSWORD) };
const WITH_IDENTITY_TOKEN = {
  credentials: knows({
    credential: { identityToken: "identity", source: "the test" },
  }),
};

const authorizations = (script: {
  headers: (name: string) => (string | null)[];
}) => script.headers("authorization");

Deno.test("a public registry is asked without credentials, and they are not even looked up", () =>
  playRepository([
    [MANIFEST_V1, SERVED],
  ], async (repository, script) => {
    await repository.fetchManifest("v1");
    assertEquals(authorizations(script), [null]);
  }, { credentials: { get: () => Promise.reject(new Error("looked up")) } }));

Deno.test("Basic credentials are sent once asked for, and from then on at once", () =>
  playRepository([
    [MANIFEST_V1, BASIC],
    [MANIFEST_V1, SERVED],
    [MANIFEST_V2, SERVED],
  ], async (repository, script) => {
    await repository.fetchManifest("v1");
    await repository.fetchManifest("v2");
    assertEquals(authorizations(script), [
      null,
      PASSWORD_BASIC,
      PASSWORD_BASIC,
    ]);
  }, WITH_PASSWORD));

Deno.test("an anonymous token is bought with GET and used again", () =>
  playRepository([
    [MANIFEST_V1, BEARER],
    [`GET ${TOKEN_URL}`, token("t1")],
    [MANIFEST_V1, SERVED],
    [MANIFEST_V2, SERVED],
  ], async (repository, script) => {
    await repository.fetchManifest("v1");
    await repository.fetchManifest("v2");
    assertEquals(authorizations(script), [
      null,
      null,
      "Bearer t1",
      "Bearer t1",
    ]);
  }));

Deno.test("a token is bought with credentials where there are some; access_token is one too", () =>
  playRepository([
    [MANIFEST_V1, BEARER],
    [`GET ${TOKEN_URL}&account=me`, { body: '{"access_token": "t1"}' }],
    [MANIFEST_V1, SERVED],
  ], async (repository, script) => {
    await repository.fetchManifest("v1");
    assertEquals(authorizations(script), [null, PASSWORD_BASIC, "Bearer t1"]);
  }, WITH_PASSWORD));

Deno.test("an identity token buys a token with POST", () =>
  playRepository([
    [MANIFEST_V1, BEARER],
    ["POST https://auth.example/token", token("t1")],
    [MANIFEST_V1, SERVED],
  ], async (repository, script) => {
    await repository.fetchManifest("v1");
    const form = new URLSearchParams(script.requests[1]?.body);
    assertEquals(Object.fromEntries(form), {
      grant_type: "refresh_token",
      client_id: "forge",
      service: "r",
      scope: "repository:acme/notes:pull",
      refresh_token: "identity",
    });
    assertEquals(authorizations(script), [null, null, "Bearer t1"]);
  }, WITH_IDENTITY_TOKEN));

Deno.test("where a realm knows no POST, an identity token is sent with GET", async (t) => {
  for (const status of [404, 405]) {
    await t.step(String(status), () =>
      playRepository([
        [MANIFEST_V1, BEARER],
        ["POST https://auth.example/token", { status }],
        [`GET ${TOKEN_URL}`, token("t1")],
        [MANIFEST_V1, SERVED],
      ], async (repository, script) => {
        await repository.fetchManifest("v1");
        const basic = `Basic ${btoa("<token>:identity")}`;
        assertEquals(authorizations(script)[2], basic);
      }, WITH_IDENTITY_TOKEN));
  }
});

Deno.test("many who need the same token buy it once", () =>
  playRepository([
    ...Array.from({ length: 5 }, (): Step => [MANIFEST_V1, BEARER]),
    [`GET ${TOKEN_URL}`, token("t1")],
    ...Array.from({ length: 5 }, (): Step => [MANIFEST_V1, SERVED]),
  ], async (repository) => {
    const fetches = Array.from(
      { length: 5 },
      () => repository.fetchManifest("v1"),
    );
    assertEquals((await Promise.all(fetches)).length, 5);
  }));

Deno.test("a token that nobody can buy is asked for again by the next one", () =>
  playRepository([
    [MANIFEST_V1, BEARER],
    [`GET ${TOKEN_URL}`, { status: 400 }],
    [`GET ${TOKEN_URL}`, token("t1")],
    [MANIFEST_V1, SERVED],
  ], async (repository) => {
    await assertRejects(() => repository.fetchManifest("v1"), RegistryError);
    await repository.fetchManifest("v1");
  }));

Deno.test("another repository gets a token of its own, without a refusal first", () =>
  play([
    [MANIFEST_V1, BEARER],
    [`GET ${TOKEN_URL}`, token("t1")],
    [MANIFEST_V1, SERVED],
    [
      "GET https://auth.example/token?service=r&scope=repository%3Aacme%2Fother%3Apull",
      token("t2"),
    ],
    ["GET https://r.example/v2/acme/other/manifests/v1", SERVED],
  ], async (script) => {
    const client = clientOf(script);
    await client.repository("r.example", "acme/notes").fetchManifest("v1");
    await client.repository("r.example", "acme/other").fetchManifest("v1");
    assertEquals(authorizations(script).at(-1), "Bearer t2");
  }));

Deno.test("a token is renewed before it ends: after 60 s when nobody says", async (t) => {
  const table = [[{}, 60], [{ expires_in: 300 }, 300]] as const;
  for (const [more, seconds] of table) {
    await t.step(JSON.stringify(more), () =>
      playRepository([
        [MANIFEST_V1, BEARER],
        [`GET ${TOKEN_URL}`, token("t1", more)],
        [MANIFEST_V1, SERVED],
        [MANIFEST_V1, SERVED],
        [`GET ${TOKEN_URL}`, token("t2", more)],
        [MANIFEST_V1, SERVED],
      ], async (repository, script) => {
        await repository.fetchManifest("v1");
        script.clock.advance((seconds - 6) * 1000);
        await repository.fetchManifest("v1");
        script.clock.advance(2000);
        await repository.fetchManifest("v1");
        assertEquals(authorizations(script).filter((value) => value), [
          "Bearer t1",
          "Bearer t1",
          "Bearer t2",
        ]);
      }));
  }
});

Deno.test("a cached token that is refused with 401 or 403 is replaced once", async (t) => {
  for (const refusal of [BEARER, { status: 403 }]) {
    await t.step(String(refusal.status), () =>
      playRepository([
        [MANIFEST_V1, BEARER],
        [`GET ${TOKEN_URL}`, token("t1")],
        [MANIFEST_V1, SERVED],
        [MANIFEST_V2, refusal],
        [`GET ${TOKEN_URL}`, token("t2")],
        [MANIFEST_V2, SERVED],
      ], async (repository, script) => {
        await repository.fetchManifest("v1");
        await repository.fetchManifest("v2");
        assertEquals(authorizations(script).at(-1), "Bearer t2");
      }));
  }
});

Deno.test("a registry that refuses every token is asked no more than twice", () =>
  playRepository([
    [MANIFEST_V1, BEARER],
    [`GET ${TOKEN_URL}`, token("t1")],
    [MANIFEST_V1, BEARER],
  ], async (repository) => {
    const error = await assertRejects(
      () => repository.fetchManifest("v1"),
      RegistryError,
    );
    assertEquals(error.code, "REGISTRY_AUTH");
  }));

Deno.test("a fresh token that is refused with 403 is not bought again", () =>
  playRepository([
    [MANIFEST_V1, BEARER],
    [`GET ${TOKEN_URL}`, token("t1")],
    [MANIFEST_V1, { status: 403 }],
  ], async (repository) => {
    const error = await assertRejects(
      () => repository.fetchManifest("v1"),
      RegistryError,
    );
    assertEquals(error.status, 403);
  }));

Deno.test("a scope that the challenge adds is asked for", () =>
  playRepository([
    [
      MANIFEST_V1,
      challenge(
        'Bearer realm="https://auth.example/token",service="r",scope="repository:acme/notes:pull,metadata repository:other:pull"',
      ),
    ],
    [
      "GET https://auth.example/token?service=r&scope=repository%3Aacme%2Fnotes%3Apull%2Cmetadata&scope=repository%3Aother%3Apull",
      token("t1"),
    ],
    [MANIFEST_V1, SERVED],
  ], async (repository) => {
    assert(await repository.fetchManifest("v1"));
  }));

Deno.test("Bearer goes before Basic, and other schemes are passed over", () =>
  playRepository([
    [
      MANIFEST_V1,
      challenge(
        'Negotiate abc=, Basic realm="r", Bearer realm="https://auth.example/token",service="r"',
      ),
    ],
    [`GET ${TOKEN_URL}&account=me`, token("t1")],
    [MANIFEST_V1, SERVED],
  ], async (repository) => {
    assert(await repository.fetchManifest("v1"));
  }, WITH_PASSWORD));

Deno.test("a refusal names the source of the credentials and never the secret", () =>
  playRepository([
    [MANIFEST_V1, BASIC],
    [MANIFEST_V1, {
      ...BASIC,
      body: '{"errors":[{"code":"DENIED","message":"no"}]}',
    }],
  ], async (repository) => {
    const error = await assertRejects(
      () => repository.fetchManifest("v1"),
      RegistryError,
    );
    assertEquals(error.code, "REGISTRY_AUTH");
    assertEquals(
      error.message,
      "Failed to fetch manifest r.example/acme/notes:v1: r.example refused (401, DENIED: no); credentials from the test",
    );
    assertEquals(
      error.hint,
      "Check that the credentials from the test are valid and may do this",
    );
  }, WITH_PASSWORD));

Deno.test("credentials that a realm refuses do not silently become none", () =>
  playRepository([
    [MANIFEST_V1, BEARER],
    [`GET ${TOKEN_URL}&account=me`, { status: 401 }],
  ], async (repository) => {
    const error = await assertRejects(
      () => repository.fetchManifest("v1"),
      RegistryError,
    );
    assertEquals(error.code, "REGISTRY_AUTH");
    assertEquals(
      error.message,
      "Failed to fetch manifest r.example/acme/notes:v1: auth.example refused (401); credentials from the test",
    );
    assertEquals(JSON.stringify(error).includes("pässword"), false);
  }, WITH_PASSWORD));

Deno.test("a refusal names the variables that forge.ron names and nobody set", () =>
  playRepository([
    [MANIFEST_V1, BASIC],
  ], async (repository) => {
    const error = await assertRejects(
      () => repository.fetchManifest("v1"),
      RegistryError,
    );
    assert(error.message.endsWith("; no credentials: GHCR_TOKEN not set"));
    assertEquals(
      error.hint,
      'Set GHCR_TOKEN, which forge.ron names for "r.example" and which the environment lacks',
    );
  }, { credentials: knows({ missing: ["GHCR_TOKEN"] }) }));

Deno.test("realms that no secret may be sent to are refused", async (t) => {
  const table: readonly [realm: string, host: string][] = [
    ["http://auth.example/token", "auth.example:80"],
    ["https://169.254.169.254/token", "169.254.169.254:443"],
    ["https://localhost/token", "localhost:443"],
    ["https://10.0.0.1/token", "10.0.0.1:443"],
    ["https://me:pw@auth.example/token", "auth.example:443"],
  ];
  for (const [realm, host] of table) {
    await t.step(realm, () =>
      playRepository([
        [MANIFEST_V1, challenge(`Bearer realm="${realm}",service="r"`)],
      ], async (repository) => {
        const error = await assertRejects(
          () => repository.fetchManifest("v1"),
          NetworkDeniedError,
        );
        assertEquals([error.purpose, error.host], ["realm", host]);
      }, WITH_PASSWORD));
  }
});

Deno.test("a private realm is fine at the registry's own host, and where it is allowed by name", async (t) => {
  const table = [
    ["10.0.0.1", "https://10.0.0.1:8443/token", []],
    ["r.example", "https://10.0.0.1/token", ["10.0.0.1"]],
    ["localhost:5000", "http://127.0.0.1:5001/token", []],
  ] as const;
  for (const [registry, realm, allowedHosts] of table) {
    const root = `${
      registry.startsWith("localhost") ? "http" : "https"
    }://${registry}`;
    await t.step(`${registry} names ${realm}`, () =>
      play([
        [
          `GET ${root}/v2/a/manifests/v1`,
          challenge(`Bearer realm="${realm}"`),
        ],
        [`GET ${realm}?scope=repository%3Aa%3Apull`, token("t1")],
        [`GET ${root}/v2/a/manifests/v1`, SERVED],
      ], async (script) => {
        const settings = () => ({ allowedHosts });
        const client = clientOf(script, { settings });
        const repository = client.repository(registry, "a");
        assert(await repository.fetchManifest("v1"));
      }));
  }
});

Deno.test("a plain registry may not send credentials to a plain realm elsewhere", () =>
  play([
    [
      "GET http://r.example/v2/a/manifests/v1",
      challenge('Bearer realm="http://auth.example/token"'),
    ],
  ], async (script) => {
    const client = clientOf(script, {
      ...WITH_PASSWORD,
      settings: () => ({ plainHttp: true }),
    });
    const repository = client.repository("r.example", "a");
    await assertRejects(
      () => repository.fetchManifest("v1"),
      NetworkDeniedError,
    );
  }));

Deno.test("a challenge from the storage that a registry redirects to is not answered", () =>
  playRepository([
    [MANIFEST_V1, BASIC],
    [MANIFEST_V1, {
      status: 307,
      headers: { location: "https://evil.example/x" },
    }],
    ["GET https://evil.example/x", BASIC],
  ], async (repository, script) => {
    const error = await assertRejects(
      () => repository.fetchManifest("v1"),
      RegistryError,
    );
    assertEquals(error.code, "REGISTRY_FAILED");
    assertEquals(authorizations(script), [null, PASSWORD_BASIC, null]);
  }, WITH_PASSWORD));

Deno.test("an answer that is no token is said to be none", async (t) => {
  const bodies = [
    "",
    "<html>login</html>",
    "{}",
    "null",
    '{"token": 5}',
    '{"token": ""}',
    '{"token": "with\\nnewline"}',
  ];
  for (const body of bodies) {
    await t.step(body, () =>
      playRepository([
        [MANIFEST_V1, BEARER],
        [`GET ${TOKEN_URL}`, { body }],
      ], async (repository) => {
        const error = await assertRejects(
          () => repository.fetchManifest("v1"),
          RegistryError,
        );
        assertEquals(error.code, "REGISTRY_RESPONSE_INVALID");
      }));
  }
});

Deno.test("a token answer without end is not read to it", () =>
  playRepository([
    [MANIFEST_V1, BEARER],
    [`GET ${TOKEN_URL}`, { body: "x".repeat(300 * 1024) }],
  ], async (repository) => {
    const error = await assertRejects(
      () => repository.fetchManifest("v1"),
      ForgeError,
    );
    assertEquals(error.code, "TOO_LARGE");
  }));

Deno.test("a realm that is no URL is said to be none", () =>
  playRepository([
    [MANIFEST_V1, challenge('Bearer realm="token"')],
  ], async (repository) => {
    const error = await assertRejects(
      () => repository.fetchManifest("v1"),
      RegistryError,
    );
    assertEquals(error.code, "REGISTRY_RESPONSE_INVALID");
  }));

Deno.test("one who gives up does not stop the token that others wait for", () =>
  playRepository([
    [MANIFEST_V1, BEARER],
    [MANIFEST_V2, BEARER],
    [`GET ${TOKEN_URL}`, token("t1")],
    [MANIFEST_V2, SERVED],
  ], async (repository, script) => {
    const controller = new AbortController();
    const { signal } = controller;
    const first = repository.fetchManifest("v1", { signal });
    const second = repository.fetchManifest("v2");
    while (script.requests.length < 3) await Promise.resolve();
    controller.abort(new Error("enough"));
    await assertRejects(() => first, Error, "enough");
    assert(await second);
  }));
