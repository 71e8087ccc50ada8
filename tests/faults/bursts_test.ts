/** Registries that ask to slow down, or fail for a while. */

import { assertEquals, assertGreater } from "@std/assert";
import type { FaultAction } from "../../src/testing/mod.ts";
import {
  assertNothingLeft,
  assertRefused,
  BLOB,
  MANIFEST,
  openScene,
  playRecovery,
  playRefusal,
} from "./scene.ts";

Deno.test("a storm of 429 without Retry-After is given up after three tries", async () => {
  await using scene = await openScene();
  const fault = scene.registry.fault({
    match: { path: MANIFEST },
    action: { kind: "reply", status: 429 },
  });
  await playRefusal(scene, {
    code: "REGISTRY_RATE_LIMITED",
    says: "asks to slow down",
  });
  assertEquals(fault.hits, 3);
});

Deno.test("a storm of 429 with Retry-After is waited out", async () => {
  await using scene = await openScene();
  const { registry, clock } = scene;
  const fault = registry.fault({
    match: { path: MANIFEST },
    action: { kind: "reply", status: 429, headers: { "retry-after": "4" } },
    times: 6,
  });
  await playRecovery(scene);
  assertEquals(fault.hits, 6);
  assertGreater(clock.passedMs, 24_000 - 1);
});

Deno.test("a Retry-After beyond the budget fails at once and says when to try again", async () => {
  await using scene = await openScene();
  const { registry, clock } = scene;
  const fault = registry.fault({
    match: { path: BLOB },
    action: { kind: "reply", status: 429, headers: { "retry-after": "3600" } },
  });
  const result = await scene.pull("--json");
  assertRefused(result, {
    code: "REGISTRY_RATE_LIMITED",
    says: "asks to slow down",
  });
  const hint = result.json().extensions[0]?.error?.hint;
  const until = /Try again after (\S+);/.exec(hint ?? "")?.[1] ?? "";
  assertGreater(Date.parse(until) - clock.now(), 3_000_000);
  assertEquals(fault.hits, 1);
  assertNothingLeft(scene.work);
});

Deno.test("GHCR's wait inside the message of a 429 is waited for", async () => {
  await using scene = await openScene();
  scene.registry.fault({
    match: { path: MANIFEST },
    action: {
      kind: "reply",
      status: 429,
      body: JSON.stringify({
        errors: [{
          code: "TOOMANYREQUESTS",
          message: "retry-after: 1.106666ms, allowed: 44000/minute",
        }],
      }),
    },
    times: 5,
  });
  await playRecovery(scene);
});

for (const status of [500, 502, 503, 504, 408, 499, 522]) {
  Deno.test(`a burst of ${status} is got over`, async () => {
    await using scene = await openScene();
    const action: FaultAction = { kind: "reply", status };
    scene.registry.fault({ match: { path: MANIFEST }, action, times: 2 });
    scene.registry.fault({ match: { path: BLOB }, action, times: 2 });
    await playRecovery(scene);
  });
}

Deno.test("a registry that answers nothing but 503 is given up after three tries", async () => {
  await using scene = await openScene();
  const fault = scene.registry.fault({
    match: { path: BLOB },
    action: { kind: "reply", status: 503 },
  });
  await playRefusal(scene, { code: "REGISTRY_FAILED", says: "503" });
  assertEquals(fault.hits, 3);
});
