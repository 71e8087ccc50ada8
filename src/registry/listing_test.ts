import { assertEquals, assertRejects } from "@std/assert";
import { NetworkDeniedError } from "../http/mod.ts";
import type { Step } from "../http/fakes_test.ts";
import { OCI_INDEX, parseDigest } from "../oci/mod.ts";
import { RegistryError } from "./errors.ts";
import { referrersTag, referrersTagSubject } from "./referrers.ts";
import { AT, describe, DESCRIPTOR, playRepository } from "./fakes_test.ts";

const TAGS = `GET ${AT}/tags/list?n=1000`;
const page = (tags: unknown, next?: string) => ({
  body: JSON.stringify({ name: "acme/notes", tags }),
  ...(next === undefined ? {} : { headers: { link: `<${next}>; rel="next"` } }),
});

Deno.test("tags are listed page by page, each once", () =>
  playRepository([
    [TAGS, page(["a", "b"], "/v2/acme/notes/tags/list?n=2&last=b")],
    [`GET ${AT}/tags/list?n=2&last=b`, page(["b", "c"])],
  ], async (repository) => {
    const list = await repository.tags();
    assertEquals(list, { tags: ["a", "b", "c"], isComplete: true });
  }));

Deno.test("a repository without tags has none, however that is said", async (t) => {
  for (
    const tags of [null, [], undefined, "no", [
      5,
      "x".repeat(129),
      "\u001b[2J",
      "ü",
      "",
    ]]
  ) {
    await t.step(
      JSON.stringify(tags) ?? "nothing",
      () =>
        playRepository([[TAGS, page(tags)]], async (repository) => {
          const list = await repository.tags();
          assertEquals(list, { tags: [], isComplete: true });
        }),
    );
  }
});

Deno.test("a limit ends the listing, and says that there is more", () =>
  playRepository([
    [`GET ${AT}/tags/list?n=2`, page(["a", "b", "c"], "/never")],
  ], async (repository) => {
    const list = await repository.tags({ limit: 2 });
    assertEquals(list, { tags: ["a", "b"], isComplete: false });
  }));

Deno.test("a next page on another origin is not visited", async (t) => {
  for (const next of ["https://evil.example/x", "http://r.example/x"]) {
    await t.step(
      next,
      () =>
        playRepository([[TAGS, page(["a"], next)]], async (repository) => {
          const error = await assertRejects(
            () => repository.tags(),
            NetworkDeniedError,
          );
          assertEquals(error.purpose, "link");
        }),
    );
  }
});

Deno.test("pages that go round in circles end", () =>
  playRepository([
    [TAGS, page(["a"], "/v2/acme/notes/tags/list?n=1000")],
  ], async (repository) => {
    assertEquals((await repository.tags()).tags, ["a"]);
  }));

Deno.test("a listing that is a web page is said to be one", () =>
  playRepository([
    [TAGS, { body: "<html>", headers: { "content-type": "text/html" } }],
  ], async (repository) => {
    const error = await assertRejects(() => repository.tags(), RegistryError);
    assertEquals(error.code, "REGISTRY_RESPONSE_INVALID");
  }));

const SIGNATURE = { ...await describe("sig"), artifactType: "sig/v1" };
const SBOM = { ...await describe("sbom"), artifactType: "sbom/v1" };
const index = (manifests: unknown) => ({
  body: JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }),
  headers: { "content-type": OCI_INDEX },
});
const REFERRERS = `GET ${AT}/referrers/${DESCRIPTOR.digest}`;
const FALLBACK = `GET ${AT}/manifests/${DESCRIPTOR.digest.replace(":", "-")}`;

Deno.test("referrers are listed, page by page", () =>
  playRepository([
    [REFERRERS, {
      ...index([SIGNATURE]),
      headers: { link: '</v2/next>; rel="next"' },
    }],
    ["GET https://r.example/v2/next", index([SBOM])],
  ], async (repository) => {
    const found = await repository.referrers(DESCRIPTOR.digest);
    assertEquals(found, [SIGNATURE, SBOM]);
  }));

Deno.test("referrers of one kind are asked for, and picked out where the registry does not", () =>
  playRepository([
    [`${REFERRERS}?artifactType=sig%2Fv1`, index([SIGNATURE, SBOM])],
  ], async (repository) => {
    const artifactType = "sig/v1";
    const found = await repository.referrers(DESCRIPTOR.digest, {
      artifactType,
    });
    assertEquals(found, [SIGNATURE]);
  }));

Deno.test("where a registry lists no referrers, the fallback tag is read", async (t) => {
  for (const status of [400, 404, 405, 406, 501]) {
    await t.step(String(status), () =>
      playRepository([
        [REFERRERS, { status }],
        [FALLBACK, index([SIGNATURE])],
      ], async (repository) => {
        const found = await repository.referrers(DESCRIPTOR.digest);
        assertEquals(found, [SIGNATURE]);
      }));
  }
});

Deno.test("neither the interface nor the tag means no referrers", () =>
  playRepository([
    [REFERRERS, { status: 404 }],
    [FALLBACK, { status: 404 }],
  ], async (repository) => {
    assertEquals(await repository.referrers(DESCRIPTOR.digest), []);
  }));

Deno.test("a refusal is not taken for no referrers", () =>
  playRepository([[REFERRERS, { status: 403 }]], async (repository) => {
    const error = await assertRejects(
      () => repository.referrers(DESCRIPTOR.digest),
      RegistryError,
    );
    assertEquals(error.code, "REGISTRY_AUTH");
  }));

Deno.test("a tag that keeps referrers is recognised", () => {
  const { digest } = DESCRIPTOR;
  const tag = digest.replace(":", "-");
  assertEquals(referrersTag(digest), tag);
  const long = parseDigest(`sha512:${"ab".repeat(64)}`);
  assertEquals(referrersTag(long), `sha512-${"ab".repeat(32)}`);
  const table = [
    [tag, digest],
    [`${tag}.sig`, digest],
    [`${tag}.att`, digest],
    ["sha256-short", undefined],
    ["v1", undefined],
    [`${tag}-x`, undefined],
  ] as const;
  assertEquals(
    table.map(([text]) => referrersTagSubject(text)),
    table.map(([, subject]) => subject),
  );
});

Deno.test("an endless listing ends", async () => {
  const steps: Step[] = Array.from({ length: 200 }, (_, at) => [
    at === 0 ? TAGS : `GET ${AT}/tags/list?last=${at}`,
    page([`t${at}`], `/v2/acme/notes/tags/list?last=${at + 1}`),
  ]);
  await playRepository(steps, async (repository) => {
    const list = await repository.tags();
    assertEquals(list.tags.length, 200);
    assertEquals(list.isComplete, false);
  });
});

Deno.test("a listing that is much too large ends, however few entries it has", async () => {
  const padding = "x".repeat(4_000_000);
  const steps: Step[] = Array.from({ length: 9 }, (_, at) => [
    at === 0 ? REFERRERS : `GET https://r.example/v2/${at}`,
    {
      ...index([{ ...SIGNATURE, annotations: { padding } }]),
      headers: { link: `</v2/${at + 1}>; rel="next"` },
    },
  ]);
  await playRepository(steps, async (repository) => {
    assertEquals((await repository.referrers(DESCRIPTOR.digest)).length, 9);
  });
});
