import { assertEquals, assertRejects } from "@std/assert";
import type { ResponseAnswer } from "../http/fakes_test.ts";
import type { Descriptor } from "../oci/mod.ts";
import type { Repository } from "./client.ts";
import { RegistryError } from "./errors.ts";
import { AT, describe, DESCRIPTOR, playRepository } from "./fakes_test.ts";

const CONTENT = "0123456789";
const BLOB = await describe(CONTENT);
const EMPTY = await describe("");
const GET = `GET ${AT}/blobs/${BLOB.digest}`;

async function read(
  repository: Repository,
  descriptor: Descriptor,
  offset = 0,
): Promise<[offset: number, text: string]> {
  const blob = await repository.fetchBlob(descriptor, { offset });
  let text = "";
  for await (const chunk of blob.chunks) {
    text += new TextDecoder().decode(chunk);
  }
  return [blob.offset, text];
}

const partial = (body: string, range: string): ResponseAnswer => ({
  status: 206,
  body,
  headers: { "content-range": range },
});

Deno.test("a blob is fetched from its start", () =>
  playRepository([[GET, { body: CONTENT }]], async (repository, script) => {
    assertEquals(await read(repository, BLOB), [0, CONTENT]);
    assertEquals(script.headers("range"), [null]);
  }));

Deno.test("an empty blob has no chunks", () =>
  playRepository([
    [`GET ${AT}/blobs/${EMPTY.digest}`, {}],
  ], async (repository) => {
    assertEquals(await read(repository, EMPTY), [0, ""]);
  }));

Deno.test("a blob is fetched from the middle where the registry can", () =>
  playRepository([
    [GET, partial("456789", "bytes 4-9/10")],
  ], async (repository, script) => {
    assertEquals(await read(repository, BLOB, 4), [4, "456789"]);
    assertEquals(script.headers("range"), ["bytes=4-"]);
  }));

Deno.test("a total that is not known is no trouble", () =>
  playRepository([
    [GET, partial("456789", "bytes 4-9/*")],
  ], async (repository) => {
    assertEquals(await read(repository, BLOB, 4), [4, "456789"]);
  }));

Deno.test("a registry that ignores Range gives the blob from its start", () =>
  playRepository([[GET, { body: CONTENT }]], async (repository) => {
    assertEquals(await read(repository, BLOB, 4), [0, CONTENT]);
  }));

Deno.test("a part that is not the one that was asked for is not taken", async (t) => {
  const answers: readonly [string, ResponseAnswer][] = [
    ["another start", partial("56789", "bytes 5-9/10")],
    ["another end", partial("4567", "bytes 4-7/10")],
    ["another total", partial("456789", "bytes 4-9/11")],
    ["no Content-Range", { status: 206, body: "456789" }],
    ["an odd Content-Range", partial("456789", "items 4-9/10")],
    ["not satisfiable", { status: 416 }],
  ];
  for (const [name, answer] of answers) {
    await t.step(name, () =>
      playRepository([
        [GET, answer],
        [GET, { body: CONTENT }],
      ], async (repository, script) => {
        assertEquals(await read(repository, BLOB, 4), [0, CONTENT]);
        assertEquals(script.headers("range"), ["bytes=4-", null]);
      }));
  }
});

Deno.test("the storage that holds a blob does not see the credentials", () =>
  playRepository([
    [GET, { status: 307, headers: { location: "https://s3.example/x?sig=1" } }],
    ["GET https://s3.example/x?sig=1", partial("456789", "bytes 4-9/10")],
  ], async (repository, script) => {
    assertEquals(await read(repository, BLOB, 4), [4, "456789"]);
    assertEquals(script.headers("range"), ["bytes=4-", "bytes=4-"]);
  }));

Deno.test("a web page in place of a blob is told from one", () =>
  playRepository([
    [GET, { body: "<html>", headers: { "content-type": "text/html" } }],
  ], async (repository) => {
    const error = await assertRejects(
      () => read(repository, BLOB),
      RegistryError,
    );
    assertEquals(error.code, "REGISTRY_RESPONSE_INVALID");
  }));

Deno.test("whether content is there is asked where its kind is kept", () =>
  playRepository([
    [`HEAD ${AT}/blobs/${BLOB.digest}`, { status: 200 }],
    [`HEAD ${AT}/blobs/${EMPTY.digest}`, { status: 404 }],
    [`HEAD ${AT}/manifests/${DESCRIPTOR.digest}`, { status: 200 }],
  ], async (repository) => {
    assertEquals(await repository.exists(BLOB), true);
    assertEquals(await repository.exists(EMPTY), false);
    assertEquals(await repository.exists(DESCRIPTOR), true);
  }));

Deno.test("a registry that will not say whether content is there is an error", () =>
  playRepository([
    [`HEAD ${AT}/blobs/${BLOB.digest}`, { status: 400 }],
  ], async (repository) => {
    await assertRejects(() => repository.exists(BLOB), RegistryError);
  }));
