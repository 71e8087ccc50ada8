/** `forge inspect`: files, extensions and images, sound and not. */

import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { pushWasm, startRegistry } from "../../src/testing/mod.ts";
import { SHAPES, type WasmShape } from "../../src/testing/wasm_shapes.ts";
import { fixture, forgeRon, ociEntry, openWorkspace } from "./workspace.ts";

/** What `inspect --json` prints. */
interface Document {
  readonly ok: boolean;
  readonly source: string;
  readonly subject: string;
  readonly kind: string;
  readonly world?: string;
  readonly worldVersion?: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly memory?: { readonly min: number };
  readonly producers: readonly { readonly name: string }[];
  readonly runs: boolean;
  readonly problem?: {
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
  };
  readonly imports: readonly { readonly module: string }[];
  readonly exports: readonly { readonly name: string }[];
  readonly modules: readonly { readonly sizeBytes: number }[];
  readonly manifestDigest?: string;
  readonly layerDigest?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly manifest?: { readonly layers: readonly unknown[] };
  readonly error?: { readonly code: string };
}

Deno.test("a file is told with its kind, world, memory, imports and exports", async () => {
  await using work = await openWorkspace();
  await work.write("notes.wasm", await fixture("tracker"));
  const { status, out, err } = await work.forge("inspect", "notes.wasm");
  assertEquals(status, 0, err);
  assertEquals(err, "");
  const [first] = out.split("\n");
  assertEquals(first, `file      ${join(work.root, "notes.wasm")}`);
  for (
    const line of [
      /^kind +core module$/m,
      /^world +forge:extension@0\.2\.0$/m,
      /^memory +1\.1 MiB, no maximum$/m,
      /^size +141 KiB \(144194 bytes\)$/m,
      /^sha256 +[0-9a-f]{64}$/m,
      /^runs +yes$/m,
      /^ {2}wasi_snapshot_preview1 fd_write +\(i32, i32, i32, i32\) -> \(i32\)$/m,
      /^ {2}memory +memory$/m,
    ]
  ) assertMatch(out, line);
});

Deno.test("a component is told with what is inside", async () => {
  await using work = await openWorkspace();
  await work.write("a.wasm", await fixture("world_component"));
  const { out } = await work.forge("inspect", "./a.wasm", "--json");
  const document: Document = JSON.parse(out);
  assertEquals(document.kind, "component");
  assertEquals(document.world, "forge:extension");
  assertEquals(document.worldVersion, "0.2.0");
  assertEquals(document.runs, true);
  assertEquals(document.modules.length, 3);
  assertEquals(document.producers[0]?.name, "wit-component");
});

Deno.test("what could not be loaded is told, and why", async () => {
  await using work = await openWorkspace();
  await work.write("bad", await fixture("bad_import"));
  const { status, out } = await work.forge("inspect", "./bad", "--json");
  assertEquals(status, 0);
  const document: Document = JSON.parse(out);
  assertEquals(document.runs, false);
  assertEquals(document.problem?.code, "WASM_UNSUPPORTED");
  assertStringIncludes(document.problem?.message ?? "", `"env" "evil"`);
  const text = (await work.forge("inspect", "./bad")).out;
  assertMatch(text, /^runs +no: Cannot load \.\/bad: it imports/m);
});

Deno.test("what is no module is named with the file that it is", async () => {
  await using work = await openWorkspace();
  const files = { empty: [], gzip: [0x1f, 0x8b, 8, 0, 0, 0, 0, 0], wat: [40] };
  await work.write(
    "forge.ron",
    forgeRon({ local: `(name: "a", path: "gzip")` }),
  );
  for (const [name, bytes] of Object.entries(files)) {
    await work.write(name, new Uint8Array(bytes));
    const { status, err } = await work.forge("inspect", `./${name}`);
    assertEquals(status, 1);
    assertMatch(err, new RegExp(`^error: Cannot load \\./${name}: `));
  }
  const { err } = await work.forge("inspect", "a");
  assertMatch(err, /^error: Cannot use ".*gzip" of a: Invalid WASM magic/);
});

Deno.test("a limit that is in the way is named as forge.ron has it", async () => {
  await using work = await openWorkspace();
  // A custom section of 2 MiB without a name.
  const section = new Uint8Array(6 + 2 ** 21);
  section.set([0, 0x81, 0x80, 0x80, 0x01]);
  const bytes = new Blob([await fixture("world"), section]);
  await work.write("world.wasm", await bytes.bytes());
  const local = `(name: "world", path: "world.wasm",
    limits: Some((module_mib: Some(1))))`;
  await work.write("forge.ron", forgeRon({ local }));
  const inspected = await work.forge("inspect", "world", "--json");
  const { problem }: Document = JSON.parse(inspected.out);
  assertStringIncludes(problem?.hint ?? "", "limits.module_mib in forge.ron");
  const text = (await work.forge("inspect", "world")).out;
  assertMatch(text, /^hint +Raise limits\.module_mib in forge\.ron/m);
  const called = await work.forge("call", "world", "resolve-field", "count");
  assertEquals(called.status, 1);
  assertStringIncludes(called.err, "Raise limits.module_mib in forge.ron");
});

Deno.test("an extension of forge.ron is looked at in the cache, once it is there", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  const bytes = await fixture("world");
  const pushed = await pushWasm(registry, "acme/notes", "v1", bytes);
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry(registry, "notes", "v1") }),
  );
  const look = async () => {
    const { status, out, err } = await work.forge("inspect", "notes", "--json");
    assertEquals(status, 0, err);
    return JSON.parse(out) as Document;
  };
  const document = await look();
  assertEquals(document.source, "extension");
  assertEquals(document.subject, "notes");
  assertEquals(document.sha256, pushed.wasmSha256);
  assertEquals(document.manifestDigest, pushed.manifestDigest);
  assertEquals(document.layerDigest, pushed.layerDigest);
  registry.requests.clear();
  assertEquals(await look(), document);
  assertEquals(registry.requests.length, 0);
});

