/** Attempts to get at the credentials. */

import { assert, assertEquals } from "@std/assert";
import { startRegistry } from "../../src/testing/mod.ts";
import {
  BEARER,
  BLOB,
  GREETER,
  LOGGED_IN,
  openScene,
  PASSWORD,
  playRecovery,
  playRefusal,
  TOKEN,
} from "./scene.ts";

Deno.test("a realm elsewhere does not get the credentials", async () => {
  await using thief = await startRegistry();
  await using scene = await openScene({
    isLoggedIn: true,
    registry: { auth: { ...BEARER, realm: `${thief.origin}/token` } },
  });
  await playRefusal(scene, {
    code: "NETWORK_DENIED",
    says: thief.host,
    isLasting: true,
  });
  assertEquals(thief.requests.length, 0);
});

Deno.test("a realm that is the metadata address of a cloud is refused", async () => {
  await using scene = await openScene({
    isLoggedIn: true,
    registry: { auth: { ...BEARER, realm: "http://169.254.169.254/token" } },
  });
  await playRefusal(scene, {
    code: "NETWORK_DENIED",
    says: "(realm): it is a private address",
    isLasting: true,
  });
});

Deno.test("a redirect to an allowed host does not carry the credentials along", async () => {
  await using store = await startRegistry();
  await using scene = await openScene({
    ...LOGGED_IN,
    settings: `allowed_hosts: ["127.0.0.1"]`,
  });
  store.fault({
    action: { kind: "reply", status: 200, body: GREETER },
  });
  scene.registry.fault({
    match: { path: BLOB },
    action: { kind: "redirect", to: `${store.origin}/blob` },
  });
  const config = await Deno.readTextFile(`${scene.work.root}/forge.ron`);
  await scene.work.write(
    "forge.ron",
    config.replace(`["127.0.0.1"]`, `["${store.host}"]`),
  );
  await playRecovery(scene);
  assertEquals(store.requests.length, 1);
  const sent = JSON.stringify(store.requests[0]);
  assertEquals(store.requests[0]?.authorization, undefined);
  assert(!sent.includes(PASSWORD) && !sent.includes(btoa(`ada:${PASSWORD}`)));
});

Deno.test("a challenge of the storage behind a registry gets no credentials", async () => {
  await using store = await startRegistry({
    auth: { kind: "basic", users: {} },
  });
  await using scene = await openScene({ ...LOGGED_IN });
  const config = await Deno.readTextFile(`${scene.work.root}/forge.ron`);
  await scene.work.write(
    "forge.ron",
    config.replace(
      "    settings:",
      `    registries: {"${scene.registry.host}": RegistrySettings(allowed_hosts: ["${store.host}"])},\n    settings:`,
    ),
  );
  scene.registry.fault({
    match: { path: BLOB },
    action: { kind: "redirect", to: `${store.origin}/v2/a/b/blobs/c` },
  });
  await playRefusal(scene, { code: "REGISTRY_FAILED", says: "401" });
  assertEquals(store.requests.map(({ authorization }) => authorization), [
    undefined,
  ]);
});

Deno.test("a realm that redirects elsewhere does not take the password along", async () => {
  await using thief = await startRegistry();
  await using scene = await openScene({
    ...LOGGED_IN,
    settings: `allowed_hosts: ["${thief.host}"]`,
  });
  thief.fault({
    action: { kind: "reply", status: 200, body: `{"token": "stolen"}` },
  });
  scene.registry.fault({
    match: { path: TOKEN },
    action: { kind: "redirect", to: `${thief.origin}/token` },
  });
  await playRefusal(scene, {
    code: "REGISTRY_AUTH",
    says: "authentication failed",
    isLasting: true,
  });
  assertEquals(
    thief.requests.filter(({ authorization }) => authorization),
    [],
  );
});

Deno.test("a realm that redirects the form of an identity token elsewhere is refused", async () => {
  await using thief = await startRegistry();
  await using scene = await openScene({
    dockerLogin: { auth: btoa(`<token>:${PASSWORD}`) },
    registry: { auth: { ...BEARER, identityTokens: { [PASSWORD]: "ada" } } },
    settings: `allowed_hosts: ["${thief.host}"]`,
  });
  scene.registry.fault({
    match: { path: TOKEN },
    action: { kind: "redirect", to: `${thief.origin}/token` },
  });
  await playRefusal(scene, {
    code: "NETWORK_DENIED",
    says: "it would see a credential that is meant for",
    isLasting: true,
  });
  assertEquals(thief.requests.length, 0);
});

Deno.test("a place for uploads on an allowed host gets the module and no credentials", async () => {
  await using store = await startRegistry();
  await using scene = await openScene({
    ...LOGGED_IN,
    settings: `allowed_hosts: ["${store.host}"]`,
  });
  const { registry, work } = scene;
  registry.fault({
    match: { method: "POST", path: /\/uploads\// },
    action: {
      kind: "headers",
      set: { location: `${store.origin}/upload?signed=1` },
    },
  });
  store.fault({ action: { kind: "reply", status: 201 } });
  await work.write("new.wasm", GREETER);
  const place = `${registry.host}/acme/new:v1`;
  const { err } = await work.forge("publish", "new.wasm", place);
  assertEquals(
    store.requests.map(({ method, authorization }) => [method, authorization]),
    [["PUT", undefined], ["PUT", undefined]],
    err,
  );
});

Deno.test("a next page on another host is not asked for", async () => {
  await using thief = await startRegistry();
  await using scene = await openScene(LOGGED_IN);
  const { registry, work } = scene;
  registry.fault({
    match: { path: /\/tags\/list/ },
    action: {
      kind: "headers",
      set: { link: `<${thief.origin}/v2/acme/greeter/tags/list>; rel="next"` },
    },
  });
  const { status, out, err } = await work.forge(
    "tags",
    `${registry.host}/acme/greeter`,
    "--json",
  );
  assertEquals(status, 1);
  assertEquals(JSON.parse(out).error.code, "NETWORK_DENIED", out);
  assert((out + err).includes(thief.host), err);
  assertEquals(thief.requests.length, 0);
});

// Identity tokens

/** What `docker login` with an identity token leaves, in both of its forms. */
const IDENTITY_LOGINS = [
  { auth: btoa(`<token>:${PASSWORD}`) },
  { auth: btoa("ada:"), identitytoken: PASSWORD },
] as const;

for (const [index, dockerLogin] of IDENTITY_LOGINS.entries()) {
  Deno.test(`an identity token goes by GET where the realm knows no POST (login ${index + 1})`, async () => {
    await using scene = await openScene({
      dockerLogin,
      registry: {
        auth: {
          ...BEARER,
          identityTokens: { [PASSWORD]: "ada" },
          postTokens: false,
        },
      },
    });
    await playRecovery(scene);
    const asked = scene.registry.requests
      .filter(({ path }) => TOKEN.test(path))
      .map(({ method, status }) => [method, status]);
    assertEquals(asked, [["POST", 404], ["GET", 200]]);
  });
}

Deno.test("an identity token that has ended is refused, and nothing goes on without it", async () => {
  await using scene = await openScene({
    dockerLogin: IDENTITY_LOGINS[0],
    registry: { auth: { ...BEARER, anonymousPull: true, postTokens: false } },
  });
  await playRefusal(scene, {
    code: "REGISTRY_AUTH",
    says: "docker/config.json",
    isLasting: true,
  });
});
