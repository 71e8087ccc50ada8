import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { ForgeError } from "../errors.ts";
import { digestBytes, parseManifest, verifyBytes } from "../oci/mod.ts";
import { buildArtifact, chooseLayers } from "./mod.ts";

const read = (name: string) =>
  Deno.readFile(new URL(`../../tests/fixtures/${name}.wasm`, import.meta.url));
const json = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes));

Deno.test("a built image is found again by those who pull", async () => {
  const wasm = await read("notes");
  const artifact = await buildArtifact(wasm, {
    title: "notes.wasm",
    annotations: { "z": "last", "a": "first" },
  });
  for (const { descriptor, bytes } of Object.values(artifact)) {
    await verifyBytes(bytes, descriptor);
  }
  const manifest = parseManifest(artifact.manifest.bytes);
  if (manifest.kind !== "manifest") throw new Error("an index");
  assertEquals(manifest.config, artifact.config.descriptor);
  assertEquals(Object.keys(manifest.annotations), ["a", "z"]);
  const [candidate, ...others] = chooseLayers(manifest);
  assertEquals(others, []);
  assertEquals(candidate?.descriptor, artifact.layer.descriptor);
  assertEquals(candidate?.title, "notes.wasm");
});

Deno.test("the config says what the Wasm artifact layout wants", async () => {
  const wasm = await read("notes");
  const created = new Date("2025-06-01T10:00:00Z");
  const { config, manifest } = await buildArtifact(wasm, {
    title: "notes.wasm",
    created,
    author: "Ann",
  });
  assertEquals(json(config.bytes), {
    created: "2025-06-01T10:00:00Z",
    author: "Ann",
    architecture: "wasm",
    os: "wasip1",
    layerDigests: [await digestBytes(wasm)],
  });
  assertEquals(json(manifest.bytes).annotations, {
    "org.opencontainers.image.created": "2025-06-01T10:00:00Z",
  });
  const component = await buildArtifact(await read("component"), {
    title: "component.wasm",
  });
  const said = json(component.config.bytes);
  assertEquals([said.os, said.component], [
    "wasip2",
    { exports: [], imports: [] },
  ]);
});

Deno.test("equal modules make equal images, others do not", async () => {
  const digest = async (name: string, options = { title: "notes.wasm" }) =>
    (await buildArtifact(await read(name), options)).manifest.descriptor.digest;
  assertEquals(await digest("notes"), await digest("notes"));
  assertNotEquals(await digest("notes"), await digest("greeter"));
  assertNotEquals(
    await digest("notes"),
    await digest("notes", { title: "other.wasm" }),
  );
});

Deno.test("what is not WASM is not published", async () => {
  const error = await assertRejects(
    () => buildArtifact(new Uint8Array(100), { title: "x.wasm" }),
    ForgeError,
  );
  assertEquals(error.code, "WASM_INVALID");
});
