/** Transfers that are cut, slow, still, or of the wrong bytes. */

import { assert, assertEquals, assertGreater } from "@std/assert";
import type { FaultAction } from "../../src/testing/mod.ts";
import {
  assertNothingLeft,
  assertRecovers,
  assertRefused,
  BLOB,
  GREETER,
  LOGGED_IN,
  MANIFEST,
  MIDDLE,
  openScene,
  playRecovery,
  playRefusal,
  type Refusal,
  type SceneOptions,
  TOKEN,
} from "./scene.ts";

const INDEX: SceneOptions = { push: { shape: "docker-buildx-index" } };
const CUT: Refusal = {
  code: "NETWORK_FAILED",
  says: "the connection was closed early",
};

interface Case {
  readonly name: string;
  readonly path: RegExp;
  readonly action: FaultAction;
  readonly scene?: SceneOptions;
}

/** What happens once and is got over. */
const PASSING: readonly Case[] = [
  {
    name: "a token that is cut once is asked for again",
    path: TOKEN,
    action: { kind: "cut", afterBytes: 5 },
    scene: LOGGED_IN,
  },
  {
    name: "a manifest that is cut once is fetched again",
    path: MANIFEST,
    action: { kind: "cut", afterBytes: 40 },
  },
  {
    name: "an index that is cut once is fetched again",
    path: MANIFEST,
    action: { kind: "cut", afterBytes: 40 },
    scene: INDEX,
  },
  {
    name: "a blob that is cut once before its first byte arrives all the same",
    path: BLOB,
    action: { kind: "cut", afterBytes: 0 },
  },
  {
    name: "a blob that is cut once in its middle goes on there",
    path: BLOB,
    action: { kind: "cut", afterBytes: MIDDLE },
  },
  {
    name: "a blob that is cut once before its last byte goes on there",
    path: BLOB,
    action: { kind: "cut", afterBytes: GREETER.byteLength - 1 },
  },
  {
    name: "a token request that is reset once is sent again",
    path: TOKEN,
    action: { kind: "reset" },
    scene: LOGGED_IN,
  },
  {
    name: "a manifest request that is reset once is sent again",
    path: MANIFEST,
    action: { kind: "reset" },
  },
  {
    name: "a blob request that is reset once is sent again",
    path: BLOB,
    action: { kind: "reset", after: "handling" },
  },
];

for (const { name, path, action, scene: options } of PASSING) {
  Deno.test(name, async () => {
    await using scene = await openScene(options);
    const fault = scene.registry.fault({ match: { path }, action, times: 1 });
    await playRecovery(scene);
    assertEquals(fault.hits, 1);
  });
}

/** What does not pass. */
const LASTING: readonly (Case & Refusal)[] = [
  {
    name: "a token that is always cut ends the pull",
    path: TOKEN,
    action: { kind: "cut", afterBytes: 5 },
    scene: LOGGED_IN,
    ...CUT,
  },
  {
    name: "a manifest that is always cut ends the pull",
    path: MANIFEST,
    action: { kind: "cut", afterBytes: 40 },
    ...CUT,
  },
  {
    name: "an index that is always cut ends the pull",
    path: MANIFEST,
    action: { kind: "cut", afterBytes: 40 },
    scene: INDEX,
    ...CUT,
  },
  {
    name: "a blob that never sends a byte ends the pull",
    path: BLOB,
    action: { kind: "cut", afterBytes: 0 },
    ...CUT,
  },
  {
    name: "connections that are always reset end the pull",
    path: MANIFEST,
    action: { kind: "reset" },
    ...CUT,
  },
  {
    name: "a blob with wrong bytes of the right length is refused",
    path: BLOB,
    action: { kind: "corrupt", at: MIDDLE },
    code: "DIGEST_MISMATCH",
    says: "the bytes received hash to sha256:",
  },
  {
    name: "a blob with a wrong last byte is refused",
    path: BLOB,
    action: { kind: "corrupt" },
    code: "DIGEST_MISMATCH",
    says: "the bytes received hash to sha256:",
  },
  {
    name: "a blob that is longer than promised is refused",
    path: BLOB,
    action: {
      kind: "body",
      bytes: (bytes) => new Uint8Array([...bytes, 0]),
    },
    code: "SIZE_MISMATCH",
    says: "or more",
  },
  {
    name: "a blob that is shorter than promised is refused",
    path: BLOB,
    action: { kind: "body", bytes: (bytes) => bytes.slice(0, -1) },
    code: "NETWORK_FAILED",
    says: "the transfer ended after",
  },
  {
    name: "a blob without end is not read to its end",
    path: BLOB,
    action: { kind: "body", bytes: new Uint8Array(16 * 1024 * 1024) },
    code: "SIZE_MISMATCH",
    says: "or more",
  },
  {
    name: "a manifest without end is not read to its end",
    path: MANIFEST,
    action: { kind: "body", bytes: new Uint8Array(5 * 1024 * 1024) },
    code: "TOO_LARGE",
    says: "Failed to pull OCI image",
  },
  {
    name: "bytes that are not HTTP are refused",
    path: MANIFEST,
    action: { kind: "raw", bytes: "SSH-2.0-OpenSSH_9.2\r\n" },
    code: "NETWORK_FAILED",
    says: "Failed to reach 127.0.0.1",
  },
];

