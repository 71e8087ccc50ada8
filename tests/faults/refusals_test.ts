/** Registries that refuse, or ask to slow down. */

import { assertEquals } from "@std/assert";
import {
  assertNothingLeft,
  assertRefused,
  BEARER,
  BLOB,
  LOGGED_IN,
  MANIFEST,
  MIDDLE,
  openScene,
  playRecovery,
  playRefusal,
  type Refusal,
  TOKEN,
} from "./scene.ts";

Deno.test("a registry that answers 401 to every token is asked twice", async () => {
  await using scene = await openScene(LOGGED_IN);
  const fault = scene.registry.fault({
    match: { path: MANIFEST },
    action: {
      kind: "reply",
      status: 401,
      headers: {
        "www-authenticate":
          `Bearer realm="${scene.registry.tokenUrl}",service="x"`,
      },
    },
  });
  assertRefused(await scene.pull("--json"), {
    code: "REGISTRY_AUTH",
    says: "authentication failed",
  });
  assertEquals(fault.hits, 2);
  assertNothingLeft(scene.work);
});

/** Challenges that lead nowhere; each is sent once or twice and no credential is. */
const CHALLENGES: readonly (Refusal & {
  readonly name: string;
  readonly challenge: string;
})[] = [
  {
    name: "a registry that wants another scheme is said to want it",
    challenge: "Negotiate, NTLM",
    code: "REGISTRY_AUTH",
    says: `it asks for "negotiate, ntlm"`,
  },
  {
    name: "a challenge without a realm is no way to log in",
    challenge: `Bearer service="registry"`,
    code: "REGISTRY_AUTH",
    says: "were not sent",
  },
  {
    name: "a realm that is a path is none",
    challenge: `Bearer realm="/token"`,
    code: "REGISTRY_RESPONSE_INVALID",
    says: "names a token realm that is not a URL",
  },
  {
    name: "a realm that is a file is refused",
    challenge: `Bearer realm="file:///etc/passwd"`,
    code: "NETWORK_DENIED",
    says: "is not HTTP",
  },
  {
    name: "a realm that carries credentials is refused",
    challenge: `Bearer realm="http://eve:guess@127.0.0.1/token"`,
    code: "NETWORK_DENIED",
    says: "it carries credentials",
  },
  {
    name: "a realm without TLS elsewhere does not see credentials",
    challenge: `Bearer realm="http://auth.example/token"`,
    code: "NETWORK_DENIED",
    says: "it would see credentials without TLS",
  },
  {
    name: "a challenge of ten thousand schemes ends",
    challenge: "A b, ".repeat(2500),
    code: "REGISTRY_AUTH",
    says: "were not sent",
  },
];

for (const { name, challenge, ...refusal } of CHALLENGES) {
  Deno.test(name, async () => {
    await using scene = await openScene({ isLoggedIn: true });
    scene.registry.fault({
      action: {
        kind: "reply",
        status: 401,
        headers: { "www-authenticate": challenge },
      },
    });
    await playRefusal(scene, { ...refusal, isLasting: true });
    const { requests } = scene.registry;
    assertEquals(requests.filter(({ authorization }) => authorization), []);
  });
}

Deno.test("a registry that answers 401 to every password is asked twice", async () => {
  await using scene = await openScene({ isLoggedIn: true });
  const fault = scene.registry.fault({
    action: {
      kind: "reply",
      status: 401,
      headers: { "www-authenticate": `Basic realm="registry"` },
    },
  });
  await playRefusal(scene, {
    code: "REGISTRY_AUTH",
    says: "authentication failed",
    isLasting: true,
  });
  assertEquals(fault.hits, 2);
});

Deno.test("a token that says that it is over already is used once", async () => {
  await using scene = await openScene(LOGGED_IN);
  scene.registry.fault({
    match: { path: TOKEN },
    action: {
      kind: "alter",
      change: (reply) => {
        const answer = JSON.parse(new TextDecoder().decode(reply.body));
        const text = JSON.stringify({ ...answer, expires_in: -1 });
        return { ...reply, body: new TextEncoder().encode(text) };
      },
    },
  });
  await playRecovery(scene);
});

Deno.test("wrong credentials are refused by the token endpoint and not dropped", async () => {
  await using scene = await openScene({
    isLoggedIn: true,
    registry: {
      auth: { kind: "bearer", users: { ada: "another" }, anonymousPull: true },
    },
  });
  await playRefusal(scene, {
    code: "REGISTRY_AUTH",
    says: "FORGE_TOKEN",
    isLasting: true,
  });
});

Deno.test("a private registry without credentials says so", async () => {
  await using scene = await openScene({ registry: { auth: BEARER } });
  await playRefusal(scene, {
    code: "REGISTRY_AUTH",
    says: "no credentials",
    isLasting: true,
  });
});

for (const expiredStatus of [401, 403] as const) {
  Deno.test(`a token that expires in mid-blob is replaced after a ${expiredStatus}`, async () => {
    let lateMs = 0;
    const now = () => Date.now() + lateMs;
    await using scene = await openScene({
      isLoggedIn: true,
      registry: { auth: { ...BEARER, expiredStatus }, clock: { now } },
    });
    const { registry } = scene;
    registry.fault({
      match: { path: BLOB },
      action: {
        kind: "alter",
        change: (reply) => {
          if (reply.status === 200) lateMs = 3_600_000;
          return reply;
        },
      },
      times: 1,
    });
    registry.fault({
      match: { path: BLOB },
      action: { kind: "cut", afterBytes: MIDDLE },
      times: 1,
    });
    await playRecovery(scene);
    const seen = registry.requests.filter(({ path }) => !MANIFEST.test(path));
    assertEquals(seen.map(({ status }) => status), [
      200,
      200,
      expiredStatus,
      200,
      206,
    ]);
  });
}
