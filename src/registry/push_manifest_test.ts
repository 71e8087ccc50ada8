import { assertEquals, assertRejects } from "@std/assert";
import { ForgeError } from "../errors.ts";
import type { ResponseAnswer } from "../http/fakes_test.ts";
import { OCI_INDEX, OCI_MANIFEST } from "../oci/mod.ts";
import {
  AT,
  describe,
  DESCRIPTOR,
  LAYER,
  MANIFEST,
  manifestOf,
  playRepository,
  utf8,
} from "./fakes_test.ts";

Deno.test("a manifest is sent as it is, under its own type", () =>
  playRepository([
    [`PUT ${AT}/manifests/v1`, {
      status: 201,
      headers: { "docker-content-digest": DESCRIPTOR.digest },
    }],
  ], async (repository, script) => {
    const pushed = await repository.pushManifest("v1", utf8(MANIFEST));
    assertEquals(pushed, DESCRIPTOR);
    assertEquals(script.requests[0]?.body, MANIFEST);
    assertEquals(script.headers("content-type"), [OCI_MANIFEST]);
  }));

Deno.test("a manifest that is not what its digest says is not sent", () =>
  playRepository([], async (repository) => {
    const error = await assertRejects(
      () => repository.pushManifest(LAYER.digest, utf8(MANIFEST)),
      ForgeError,
    );
    assertEquals(error.code, "DIGEST_MISMATCH");
  }));

Deno.test("a manifest that the registry stored as another is found out", () =>
  playRepository([
    [`PUT ${AT}/manifests/v1`, {
      status: 201,
      headers: { "docker-content-digest": LAYER.digest },
    }],
  ], async (repository) => {
    const error = await assertRejects(
      () => repository.pushManifest("v1", utf8(MANIFEST)),
      ForgeError,
    );
    assertEquals(error.code, "DIGEST_MISMATCH");
  }));

const REFERRER = manifestOf(LAYER, {
  artifactType: "sig/v1",
  subject: DESCRIPTOR,
  annotations: { a: "b" },
});
const TAG = DESCRIPTOR.digest.replace(":", "-");

Deno.test("a registry that lists referrers needs no fallback tag", () =>
  playRepository([
    [`PUT ${AT}/manifests/sig`, {
      status: 201,
      headers: { "oci-subject": DESCRIPTOR.digest },
    }],
  ], async (repository) => {
    const { mediaType } = await repository.pushManifest("sig", utf8(REFERRER));
    assertEquals(mediaType, OCI_MANIFEST);
  }));

Deno.test("where a registry lists no referrers, the fallback tag is written", async (t) => {
  const known = { ...LAYER, mediaType: OCI_MANIFEST };
  const referrer = {
    ...await describe(REFERRER, OCI_MANIFEST),
    artifactType: "sig/v1",
    annotations: { a: "b" },
  };
  const index = (manifests: unknown) =>
    JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests });
  const table: readonly [string, ResponseAnswer, unknown[]][] = [
    ["new", { status: 404 }, [referrer]],
    ["with others in it", { body: index([known]) }, [known, referrer]],
  ];
  for (const [name, found, expected] of table) {
    await t.step(name, () =>
      playRepository([
        [`PUT ${AT}/manifests/sig`, { status: 201 }],
        [`GET ${AT}/manifests/${TAG}`, found],
        [`PUT ${AT}/manifests/${TAG}`, { status: 201 }],
      ], async (repository, script) => {
        await repository.pushManifest("sig", utf8(REFERRER));
        const sent = JSON.parse(script.requests.at(-1)?.body ?? "");
        assertEquals(sent.manifests, expected);
      }));
  }
  await t.step("with it in there", () =>
    playRepository([
      [`PUT ${AT}/manifests/sig`, { status: 201 }],
      [`GET ${AT}/manifests/${TAG}`, { body: index([referrer]) }],
    ], async (repository) => {
      const { digest } = await repository.pushManifest("sig", utf8(REFERRER));
      assertEquals(digest, referrer.digest);
    }));
});
