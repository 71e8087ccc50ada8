/** Archives that somebody made to do harm. */

import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { join } from "@std/path";
import { fixture, openWorkspace } from "./workspace.ts";

const NAME = "r.example/acme/notes:v1";
const RON =
  `(extensions: (oci: [(name: "notes", registry: "r.example", image: "acme/notes", reference: Tag("v1"))]))`;
const encode = (value: unknown) =>
  new TextEncoder().encode(
    typeof value === "string" ? value : JSON.stringify(value),
  );
const sha256 = (bytes: Uint8Array) =>
  createHash("sha256").update(bytes).digest("hex");
const NOTES = await fixture("notes");

/** One entry of a tar archive; what is said of it may be a lie. */
interface Entry {
  readonly name: string;
  readonly content: Uint8Array;
  readonly type?: string;
  readonly link?: string;
  /** The field as it stands there, 12 bytes. */
  readonly size?: Uint8Array;
}

function tarOf(entries: readonly Entry[]): Uint8Array {
  const parts = entries.flatMap(({ name, content, type, link, size }) => {
    const header = new Uint8Array(512);
    header.set(encode(name));
    header.set(encode("0000644\0"), 100);
    const octal = content.byteLength.toString(8).padStart(11, "0");
    header.set(size ?? encode(`${octal}\0`), 124);
    header.set(encode(type ?? "0"), 156);
    header.set(encode(link ?? ""), 157);
    header.set(encode("ustar\x0000"), 257);
    header.fill(0x20, 148, 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.set(encode(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
    const padding = new Uint8Array((512 - content.byteLength % 512) % 512);
    return [header, content, padding];
  });
  return Buffer.concat([...parts, new Uint8Array(1024)]);
}

/** The files of a layout with one image; `change` makes them what they are not. */
function layoutOf(
  {
    module = NOTES,
    layerSize = module.byteLength,
    annotations = {
      "org.opencontainers.image.ref.name": NAME,
    },
  }: {
    readonly module?: Uint8Array;
    readonly layerSize?: number;
    readonly annotations?: Readonly<Record<string, string>>;
  } = {},
) {
  const config = encode({});
  const manifest = encode({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: {
      mediaType: "application/vnd.wasm.config.v0+json",
      digest: `sha256:${sha256(config)}`,
      size: config.byteLength,
    },
    layers: [{
      mediaType: "application/wasm",
      digest: `sha256:${sha256(module)}`,
      size: layerSize,
    }],
  });
  const index = encode({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [{
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest: `sha256:${sha256(manifest)}`,
      size: manifest.byteLength,
      annotations,
    }],
  });
  const blob = (content: Uint8Array): Entry => ({
    name: `blobs/sha256/${sha256(content)}`,
    content,
  });
  return {
    layout: {
      name: "oci-layout",
      content: encode({ imageLayoutVersion: "1.0.0" }),
    } as Entry,
    index: { name: "index.json", content: index } as Entry,
    manifest: blob(manifest),
    config: blob(config),
    module: blob(module),
  };
}

const PLAIN = layoutOf();
const flipped = (content: Uint8Array, at = content.byteLength >> 1) =>
  content.map((byte, i) => i === at ? byte ^ 1 : byte);
const withEntry = (part: keyof typeof PLAIN, change: Partial<Entry>) =>
  Object.values({ ...PLAIN, [part]: { ...PLAIN[part], ...change } });

/** What an import says, and what is there after it. */
async function importing(entries: readonly Entry[]) {
  const work = await openWorkspace();
  await work.write("forge.ron", RON);
  await work.write("images.tar", tarOf(entries));
  const said = await work.forge("cache", "import", "images.tar", "--json");
  const json = JSON.parse(said.out);
  return {
    ...{ ...said, work, json },
    code: json.error?.code ?? json.failed?.[0]?.error.code,
    [Symbol.asyncDispose]: () => work[Symbol.asyncDispose](),
  };
}

Deno.test("the layout that is made bad below is good", async () => {
  await using done = await importing(Object.values(PLAIN));
  assertEquals(done.status, 0, done.err);
  assertEquals(done.json.imported.length, 1);
});

const HUGE = encode("77777777777\0");
const BEYOND = Uint8Array.of(
  0x80,
  0,
  0,
  0,
  0xff,
  255,
  255,
  255,
  255,
  255,
  255,
  255,
);

const REFUSED: readonly (readonly [string, string, readonly Entry[]])[] = [
  [
    "a module that was changed",
    "DIGEST_MISMATCH",
    withEntry("module", { content: flipped(NOTES) }),
  ],
  [
    "a module that is longer",
    "ARCHIVE_INVALID",
    withEntry("module", { content: Uint8Array.of(...NOTES, 0) }),
  ],
  [
    "a module that is shorter",
    "ARCHIVE_INVALID",
    withEntry("module", { content: NOTES.slice(0, -1) }),
  ],
  [
    "a manifest that was changed",
    "DIGEST_MISMATCH",
    withEntry("manifest", {
      content: encode(
        new TextDecoder().decode(PLAIN.manifest.content).replace(
          "application/wasm",
          "application/WASM",
        ),
      ),
    }),
  ],
  [
    "a module that is there twice, the second another",
    "DIGEST_MISMATCH",
    [...Object.values(PLAIN), { ...PLAIN.module, content: flipped(NOTES) }],
  ],
  [
    "a module that is a link to a file of this machine",
    "REGISTRY_NOT_FOUND",
    withEntry("module", {
      content: new Uint8Array(),
      type: "2",
      link: "/etc/passwd",
    }),
  ],
  [
    "a module that is a hard link",
    "REGISTRY_NOT_FOUND",
    withEntry("module", {
      content: new Uint8Array(),
      type: "1",
      link: "../../forge.ron",
    }),
  ],
  [
    "a file of eight gigabytes",
    "ARCHIVE_INVALID",
    withEntry("module", { size: HUGE }),
  ],
  [
    "a file of more bytes than there are numbers",
    "ARCHIVE_INVALID",
    withEntry("module", { size: BEYOND }),
  ],
  [
    "a layer that claims a terabyte",
    "TOO_LARGE",
    Object.values(layoutOf({ layerSize: 2 ** 40 })),
  ],
  [
    "an index without end",
    "ARCHIVE_INVALID",
    withEntry("index", { content: new Uint8Array(5 * 1024 * 1024).fill(0x20) }),
  ],
  [
    "something else than a module",
    "WASM_INVALID",
    Object.values(layoutOf({ module: encode("#!/bin/sh\necho hello\n") })),
  ],
];

for (const [what, code, entries] of REFUSED) {
  Deno.test(`an archive with ${what} is refused, and nothing is cached`, async () => {
    await using done = await importing(entries);
    assertEquals([done.status, done.code], [1, code], done.err);
    assertEquals(
      done.work.cached().filter((name) => !name.startsWith(".")),
      [],
    );
  });
}

Deno.test("names that lead out of the archive write nothing anywhere", async () => {
  const names = ["../escape.wasm", "/tmp/escape.wasm", "blobs/../../escape"];
  await using done = await importing([
    ...names.map((name): Entry => ({ name, content: NOTES })),
    ...Object.values(PLAIN),
  ]);
  assertEquals(done.status, 0, done.err);
  assertEquals(
    [...Deno.readDirSync(done.work.root)].map(({ name }) => name).sort(),
    [".forge", "forge.ron", "images.tar"],
  );
  const above = [...Deno.readDirSync(join(done.work.root, ".."))];
  assertFalse(above.some(({ name }) => name.startsWith("escape")));
});

Deno.test("the name of an image cannot speak to the terminal", async () => {
  const evil = "\x1b]0;owned\x07\x1b[2Jacme/notes";
  const annotations = {
    "forgepoint.extension.registry": "r.example",
    "forgepoint.extension.image": evil,
    "forgepoint.extension.reference": "v1\x1b[31m",
  };
  await using done = await importing(Object.values(layoutOf({ annotations })));
  const { work } = done;
  const imported = await work.forge("cache", "import", "images.tar");
  const list = await work.forge("cache", "list");
  const prune = await work.forge("cache", "prune");
  for (const { out, err } of [done, imported, list, prune]) {
    const said = out + err;
    assertFalse(said.includes("\x1b"), JSON.stringify(said));
    assertFalse(said.includes("\x07"), JSON.stringify(said));
  }
  assertStringIncludes(list.out + list.err, "acme/notes");
});
