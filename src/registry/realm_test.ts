import { assert, assertEquals, assertRejects } from "@std/assert";
import { ForgeError } from "../errors.ts";
import { NetworkDeniedError } from "../http/mod.ts";
import type { ResponseAnswer } from "../http/fakes_test.ts";
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

const authorizations = (script: {
  headers: (name: string) => (string | null)[];
}) => script.headers("authorization");

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
