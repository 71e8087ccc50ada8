import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ResponseAnswer, Step } from "../http/fakes_test.ts";
import { AT, clientOf, knows, playRepository, SERVED } from "./fakes_test.ts";
import { play } from "../http/fakes_test.ts";
import { RegistryError } from "./errors.ts";

const MANIFEST_V1 = `GET ${AT}/manifests/v1`;
const MANIFEST_V2 = `GET ${AT}/manifests/v2`;
const TOKEN_URL =
  "https://auth.example/token?service=r&scope=repository%3Aacme%2Fnotes%3Apull";

const OTHER_V1 = "GET https://r.example/v2/acme/other/manifests/v1";
const OTHER_TOKEN =
  "GET https://auth.example/token?service=r&scope=repository%3Aacme%2Fother%3Apull";

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
  for (const status of [400, 401, 404, 405]) {
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

Deno.test("an identity token for nothing in particular asks for no empty scope", () =>
  play([
    [
      "GET https://registry.example/v2/",
      challenge('Bearer realm="https://auth.example/token",service="r"'),
    ],
    ["POST https://auth.example/token", token("t1")],
    ["GET https://registry.example/v2/", { status: 200 }],
  ], async (script) => {
    const client = clientOf(script, WITH_IDENTITY_TOKEN);
    await client.ping("registry.example");
    const form = new URLSearchParams(script.requests[1]?.body);
    assertEquals(form.has("scope"), false);
  }));

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
    [OTHER_TOKEN, token("t2")],
    [OTHER_V1, SERVED],
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

Deno.test("a token that was bought for this very request is not bought again after a 403", () =>
  play([
    [MANIFEST_V1, BEARER],
    [`GET ${TOKEN_URL}`, token("t1")],
    [MANIFEST_V1, SERVED],
    [OTHER_TOKEN, token("t2")],
    [OTHER_V1, { status: 403 }],
  ], async (script) => {
    const client = clientOf(script);
    await client.repository("r.example", "acme/notes").fetchManifest("v1");
    const other = client.repository("r.example", "acme/other");
    const error = await assertRejects(
      () => other.fetchManifest("v1"),
      RegistryError,
    );
    assertEquals(error.code, "REGISTRY_AUTH");
  }));

Deno.test("many whose token has ended buy a new one once", () =>
  playRepository([
    [MANIFEST_V1, BEARER],
    [`GET ${TOKEN_URL}`, token("t1")],
    [MANIFEST_V1, SERVED],
    [`GET ${TOKEN_URL}`, token("t2")],
    ...Array.from({ length: 5 }, (): Step => [MANIFEST_V2, SERVED]),
  ], async (repository, script) => {
    await repository.fetchManifest("v1");
    script.clock.advance(120_000);
    const fetches = Array.from(
      { length: 5 },
      () => repository.fetchManifest("v2"),
    );
    assertEquals((await Promise.all(fetches)).length, 5);
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
      "Failed to fetch manifest r.example/acme/notes:v1: token endpoint https://auth.example/token refused (401); credentials from the test",
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

Deno.test("a registry that names no way to log in is not said to refuse credentials", async (t) => {
  const table = [
    ["Negotiate, NTLM", 'asks for "negotiate, ntlm"'],
    ['Bearer service="x"', "asks for nothing"],
    ["", "asks for nothing"],
  ] as const;
  for (const [header, says] of table) {
    await t.step(header, () =>
      playRepository([
        [MANIFEST_V1, challenge(header)],
      ], async (repository, script) => {
        const error = await assertRejects(
          () => repository.fetchManifest("v1"),
          RegistryError,
        );
        assertEquals(error.code, "REGISTRY_AUTH");
        assert(error.message.includes(says), error.message);
        assert(
          error.message.includes("credentials from the test were not sent"),
        );
        assertEquals(authorizations(script), [null]);
      }, WITH_PASSWORD));
  }
});

Deno.test("an abort does not wait for the credentials", () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const get = () => {
    controller.abort(reason);
    return new Promise<never>(() => {});
  };
  return playRepository([
    [MANIFEST_V1, BASIC],
  ], async (repository) => {
    const { signal } = controller;
    const error = await repository.fetchManifest("v1", { signal })
      .catch((error) => error);
    assertEquals(error, reason);
  }, { credentials: { get } });
});

Deno.test("each repository gets the credentials that are for it", () =>
  play([
    [MANIFEST_V1, BASIC],
    [MANIFEST_V1, SERVED],
    [OTHER_V1, SERVED],
    [MANIFEST_V2, SERVED],
  ], async (script) => {
    const asked: (string | undefined)[] = [];
    const client = clientOf(script, {
      credentials: {
        get(_, repository) {
          asked.push(repository);
          const username = repository ?? "nobody";
          const source = "the test";
          return Promise.resolve({
            credential: { username, password: "pw", source },
          });
        },
      },
    });
    const notes = client.repository("r.example", "acme/notes");
    const other = client.repository("r.example", "acme/other");
    await notes.fetchManifest("v1");
    await other.fetchManifest("v1");
    await notes.fetchManifest("v2");
    const of = (name: string) => `Basic ${btoa(`${name}:pw`)}`;
    assertEquals(authorizations(script), [
      null,
      of("acme/notes"),
      of("acme/other"),
      of("acme/notes"),
    ]);
    assertEquals(asked, ["acme/notes", "acme/other"]);
  }));
