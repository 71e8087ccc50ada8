import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Answer, ResponseAnswer, Step } from "../http/fakes_test.ts";
import { NetworkError } from "../http/mod.ts";
import { type Descriptor, OCI_INDEX } from "../oci/mod.ts";
import { RegistryError } from "./errors.ts";
import type { RegistryEvent } from "./events.ts";
import type { RegistrySettings } from "./settings.ts";
import {
  AT,
  DESCRIPTOR,
  LAYER,
  playRepository,
  SERVED,
  utf8,
} from "./fakes_test.ts";

const MIRRORED = {
  settings: (registry: string): RegistrySettings =>
    registry === "r.example" ? { mirrors: ["m1.example", "m2.example"] } : {},
};
const M1 = "https://m1.example/v2/acme/notes";
const M2 = "https://m2.example/v2/acme/notes";

Deno.test("mirrors are asked in order, and the registry last", async (t) => {
  const failures: readonly [string, ResponseAnswer | Error][] = [
    ["not there", { status: 404 }],
    ["refused", { status: 401 }],
    ["not reached", new TypeError("ECONNREFUSED")],
    ["other bytes", { body: "{}" }],
  ];
  for (const [name, failure] of failures) {
    await t.step(name, async () => {
      const events: RegistryEvent[] = [];
      await playRepository([
        [`GET ${M1}/manifests/${DESCRIPTOR.digest}`, failure],
        [`GET ${M2}/manifests/${DESCRIPTOR.digest}`, failure],
        [`GET ${AT}/manifests/${DESCRIPTOR.digest}`, SERVED],
      ], async (repository) => {
        assert(await repository.fetchManifest(DESCRIPTOR.digest));
      }, { ...MIRRORED, onEvent: (event) => events.push(event) });
      const failed = events.filter(({ type }) => type === "mirror-failed");
      assertEquals(failed.length, 2);
    });
  }
});

Deno.test("a mirror that has it spares the registry", () =>
  playRepository([
    [`GET ${M1}/manifests/v1`, SERVED],
    [`GET ${M1}/blobs/${LAYER.digest}`, { body: "\0asm content" }],
  ], async (repository) => {
    await repository.fetchManifest("v1");
    const { chunks } = await repository.fetchBlob(LAYER);
    for await (const chunk of chunks) assertEquals(chunk.byteLength, 12);
  }, MIRRORED));

Deno.test("a mirror never sees the registry's credentials", () => {
  const basic: ResponseAnswer = {
    status: 401,
    headers: { "www-authenticate": 'Basic realm="x"' },
  };
  const asked: string[] = [];
  const credential = { username: "me", password: "pw", source: "the test" };
  return playRepository([
    [`GET ${M1}/manifests/v1`, basic],
    [`GET ${M2}/manifests/v1`, basic],
    [`GET ${AT}/manifests/v1`, basic],
    [`GET ${AT}/manifests/v1`, SERVED],
  ], async (repository, script) => {
    await repository.fetchManifest("v1");
    assertEquals(asked, ["m1.example", "m2.example", "r.example"]);
    const sent = script.headers("authorization").map((value) => value !== null);
    assertEquals(sent, [false, false, false, true]);
  }, {
    ...MIRRORED,
    credentials: {
      get(registry) {
        asked.push(registry);
        return Promise.resolve(registry === "r.example" ? { credential } : {});
      },
    },
  });
});

Deno.test("the failure of the registry itself is the one that is told", () =>
  playRepository([
    [`GET ${M1}/manifests/v1`, { status: 404 }],
    [`GET ${M2}/manifests/v1`, { status: 404 }],
    [`GET ${AT}/manifests/v1`, { status: 403 }],
  ], async (repository) => {
    const error = await assertRejects(
      () => repository.fetchManifest("v1"),
      RegistryError,
    );
    assertEquals(error.code, "REGISTRY_AUTH");
  }, MIRRORED));

