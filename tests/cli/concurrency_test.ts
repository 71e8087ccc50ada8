/** How much happens at once, what is fetched once, and what goes on without the rest. */

import { assertEquals, assertRejects } from "@std/assert";
import { platform } from "../../src/platform/deno.ts";
import type { Platform, PlatformFetch } from "../../src/platform/types.ts";
import {
  installProject,
  type InstallProjectOptions,
  openProject,
} from "../../src/project/mod.ts";
import {
  pushWasm,
  type Registry,
  startRegistry,
} from "../../src/testing/mod.ts";
import { withPadding } from "../faults/padding.ts";
import { fixture, forgeRon, ociEntry, openWorkspace } from "./workspace.ts";

const LAYER = /\/blobs\/sha256:/;

/** Counts requests from their sending to the end of their answer. */
function countRequests() {
  const running = new Map<string, number>();
  const peaks = new Map<string, number>();
  const add = (name: string, change: number) => {
    const now = (running.get(name) ?? 0) + change;
    running.set(name, now);
    peaks.set(name, Math.max(now, peaks.get(name) ?? 0));
  };
  const fetch: PlatformFetch = async (input, init) => {
    const { host } = new URL(input);
    for (const name of [host, "all"]) add(name, 1);
    const end = () => {
      for (const name of [host, "all"]) add(name, -1);
    };
    const response = await platform.fetch(input, init);
    if (response.body === null) {
      end();
      return response;
    }
    const body = response.body.pipeThrough(new TransformStream({ flush: end }));
    const { status, headers } = response;
    return new Response(body, { status, headers });
  };
  return { fetch, peaks };
}

/** Pulls `count` modules from each of the registries. */
async function pullMany(
  registries: readonly Registry[],
  count: number,
  options: Partial<InstallProjectOptions> = {},
  bytesOf: (i: number) => Uint8Array = (i) => withPadding(GREETER, 100, i + 1),
) {
  await using work = await openWorkspace();
  const entries: string[] = [];
  for (const [r, registry] of registries.entries()) {
    for (let i = 0; i < count; i++) {
      const name = `m${r}-${i}`;
      await pushWasm(registry, `acme/${name}`, "v1", bytesOf(i + r * count));
      entries.push(ociEntry(registry, name, "v1"));
    }
  }
  const settings = "docker_credentials: false";
  await work.write("forge.ron", forgeRon({ oci: entries.join(""), settings }));
  const here: Platform = { ...platform, cwd: () => work.root };
  const project = await openProject({ platform: here });
  return await installProject(project, { platform: here, ...options });
}

const GREETER = await fixture("greeter");

Deno.test("requests are limited for each host, by default to 8", async () => {
  await using registry = await startRegistry();
  for (const perHost of [3, undefined]) {
    const { fetch, peaks } = countRequests();
    const outcomes = await pullMany([registry], 20, {
      platform: { ...platform, fetch },
      concurrency: 20,
      ...(perHost && { requestLimits: { overall: 20, perHost } }),
    });
    assertEquals(outcomes.every(({ status }) => status === "pulled"), true);
    assertEquals(peaks.get(registry.host), perHost ?? 8);
  }
});

Deno.test("requests are limited for all hosts together", async () => {
  await using one = await startRegistry();
  await using two = await startRegistry();
  const { fetch, peaks } = countRequests();
  await pullMany([one, two], 8, {
    platform: { ...platform, fetch },
    concurrency: 16,
    requestLimits: { overall: 4, perHost: 3 },
  });
  assertEquals(peaks.get("all"), 4);
});

Deno.test("as many extensions are pulled at the same time as was asked for", async () => {
  await using registry = await startRegistry();
  for (const [concurrency, expected] of [[2, 2], [undefined, 8]]) {
    let running = 0;
    let peak = 0;
    await pullMany([registry], 12, {
      concurrency,
      onEvent(event) {
        if (event.type === "pulling") peak = Math.max(peak, ++running);
        if (event.type === "outcome") running--;
      },
    });
    assertEquals(peak, expected);
  }
});

Deno.test("limits that are none are refused", async () => {
  await using registry = await startRegistry();
  for (const wrong of [0, -1, 1.5, NaN, Infinity]) {
    for (
      const options of [
        { concurrency: wrong },
        { requestLimits: { overall: wrong, perHost: 1 } },
        { requestLimits: { overall: 1, perHost: wrong } },
      ]
    ) {
      const error = await assertRejects(
        () => pullMany([registry], 1, options),
        RangeError,
      );
      assertEquals(error.message.includes(String(wrong)), true, error.message);
    }
  }
});

Deno.test("one slot is enough for a registry that wants tokens", async () => {
  await using registry = await startRegistry({
    auth: { kind: "bearer", users: {}, anonymousPull: true },
  });
  const outcomes = await pullMany([registry], 4, {
    requestLimits: { overall: 1, perHost: 1 },
  });
  assertEquals(outcomes.map(({ status }) => status), Array(4).fill("pulled"));
});

Deno.test("the same content is fetched once, from whichever registry", async () => {
  await using one = await startRegistry();
  await using two = await startRegistry();
  const outcomes = await pullMany([one, two], 3, {}, () => GREETER);
  assertEquals(outcomes.map(({ status }) => status), Array(6).fill("pulled"));
  const layers = [...one.requests, ...two.requests]
    .filter(({ path }) => LAYER.test(path));
  assertEquals(layers.length, 1);
});

