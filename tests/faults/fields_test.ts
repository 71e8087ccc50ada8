/** Header fields that are missing, odd, or lie. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { gzipBytes } from "../../src/testing/layers.ts";
import type { FaultAction } from "../../src/testing/mod.ts";
import {
  assertNothingLeft,
  assertPulled,
  assertRefused,
  BLOB,
  GREETER,
  MANIFEST,
  MIDDLE,
  openScene,
  playRecovery,
} from "./scene.ts";

/** What registries leave out or add, and what is no trouble. */
const HARMLESS: readonly {
  readonly name: string;
  readonly action: FaultAction;
}[] = [
  {
    name: "a registry without Docker-Content-Digest is no trouble",
    action: { kind: "headers", remove: ["docker-content-digest"] },
  },
  {
    name: "an empty Docker-Content-Digest is no trouble",
    action: { kind: "headers", set: { "docker-content-digest": "" } },
  },
  {
    name: "a registry without Content-Type is no trouble",
    action: { kind: "headers", remove: ["content-type"] },
  },
  {
    name: "a Content-Type that says nothing is no trouble",
    action: { kind: "headers", set: { "content-type": "text/plain" } },
  },
  {
    name: "a Content-Encoding that is not true is no trouble",
    action: { kind: "headers", set: { "content-encoding": "gzip" } },
  },
  {
    name: "a cookie is no trouble, and not kept",
    action: { kind: "headers", set: { "set-cookie": "who=you; Path=/" } },
  },
  {
    name: "parameters of a Content-Type are no trouble",
    action: {
      kind: "alter",
      change: (reply) => ({
        ...reply,
        headers: {
          ...reply.headers,
          "content-type": `${reply.headers["content-type"]}; charset=utf-8`,
        },
      }),
    },
  },
];

for (const { name, action } of HARMLESS) {
  Deno.test(name, async () => {
    await using scene = await openScene();
    scene.registry.fault({ action });
    await playRecovery(scene);
    const { requests } = scene.registry;
    assertEquals(requests.filter(({ headers }) => "cookie" in headers), []);
  });
}

Deno.test("a manifest that a proxy packed is unpacked", async () => {
  await using scene = await openScene();
  scene.registry.fault({
    match: { path: MANIFEST },
    action: {
      kind: "alter",
      change: (reply) => ({
        ...reply,
        headers: { ...reply.headers, "content-encoding": "gzip" },
        body: gzipBytes(reply.body),
      }),
    },
  });
  await playRecovery(scene);
});

Deno.test("a packed blob that its store says is packed is taken as it is", async () => {
  await using scene = await openScene({ push: { shape: "docker-build" } });
  scene.registry.fault({
    match: { path: BLOB },
    action: { kind: "headers", set: { "content-encoding": "gzip" } },
  });
  await playRecovery(scene);
});

Deno.test("a HEAD that lies about the digest misleads nobody", async () => {
  await using scene = await openScene();
  const fault = scene.registry.fault({
    match: { method: "HEAD" },
    action: {
      kind: "headers",
      set: { "docker-content-digest": "sha256:00", "content-length": "7" },
    },
  });
  const { registry, work } = scene;
  const { out } = await work.forge(
    "digest",
    `${registry.host}/acme/greeter:v1`,
  );
  assertStringIncludes(
    out,
    registry.manifest("acme/greeter", "v1")?.digest ?? "nothing",
  );
  assertEquals(fault.hits, 1);
  await playRecovery(scene);
});

Deno.test("a Range that is answered with another part starts again", async () => {
  await using scene = await openScene();
  const { registry } = scene;
  registry.fault({
    match: { path: BLOB },
    action: { kind: "cut", afterBytes: MIDDLE },
    times: 1,
  });
  registry.fault({
    match: { path: BLOB, when: ({ headers }) => "range" in headers },
    action: {
      kind: "headers",
      set: { "content-range": `bytes 0-1/${GREETER.byteLength}` },
    },
  });
  await playRecovery(scene);
});

Deno.test("a registry that ignores Range sends the blob from its start", async () => {
  await using scene = await openScene({
    registry: { behavior: { ranges: false } },
  });
  scene.registry.fault({
    match: { path: BLOB },
    action: { kind: "cut", afterBytes: MIDDLE },
    times: 1,
  });
  await playRecovery(scene);
});

Deno.test("a warning of the registry is shown once", async () => {
  await using scene = await openScene();
  scene.registry.fault({
    action: {
      kind: "headers",
      set: { warning: `299 - "acme is for sale\u009b"` },
    },
  });
  const result = await scene.pull("--json");
  assertEquals(result.err.match(/acme is for sale/g)?.length, 1, result.err);
  assert(!/[\u0080-\u009f]/.test(result.err));
  await assertPulled(result, scene.work);
});

Deno.test("control characters of a registry's error do not reach the terminal", async () => {
  await using scene = await openScene();
  scene.registry.fault({
    match: { path: MANIFEST },
    action: {
      kind: "reply",
      status: 400,
      body: JSON.stringify({
        errors: [{
          code: "\u001b[2J",
          message: "\u001b]0;gotcha\u0007 bad \u202egnp.exe\u2028\u200b\u009b",
        }],
      }),
    },
  });
  const result = await scene.pull("--json");
  assertRefused(result, { code: "REGISTRY_FAILED", says: "bad" });
  assert(!/[\p{Cf}\u0080-\u009f]/u.test(result.err), result.err);
  assertNothingLeft(scene.work);
});
