import { assertEquals, assertRejects } from "@std/assert";
import { ForgeError } from "../errors.ts";
import type { ResponseAnswer } from "../http/fakes_test.ts";
import { OCI_INDEX } from "../oci/mod.ts";
import { RegistryError } from "./errors.ts";
import {
  AT,
  describe,
  DESCRIPTOR,
  LAYER,
  MANIFEST,
  playRepository,
  SERVED,
} from "./fakes_test.ts";

const V1 = `GET ${AT}/manifests/v1`;
const HEAD_V1 = `HEAD ${AT}/manifests/v1`;
const BY_DIGEST = `GET ${AT}/manifests/${DESCRIPTOR.digest}`;
const OTHER = await describe("other content");
const BARE: ResponseAnswer = { body: MANIFEST };

Deno.test("a manifest is fetched by tag and named by its own bytes", () =>
  playRepository([[V1, SERVED]], async (repository, script) => {
    const fetched = await repository.fetchManifest("v1");
    assertEquals(fetched.descriptor, DESCRIPTOR);
    assertEquals(new TextDecoder().decode(fetched.bytes), MANIFEST);
    assertEquals(fetched.manifest.kind, "manifest");
    assertEquals(
      fetched.manifest.kind === "manifest" && fetched.manifest.layers,
      [LAYER],
    );
    const accept = script.headers("accept")[0] ?? "";
    assertEquals(accept.includes(OCI_INDEX), true);
  }));

Deno.test("a missing, empty or odd Docker-Content-Digest is no trouble", async (t) => {
  for (const value of [undefined, "", "sha256:short", "md5:abc"]) {
    await t.step(String(value), () =>
      playRepository([
        [V1, {
          ...BARE,
          headers: value === undefined
            ? {}
            : { "docker-content-digest": value },
        }],
      ], async (repository) => {
        const { descriptor } = await repository.fetchManifest("v1");
        assertEquals(descriptor.digest, DESCRIPTOR.digest);
      }));
  }
});

Deno.test("a Docker-Content-Digest that the bytes contradict is refused", () =>
  playRepository([
    [V1, { ...BARE, headers: { "docker-content-digest": OTHER.digest } }],
  ], async (repository) => {
    const error = await assertRejects(
      () => repository.fetchManifest("v1"),
      ForgeError,
    );
    assertEquals(error.code, "DIGEST_MISMATCH");
  }));

Deno.test("a manifest by digest is verified, whatever the header says", async (t) => {
  await t.step("right bytes", () =>
    playRepository([
      [BY_DIGEST, {
        ...BARE,
        headers: { "docker-content-digest": OTHER.digest },
      }],
    ], async (repository) => {
      const fetched = await repository.fetchManifest(DESCRIPTOR.digest);
      assertEquals(fetched.descriptor, DESCRIPTOR);
    }));
  await t.step("wrong bytes", () =>
    playRepository([
      [BY_DIGEST, {
        body: MANIFEST.replace("2", "3"),
        headers: SERVED.headers,
      }],
    ], async (repository) => {
      const error = await assertRejects(
        () => repository.fetchManifest(DESCRIPTOR.digest),
        ForgeError,
      );
      assertEquals(error.code, "DIGEST_MISMATCH");
    }));
});

Deno.test("a digest in SHA-512 is verified too", async () => {
  const { digestBytes } = await import("../oci/mod.ts");
  const bytes = new TextEncoder().encode(MANIFEST);
  const digest = await digestBytes(bytes, "sha512");
  await playRepository([
    [`GET ${AT}/manifests/${digest}`, BARE],
  ], async (repository) => {
    const { descriptor } = await repository.fetchManifest(digest);
    assertEquals(descriptor.digest, digest);
  });
});

Deno.test("a web page in place of a manifest is told from one", async (t) => {
  const html = "<!DOCTYPE html><html>Please log in</html>";
  const answers: ResponseAnswer[] = [
    { body: html },
    { body: MANIFEST, headers: { "content-type": "text/html" } },
  ];
  for (const answer of answers) {
    for (
      const [request, reference] of [[V1, "v1"], [
        BY_DIGEST,
        DESCRIPTOR.digest,
      ]] as const
    ) {
      await t.step(
        `${reference} ${JSON.stringify(answer.headers)}`,
        () =>
          playRepository([[request, answer]], async (repository) => {
            const error = await assertRejects(
              () => repository.fetchManifest(reference),
              RegistryError,
            );
            assertEquals(error.code, "REGISTRY_RESPONSE_INVALID");
            assertEquals(error.hint?.includes("captive portal"), true);
          }),
      );
    }
  }
});

