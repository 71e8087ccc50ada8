import { assert, assertEquals, assertMatch } from "@std/assert";
import { type BearerAuth, type Registry, startRegistry } from "./mod.ts";

const USERS = { alice: "wonder:land", bob: "build" };
const ALICE = `Basic ${btoa("alice:wonder:land")}`;

/** Sends a request and gives the status and the challenge. */
async function call(
  registry: Registry,
  method: string,
  path: string,
  authorization?: string,
): Promise<{ status: number; challenge: string }> {
  const response = await fetch(`${registry.origin}${path}`, {
    method,
    headers: authorization === undefined ? {} : { authorization },
  });
  await response.body?.cancel();
  const challenge = response.headers.get("www-authenticate") ?? "";
  return { status: response.status, challenge };
}

const MANIFEST = "/v2/acme/notes/manifests/v1";
const UPLOADS = "/v2/acme/notes/blobs/uploads/";

async function withImage(
  auth: NonNullable<Parameters<typeof startRegistry>[0]>["auth"],
  clock = { now: () => 0 },
): Promise<Registry> {
  const registry = await startRegistry({ ...(auth && { auth }), clock });
  registry.image("acme/notes", "v1", { layers: [] });
  return registry;
}

Deno.test("Basic wants a user and the right password", async () => {
  await using registry = await withImage({ kind: "basic", users: USERS });
  const wrong = [
    undefined,
    `Basic ${btoa("alice:wrong")}`,
    `Basic ${btoa("carol:build")}`,
    `Basic ${btoa("toString:")}`,
    "Basic !!!",
    "Bearer wonder",
  ];
  for (const authorization of wrong) {
    const { status, challenge } = await call(
      registry,
      "GET",
      MANIFEST,
      authorization,
    );
    assertEquals([status, challenge], [401, 'Basic realm="registry"']);
  }
  assertEquals((await call(registry, "GET", MANIFEST, ALICE)).status, 200);
  assertEquals((await call(registry, "GET", "/v2/", ALICE)).status, 200);
});

Deno.test("anyone may pull where that is allowed, and not push", async () => {
  await using registry = await withImage({
    kind: "basic",
    users: USERS,
    anonymousPull: true,
    allow: ({ user, action }) => user === "alice" || action === "pull",
  });
  const bob = `Basic ${btoa("bob:build")}`;

  assertEquals((await call(registry, "GET", MANIFEST)).status, 200);
  assertEquals((await call(registry, "POST", UPLOADS)).status, 401);
  assertEquals((await call(registry, "POST", UPLOADS, ALICE)).status, 202);
  assertEquals((await call(registry, "POST", UPLOADS, bob)).status, 403);
  assertEquals((await call(registry, "DELETE", MANIFEST, bob)).status, 403);
});

/** The parameters of a Bearer challenge. */
function parameters(challenge: string): URLSearchParams {
  assertMatch(challenge, /^Bearer /);
  return new URLSearchParams(
    [...challenge.matchAll(/([a-z]+)="([^"]*)"/g)]
      .map(([, name = "", value = ""]) => [name, value]),
  );
}

/** Asks the token endpoint, as the challenge says. */
async function askToken(
  challenge: string,
  init: RequestInit = {},
): Promise<{ status: number; json: Record<string, string | number> }> {
  const { realm, ...rest } = Object.fromEntries(parameters(challenge));
  const query = init.method === "POST" ? "" : `?${new URLSearchParams(rest)}`;
  const response = await fetch(`${realm}${query}`, init);
  const text = await response.text();
  const json = text === "" ? {} : JSON.parse(text);
  return { status: response.status, json };
}

const asAlice = { headers: { authorization: ALICE } };

Deno.test("a Bearer challenge names realm, service and scope", async () => {
  await using registry = await withImage({
    kind: "bearer",
    users: USERS,
    service: "registry.example",
  });
  const pull = await call(registry, "GET", MANIFEST);
  const push = await call(registry, "POST", UPLOADS);
  const base = await call(registry, "GET", "/v2/");

  assertEquals(
    pull.challenge,
    `Bearer realm="${registry.tokenUrl}",service="registry.example",scope="repository:acme/notes:pull"`,
  );
  assertMatch(push.challenge, /scope="repository:acme\/notes:pull,push"$/);
  assertEquals(parameters(base.challenge).get("scope"), null);
  assertEquals([pull.status, push.status, base.status], [401, 401, 401]);
});

Deno.test("a token opens what it was given for, and nothing else", async () => {
  await using registry = await withImage({ kind: "bearer", users: USERS });
  registry.image("acme/other", "v1", { layers: [] });
  const { challenge } = await call(registry, "GET", MANIFEST);
  const { json } = await askToken(challenge, asAlice);
  const bearer = `Bearer ${json["token"]}`;

  const own = await call(registry, "GET", MANIFEST, bearer);
  const base = await call(registry, "GET", "/v2/", bearer);
  const push = await call(registry, "POST", UPLOADS, bearer);
  const other = await call(
    registry,
    "GET",
    "/v2/acme/other/manifests/v1",
    bearer,
  );

  assertEquals(json["token"], json["access_token"]);
  assertEquals(json["expires_in"], 300);
  assertEquals([own.status, base.status], [200, 200]);
  assertEquals([push.status, other.status], [401, 401]);
  assertEquals(parameters(push.challenge).get("error"), "insufficient_scope");
});