// Not every runtime can make a layer of zstd; an application of Spin has several modules.
const shapes = Object.keys(SHAPES)
  .filter((name) => !name.includes("zstd") && name !== "spin");
for (const shape of shapes as WasmShape[]) {
  Deno.test(`an image of the shape ${shape} is looked at, and nothing is kept`, async () => {
    await using registry = await startRegistry();
    await using work = await openWorkspace();
    const bytes = await fixture("world");
    const pushed = await pushWasm(registry, "acme/notes", "v1", bytes, {
      shape,
    });
    const reference = `${registry.host}/acme/notes:v1`;
    const { status, out, err } = await work.forge(
      ...["inspect", reference, "--json"],
    );
    assertEquals(status, 0, err);
    const document: Document = JSON.parse(out);
    assertEquals(document.source, "image");
    assertEquals(document.subject, reference);
    assertEquals(document.sha256, pushed.wasmSha256);
    assertEquals(document.manifestDigest, pushed.manifestDigest);
    assertEquals(document.layerDigest, pushed.layerDigest);
    assert((document.manifest?.layers.length ?? 0) > 0);
    assert(document.annotations !== undefined);
    assertEquals(work.cached(), []);
  });
}

Deno.test("offline no image is asked for", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await pushWasm(registry, "acme/notes", "v1", await fixture("world"));
  const reference = `${registry.host}/acme/notes:v1`;
  const { status, out } = await work.forge(
    ...["inspect", reference, "--offline", "--json"],
  );
  assertEquals(status, 1);
  assertEquals(JSON.parse(out).error.code, "NETWORK_OFFLINE");
  assertEquals(registry.requests.length, 0);
});

Deno.test("an image with several modules is refused as a pull refuses it", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  const bytes = await fixture("world");
  await pushWasm(registry, "acme/app", "v1", bytes, { shape: "spin" });
  const { status, out } = await work.forge(
    ...["inspect", `${registry.host}/acme/app:v1`, "--json"],
  );
  assertEquals(status, 1);
  assertEquals(JSON.parse(out).error.code, "ARTIFACT_AMBIGUOUS");
});

Deno.test("of an image nothing is fetched but its manifest and the layer with the module", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  const bytes = await fixture("world");
  await pushWasm(registry, "acme/notes", "v1", bytes);
  const { status, err } = await work.forge(
    ...["inspect", `${registry.host}/acme/notes:v1`],
  );
  assertEquals(status, 0, err);
  const asked = [...registry.requests].map(({ path }) => path.split("/").at(-2))
    .filter((part) => part === "manifests" || part === "blobs");
  assertEquals(asked.toSorted(), ["blobs", "manifests"]);
});

Deno.test("an image whose layer has other bytes is refused", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await pushWasm(registry, "acme/notes", "v1", await fixture("world"));
  registry.fault({
    match: { path: /\/blobs\// },
    action: { kind: "corrupt" },
  });
  const { status, out } = await work.forge(
    ...["inspect", `${registry.host}/acme/notes:v1`, "--json"],
  );
  assertEquals(status, 1);
  assertEquals(JSON.parse(out).error.code, "DIGEST_MISMATCH");
});

const refusals: readonly (readonly [string, number, string])[] = [
  ["./absent.wasm", 1, "FILE_NOT_FOUND"],
  ["absent.wasm", 1, "FILE_NOT_FOUND"],
  ["./directory", 1, "FILE_UNREADABLE"],
  ["./text.wasm", 1, "WASM_INVALID"],
  ["./cut.wasm", 1, "WASM_INVALID"],
  ["./empty", 1, "WASM_INVALID"],
  ["nobody", 2, "EXTENSION_NOT_FOUND"],
  ["Not A Reference", 2, "REFERENCE_INVALID"],
  ["127.0.0.1:1/acme/notes:v1", 1, "NETWORK_FAILED"],
];

for (const [operand, expected, code] of refusals) {
  Deno.test(`"forge inspect ${operand}" is refused with ${code}`, async () => {
    await using work = await openWorkspace();
    await work.write("directory/file", "");
    await work.write("text.wasm", "(module)");
    await work.write("empty", "");
    await work.write("cut.wasm", (await fixture("world")).subarray(0, 500));
    await work.write("forge.ron", forgeRon({}));
    const { status, out, err } = await work.forge(
      ...["inspect", operand, "--json"],
    );
    assertEquals(JSON.parse(out).error?.code, code, out);
    assertEquals(status, expected);
    assertFalse(/^ {4}at /m.test(err));
  });
}

Deno.test("names of strangers do not reach the terminal as they are", async () => {
  await using work = await openWorkspace();
  // An export named by an escape sequence.
  const name = [0x1b, 0x5b, 0x32, 0x4a];
  const module = [
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 4, 1, 0x60, 0, 0],
    ...[3, 2, 1, 0],
    ...[7, 4 + name.length, 1, name.length, ...name, 0, 0],
    ...[10, 4, 1, 2, 0, 0x0b],
  ];
  await work.write("a.wasm", Uint8Array.from(module));
  const { status, out } = await work.forge("inspect", "a.wasm");
  assertEquals(status, 0);
  assertFalse(out.includes("\x1b"), out);
  assertStringIncludes(out, "\ufffd[2J");
});