Deno.test("where the same content cannot be had from one, it comes from another", async () => {
  await using one = await startRegistry();
  await using two = await startRegistry();
  one.fault({
    match: { path: LAYER },
    action: { kind: "reply", status: 404 },
  });
  // The second comes when the first has begun to fetch what both want.
  const begun = Promise.withResolvers<void>();
  const fetch: PlatformFetch = async (input, init) => {
    const { host, pathname } = new URL(input);
    if (host === one.host && LAYER.test(pathname)) begun.resolve();
    if (host === two.host) await begun.promise;
    return await platform.fetch(input, init);
  };
  const options = { platform: { ...platform, fetch } };
  const outcomes = await pullMany([one, two], 1, options, () => GREETER);
  assertEquals(outcomes.map(({ status }) => status), ["failed", "pulled"]);
});

Deno.test("after a failure one entry fetches the content for all that wait", async () => {
  await using registry = await startRegistry();
  const ofOthers = { path: /m0-[1-4]\/manifests/ };
  const others = registry.fault({
    match: ofOthers,
    action: { kind: "headers" },
  });
  const ofFirst = { path: /m0-0\/blobs/ };
  const first = registry.fault({
    match: ofFirst,
    action: { kind: "reply", status: 404 },
  });
  registry.fault({
    match: ofFirst,
    action: { kind: "hold", until: others.met(4) },
  });
  registry.fault({
    match: ofOthers,
    action: { kind: "hold", until: first.met() },
  });
  registry.requests.clear();
  const outcomes = await pullMany([registry], 5, {}, () => GREETER);
  assertEquals(
    outcomes.map(({ status }) => status),
    ["failed", ...Array(4).fill("pulled")],
  );
  const layers = registry.requests.filter(({ path, method }) =>
    method === "GET" && LAYER.test(path)
  );
  assertEquals(layers.length, 2);
});

Deno.test("one that fails does not stop the others, and all failures are told of", async () => {
  for (const concurrency of [1, 8]) {
    await using registry = await startRegistry();
    registry.fault({
      match: { path: /m0-[14]\/manifests/ },
      action: { kind: "reply", status: 404 },
    });
    const outcomes = await pullMany([registry], 6, { concurrency });
    assertEquals(
      outcomes.map((outcome) =>
        outcome.status === "failed" ? outcome.error.code : outcome.status
      ),
      [
        ...["pulled", "REGISTRY_NOT_FOUND", "pulled"],
        ...["pulled", "REGISTRY_NOT_FOUND", "pulled"],
      ],
    );
  }
});

Deno.test("an abort ends all that is under way with its own reason", async () => {
  await using registry = await startRegistry();
  const stall = registry.fault({
    match: { path: LAYER },
    action: { kind: "stall", afterBytes: 50 },
  });
  const controller = new AbortController();
  const pulling = pullMany([registry], 20, { signal: controller.signal });
  await stall.met(8);
  const reason = new Error("enough");
  controller.abort(reason);
  assertEquals(await pulling.catch((error) => error), reason);
});

Deno.test("an abort leaves nothing but what the next run goes on with", async () => {
  const MIB = 1024 * 1024;
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  const sizes = { large: 3 * MIB, larger: 4 * MIB, small: 1024 };
  for (const [name, size] of Object.entries(sizes)) {
    const bytes = withPadding(GREETER, size, size);
    await pushWasm(registry, `acme/${name}`, "v1", bytes);
  }
  const oci = Object.keys(sizes).map((name) => ociEntry(registry, name, "v1"));
  const settings = "docker_credentials: false";
  await work.write("forge.ron", forgeRon({ oci: oci.join(""), settings }));
  const stalls = [
    registry.fault({
      match: { path: /acme\/large.*\/blobs/ },
      action: { kind: "stall", afterBytes: 2 * MIB },
    }),
    registry.fault({
      match: { path: /acme\/small\/blobs/ },
      action: { kind: "stall", afterBytes: 50 },
    }),
  ];
  const here: Platform = { ...platform, cwd: () => work.root };
  const project = await openProject({ platform: here });
  const controller = new AbortController();
  const reason = new Error("enough");
  const received: Record<string, number> = {};
  const pulling = installProject(project, {
    platform: here,
    signal: controller.signal,
    onEvent(event) {
      if (event.type !== "progress") return;
      received[event.name] = event.receivedBytes;
      const { large = 0, larger = 0, small = 0 } = received;
      const areStuck = Math.min(large, larger) >= 2 * MIB && small >= 50;
      if (areStuck) controller.abort(reason);
    },
  });
  assertEquals(await pulling.catch((error) => error), reason);
  assertEquals(
    work.cached().map((name) => name.replace(/^.*-/, "")),
    ["kept.partial", "kept.partial"],
  );

  for (const stall of stalls) stall.remove();
  registry.requests.clear();
  const outcomes = await installProject(project, { platform: here });
  assertEquals(outcomes.map(({ status }) => status), Array(3).fill("pulled"));
  const ranges = registry.requests.map(({ headers }) => headers["range"])
    .filter((range) => range !== undefined);
  assertEquals(ranges, Array(2).fill(`bytes=${2 * MIB}-`));
  assertEquals(work.cached().length, 6);
});