Deno.test("nothing is written to a mirror", () =>
  playRepository([
    [`PUT ${AT}/manifests/v1`, { status: 201 }],
  ], async (repository) => {
    const { manifest } = { manifest: SERVED.body };
    assertEquals(
      await repository.pushManifest("v1", utf8(manifest)),
      DESCRIPTOR,
    );
  }, MIRRORED));

Deno.test("an abort is not taken for the failure of a mirror", async () => {
  const events: RegistryEvent[] = [];
  await playRepository([
    [`GET ${M1}/manifests/v1`, "hang"],
  ], async (repository, script) => {
    const controller = new AbortController();
    const { signal } = controller;
    const fetching = repository.fetchManifest("v1", { signal });
    while (script.requests.length < 1) await Promise.resolve();
    controller.abort(new Error("enough"));
    await assertRejects(() => fetching, Error, "enough");
  }, { ...MIRRORED, onEvent: (event) => events.push(event) });
  assertEquals(events.map(({ type }) => type), ["request-failed"]);
});

Deno.test("what mirrors could not give is read from the registry itself", async () => {
  const events: RegistryEvent[] = [];
  await playRepository([
    [`GET ${AT}/blobs/${LAYER.digest}`, { body: "\0asm content" }],
  ], async (repository) => {
    const reason = new Error("other bytes");
    const origin = repository.withoutMirrors(reason);
    assert(origin !== undefined);
    const { chunks } = await origin.fetchBlob(LAYER);
    for await (const chunk of chunks) assertEquals(chunk.byteLength, 12);
    assertEquals(origin.withoutMirrors(reason), undefined);
  }, { ...MIRRORED, onEvent: (event) => events.push(event) });
  const failed = events.flatMap((event) =>
    event.type === "mirror-failed" ? [event.mirror] : []
  );
  assertEquals(failed, ["m1.example", "m2.example"]);
});

Deno.test("only the registry itself can say that it does not have something", async (t) => {
  const head = `HEAD ${AT}/blobs/${LAYER.digest}`;
  const lacking: readonly Step[] = [M1, M2].map((mirror) => [
    `HEAD ${mirror}/blobs/${LAYER.digest}`,
    { status: 404 },
  ]);
  for (const [status, isThere] of [[200, true], [404, false]] as const) {
    await t.step(
      String(status),
      () =>
        playRepository([...lacking, [head, { status }]], async (repository) => {
          assertEquals(await repository.exists(LAYER), isThere);
        }, MIRRORED),
    );
  }
  await t.step("away", () =>
    playRepository(
      [...lacking, [head, new TypeError("ECONNREFUSED")]],
      async (repository) => {
        await assertRejects(() => repository.exists(LAYER), NetworkError);
      },
      MIRRORED,
    ));
});

Deno.test("what mirrors know no referrers of is asked of the registry, as far as it can be reached", async (t) => {
  const path = `referrers/${DESCRIPTOR.digest}`;
  const listing = (manifests: readonly Descriptor[]): ResponseAnswer => ({
    body: JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }),
  });
  const lacking: readonly Step[] = [M1, M2].map((mirror) => [
    `GET ${mirror}/${path}`,
    listing([]),
  ]);
  const origins: Readonly<Record<string, readonly [Answer, number]>> = {
    "it has one": [listing([DESCRIPTOR]), 1],
    "it has none": [listing([]), 0],
    "it is away": [new TypeError("ECONNREFUSED"), 0],
  };
  for (const [name, [answer, count]] of Object.entries(origins)) {
    await t.step(name, () =>
      playRepository(
        [...lacking, [`GET ${AT}/${path}`, answer]],
        async (repository) => {
          const found = await repository.referrers(DESCRIPTOR.digest);
          assertEquals(found.length, count);
        },
        MIRRORED,
      ));
  }
  await t.step("it refuses", () =>
    playRepository(
      [...lacking, [`GET ${AT}/${path}`, { status: 403 }]],
      async (repository) => {
        const { digest } = DESCRIPTOR;
        await assertRejects(() => repository.referrers(digest), RegistryError);
      },
      MIRRORED,
    ));
});