for (const { name, path, action, scene: options, ...refusal } of LASTING) {
  Deno.test(name, async () => {
    await using scene = await openScene(options);
    scene.registry.fault({ match: { path }, action });
    await playRefusal(scene, refusal);
  });
}

Deno.test("a Content-Length that is too large is an interruption", async () => {
  await using scene = await openScene();
  scene.registry.fault({
    match: { path: BLOB },
    action: { kind: "content-length", bytes: GREETER.byteLength + 100 },
    times: 1,
  });
  await playRecovery(scene);
});

Deno.test("a Content-Length that is too small costs a second request", async () => {
  await using scene = await openScene();
  scene.registry.fault({
    match: { path: BLOB },
    action: { kind: "content-length", bytes: MIDDLE },
    times: 1,
  });
  await playRecovery(scene);
});

Deno.test("a chunked blob without Content-Length is no trouble", async () => {
  await using scene = await openScene();
  scene.registry.fault({
    action: { kind: "content-length", bytes: "absent" },
  });
  await playRecovery(scene);
});

Deno.test("a registry that does not answer is given up after three minutes", async () => {
  await using scene = await openScene();
  const { registry, clock } = scene;
  const fault = registry.fault({
    match: { path: MANIFEST },
    action: { kind: "hold", until: new Promise(() => {}) },
  });
  clock.isStuck = () => true;
  const result = await scene.pull("--json");
  assertRefused(result, { code: "NETWORK_TIMEOUT", says: "no answer in time" });
  assertNothingLeft(scene.work);
  assertGreater(clock.passedMs, 3 * 60_000 - 1);
  assertGreater(4 * 60_000, clock.passedMs);
  assert(fault.hits <= 3);
  clock.isStuck = () => false;
  await assertRecovers(scene);
});

Deno.test("a registry that accepts the request for a blob and falls silent is given up", async () => {
  await using scene = await openScene();
  const { registry, clock } = scene;
  registry.fault({
    match: { path: BLOB },
    action: { kind: "hold", until: new Promise(() => {}) },
  });
  clock.isStuck = ({ pathname }) => BLOB.test(pathname);
  await playRefusal(scene, {
    code: "NETWORK_TIMEOUT",
    says: "no answer in time",
    isLasting: true,
  });
  clock.isStuck = () => false;
  await assertRecovers(scene);
});

const DOCUMENTS = [
  { what: "a token", path: TOKEN, options: LOGGED_IN },
  { what: "a manifest", path: MANIFEST, options: {} },
] as const;

for (const { what, path, options } of DOCUMENTS) {
  Deno.test(`${what} that stalls in its middle is asked for again after half a minute`, async () => {
    await using scene = await openScene(options);
    const { registry, clock } = scene;
    const fault = registry.fault({
      match: { path },
      action: { kind: "stall", afterBytes: 5 },
      times: 1,
    });
    clock.isStuck = ({ pathname }, received) =>
      path.test(pathname) && received === 5;
    await playRecovery(scene);
    assertEquals(fault.hits, 1);
    assertGreater(clock.passedMs, 29_999);
  });
}

Deno.test("a blob that stalls in its middle goes on there after half a minute", async () => {
  await using scene = await openScene();
  const { registry, clock } = scene;
  registry.fault({
    match: { path: BLOB },
    action: { kind: "stall", afterBytes: MIDDLE },
    times: 1,
  });
  clock.isStuck = ({ pathname }, received) =>
    BLOB.test(pathname) && received === MIDDLE;
  await playRecovery(scene);
  assertGreater(clock.passedMs, 29_999);
  const ranges = registry.requests.filter(({ path }) => BLOB.test(path))
    .map(({ headers }) => headers["range"]);
  assertEquals(ranges, [undefined, `bytes=${MIDDLE}-`]);
});

Deno.test("a blob that stalls every time at the same byte is given up", async () => {
  await using scene = await openScene({
    registry: { behavior: { ranges: false } },
  });
  const { registry, clock } = scene;
  registry.fault({
    match: { path: BLOB },
    action: { kind: "stall", afterBytes: MIDDLE },
  });
  clock.isStuck = ({ pathname }, received) =>
    BLOB.test(pathname) && received === MIDDLE;
  await playRefusal(scene, {
    code: "NETWORK_TIMEOUT",
    says: "the transfer stalled",
  });
});

Deno.test("a blob that drips a byte every eight seconds is a stall", async () => {
  await using scene = await openScene();
  const { registry, clock } = scene;
  let sent = 0;
  let pausedAt: number | undefined;
  registry.fault({
    match: { path: BLOB },
    action: {
      kind: "drip",
      chunkBytes: 1,
      pace: async (sentBytes) => {
        sent = pausedAt = sentBytes;
        await clock.sleep(8000);
        // What comes next is on its way from here on.
        pausedAt = undefined;
      },
    },
    times: 1,
  });
  clock.isStuck = ({ pathname }, received) =>
    BLOB.test(pathname) && received !== undefined && received === pausedAt;
  await playRecovery(scene);
  // After 0, 8, 16 and 24 seconds; at 30 the client goes.
  assertEquals(sent, 4);
  const ranges = registry.requests.filter(({ path }) => BLOB.test(path))
    .map(({ headers }) => headers["range"]);
  assertEquals(ranges, [undefined, "bytes=4-"]);
});