Deno.test("text that is no JSON is not the protocol", () =>
  playRepository([[V1, { body: "OK" }]], async (repository) => {
    const error = await assertRejects(
      () => repository.fetchManifest("v1"),
      RegistryError,
    );
    assertEquals(error.code, "REGISTRY_RESPONSE_INVALID");
  }));

Deno.test("JSON that is no manifest is an invalid manifest", async (t) => {
  for (const body of ["{}", "[]", '{"layers": 5}']) {
    await t.step(
      body,
      () =>
        playRepository([[V1, { body }]], async (repository) => {
          const error = await assertRejects(
            () => repository.fetchManifest("v1"),
            ForgeError,
          );
          assertEquals(error.code, "MANIFEST_INVALID");
        }),
    );
  }
});

Deno.test("a manifest whose type contradicts its Content-Type is refused", () =>
  playRepository([
    [V1, { ...BARE, headers: { "content-type": OCI_INDEX } }],
  ], async (repository) => {
    const error = await assertRejects(
      () => repository.fetchManifest("v1"),
      ForgeError,
    );
    assertEquals(error.code, "MANIFEST_INVALID");
  }));

Deno.test("a manifest without end is not read to it", () =>
  playRepository([
    [V1, { body: "x".repeat(4 * 1024 * 1024 + 1) }],
  ], async (repository) => {
    const error = await assertRejects(
      () => repository.fetchManifest("v1"),
      ForgeError,
    );
    assertEquals(error.code, "TOO_LARGE");
  }));

Deno.test("a manifest that is cut is fetched again", () =>
  playRepository([
    [V1, { body: [MANIFEST.slice(0, 20), new TypeError("terminated")] }],
    [V1, SERVED],
  ], async (repository) => {
    const { descriptor } = await repository.fetchManifest("v1");
    assertEquals(descriptor, DESCRIPTOR);
  }));

Deno.test("a reference that is neither tag nor digest is not sent", () =>
  playRepository([], async (repository) => {
    for (const reference of ["", "a/b", "../x", "v1?x=1", "sha256:short"]) {
      const error = await assertRejects(
        () => repository.fetchManifest(reference),
        ForgeError,
      );
      assertEquals(error.code, "REFERENCE_INVALID");
    }
  }));

const HEADERS = {
  "content-type": DESCRIPTOR.mediaType,
  "content-length": String(DESCRIPTOR.size),
  "docker-content-digest": DESCRIPTOR.digest,
};

Deno.test("a tag is resolved with HEAD", () =>
  playRepository([
    [HEAD_V1, { headers: HEADERS }],
  ], async (repository) => {
    assertEquals(await repository.resolve("v1"), DESCRIPTOR);
  }));

Deno.test("where HEAD does not answer, or not well, the manifest is fetched", async (t) => {
  const answers: readonly [string, ResponseAnswer][] = [
    ["404", { status: 404 }],
    ["405", { status: 405 }],
    ["500 three times", { status: 501 }],
    ["no digest", { headers: { ...HEADERS, "docker-content-digest": "" } }],
    ["an odd digest", {
      headers: { ...HEADERS, "docker-content-digest": "sha256:x" },
    }],
    ["no length", { headers: { ...HEADERS, "content-length": "" } }],
    ["a giant length", {
      headers: { ...HEADERS, "content-length": "99999999999" },
    }],
    ["no known type", {
      headers: { ...HEADERS, "content-type": "text/plain" },
    }],
  ];
  for (const [name, answer] of answers) {
    await t.step(name, () =>
      playRepository([
        [HEAD_V1, answer],
        [V1, SERVED],
      ], async (repository) => {
        assertEquals(await repository.resolve("v1"), DESCRIPTOR);
      }));
  }
});

Deno.test("a HEAD that lies about a digest is not believed", () =>
  playRepository([
    [`HEAD ${AT}/manifests/${DESCRIPTOR.digest}`, {
      headers: { ...HEADERS, "docker-content-digest": OTHER.digest },
    }],
    [BY_DIGEST, SERVED],
  ], async (repository) => {
    assertEquals(await repository.resolve(DESCRIPTOR.digest), DESCRIPTOR);
  }));

Deno.test("what is not there says so, with the registry's own words", () =>
  playRepository([
    [HEAD_V1, { status: 404 }],
    [V1, {
      status: 404,
      body: '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"unknown tag"}]}',
    }],
  ], async (repository) => {
    const error = await assertRejects(
      () => repository.resolve("v1"),
      RegistryError,
    );
    assertEquals(error.code, "REGISTRY_NOT_FOUND");
    assertEquals(error.errors[0]?.code, "MANIFEST_UNKNOWN");
  }));