Deno.test("the token endpoint refuses who it does not know", async () => {
  await using closed = await withImage({ kind: "bearer", users: USERS });
  await using open = await withImage({
    kind: "bearer",
    users: USERS,
    anonymousPull: true,
  });
  const wrong = { headers: { authorization: `Basic ${btoa("alice:no")}` } };
  const challenge = async (registry: Registry, method: string, path: string) =>
    (await call(registry, method, path)).challenge;
  const toClosed = await challenge(closed, "GET", MANIFEST);

  assertEquals((await askToken(toClosed)).status, 401);
  assertEquals((await askToken(toClosed, wrong)).status, 401);
  const { json } = await askToken(await challenge(open, "POST", UPLOADS));
  const bearer = `Bearer ${json["token"]}`;
  assertEquals((await call(open, "GET", MANIFEST, bearer)).status, 200);
  assertEquals((await call(open, "POST", UPLOADS, bearer)).status, 401);
});

Deno.test("a token expires by the clock, and can be revoked before", async () => {
  const cases: readonly [Partial<BearerAuth>, number, 401 | 403][] = [
    [{}, 300, 401],
    [{ expiresIn: 10, expiredStatus: 403 }, 10, 403],
    [{ expiresIn: "unsaid" }, 60, 401],
  ];
  for (const [rules, seconds, status] of cases) {
    let now = 1_000_000;
    await using registry = await withImage(
      { kind: "bearer", users: USERS, ...rules },
      { now: () => now },
    );
    const { challenge } = await call(registry, "GET", MANIFEST);
    const { json } = await askToken(challenge, asAlice);
    const bearer = `Bearer ${json["token"]}`;
    const pull = async () =>
      (await call(registry, "GET", MANIFEST, bearer)).status;

    now += seconds * 1000 - 1;
    assertEquals(await pull(), 200);
    now += 1;
    assertEquals(await pull(), status);
    assertEquals("expires_in" in json, rules.expiresIn !== "unsaid");

    const fresh = await askToken(challenge, asAlice);
    const again = `Bearer ${fresh.json["token"]}`;
    assertEquals((await call(registry, "GET", MANIFEST, again)).status, 200);
    registry.revokeTokens();
    assertEquals((await call(registry, "GET", MANIFEST, again)).status, 401);
  }
});

Deno.test("identity tokens and passwords are taken by POST", async () => {
  await using registry = await withImage({
    kind: "bearer",
    users: USERS,
    identityTokens: { "identity-of-bob": "bob" },
    tokenField: "access_token",
  });
  const { challenge } = await call(registry, "GET", MANIFEST);
  const scope = parameters(challenge).get("scope") ?? "";
  const post = (form: Record<string, string>) =>
    askToken(challenge, {
      method: "POST",
      body: new URLSearchParams({ scope, ...form }),
    });

  const refresh = await post({
    grant_type: "refresh_token",
    refresh_token: "identity-of-bob",
  });
  const password = await post({
    grant_type: "password",
    username: "alice",
    password: "wonder:land",
    access_type: "offline",
  });
  const renewed = await post({
    grant_type: "refresh_token",
    refresh_token: `${password.json["refresh_token"]}`,
  });

  for (const { status, json } of [refresh, password, renewed]) {
    const bearer = `Bearer ${json["access_token"]}`;
    assertEquals([status, "token" in json], [200, false]);
    assertEquals((await call(registry, "GET", MANIFEST, bearer)).status, 200);
  }
  for (
    const form of [
      { grant_type: "refresh_token", refresh_token: "unknown" },
      { grant_type: "password", username: "alice", password: "no" },
      { grant_type: "other" },
    ]
  ) assertEquals((await post(form)).status, 401);
});

Deno.test("an identity token is taken by GET under Docker's name for it", async () => {
  await using registry = await withImage({
    kind: "bearer",
    users: USERS,
    identityTokens: { "identity-of-bob": "bob" },
    postTokens: false,
  });
  const { challenge } = await call(registry, "GET", MANIFEST);
  const ask = (pair: string) =>
    askToken(challenge, { headers: { authorization: `Basic ${btoa(pair)}` } });
  const { status, json } = await ask("<token>:identity-of-bob");
  assertEquals(status, 200);
  const bearer = `Bearer ${json["token"]}`;
  assertEquals((await call(registry, "GET", MANIFEST, bearer)).status, 200);
  for (const pair of ["<token>:unknown", "bob:identity-of-bob", "<token>:"]) {
    assertEquals((await ask(pair)).status, 401, pair);
  }
});

Deno.test("a token endpoint may not know POST, and may stand apart", async () => {
  await using registry = await withImage({
    kind: "bearer",
    users: USERS,
    postTokens: false,
    separateOrigin: true,
    tokenField: "token",
  });
  const { challenge } = await call(registry, "GET", MANIFEST);

  const post = await askToken(challenge, { method: "POST", body: "" });
  const get = await askToken(challenge, asAlice);

  const realm = parameters(challenge).get("realm") ?? "";
  assertEquals(realm, `${registry.secondOrigin}/token`);
  assertEquals([post.status, get.status], [404, 200]);
  assert(!("access_token" in get.json));
});

Deno.test("a challenge can name the realm of somebody else", async () => {
  await using registry = await withImage({
    kind: "bearer",
    users: USERS,
    realm: "http://169.254.169.254/latest",
  });
  const { challenge } = await call(registry, "GET", MANIFEST);
  assertEquals(
    parameters(challenge).get("realm"),
    "http://169.254.169.254/latest",
  );
});

Deno.test("a mount from a repository that may not be read begins an upload", async () => {
  await using registry = await withImage({
    kind: "basic",
    users: USERS,
    allow: ({ repository }) => repository !== "secret",
  });
  const digest = registry.putBlob(new Uint8Array(3), { repository: "secret" });
  const mount = `${UPLOADS}?mount=${digest}&from=secret`;
  assertEquals((await call(registry, "POST", mount, ALICE)).status, 202);
});
