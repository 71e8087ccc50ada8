/**
 * Somebody who may write to the cache: whatever they change, nothing is
 * accepted that was not signed.
 */

import { assert, assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { join } from "@std/path";
import { openCache } from "../../src/cache/mod.ts";
import type { ForgeError } from "../../src/errors.ts";
import { lookUp } from "../../src/install/look_up.ts";
import { openProject } from "../../src/project/mod.ts";
import { platform } from "../../src/platform/deno.ts";
import { fixture } from "../cli/workspace.ts";
import { newPublisher, openScene, type Scene } from "./scene.ts";

/** The files of the one entry. */
interface Entry {
  readonly wasm: string;
  readonly metadata: string;
  readonly record: string;
}

function entryOf({ workspace, recordPath }: Scene): Entry {
  const record = recordPath();
  const base = record.slice(0, -".signatures.json".length);
  assert(workspace.cached().length === 3);
  return { wasm: `${base}.wasm`, metadata: `${base}.metadata.json`, record };
}

/** What a look into the cache says: `ready`, or why not. */
async function judge(scene: Scene): Promise<string> {
  const project = await openProject({
    platform,
    config: join(scene.workspace.root, "forge.ron"),
    offline: true,
  });
  const [planned] = project.plan.extensions;
  assert(planned?.source === "oci");
  const found = await lookUp(project.plan, planned, {
    cache: openCache(project.plan.cacheDir, platform),
    files: platform.files,
  });
  if (found.kind === "unsigned") return (found.error as ForgeError).code;
  return found.kind;
}

async function signedScene(
  shape: "cncf" | "docker-build" | "docker-buildx-index" | "tar",
): Promise<Scene> {
  const scene = await openScene();
  await scene.push({ shape });
  await scene.sign("v1");
  await scene.configure();
  assertEquals((await scene.pull()).extension.status, "pulled");
  assertEquals(await judge(scene), "ready");
  return scene;
}

/** Makes the metadata fit other bytes, as somebody would who knows what they do. */
async function replaceModule(entry: Entry, bytes: Uint8Array): Promise<void> {
  const metadata = JSON.parse(await Deno.readTextFile(entry.metadata));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  await Deno.writeFile(entry.wasm, bytes);
  await Deno.writeTextFile(
    entry.metadata,
    JSON.stringify({
      ...metadata,
      sha256,
      size_bytes: bytes.byteLength,
      layer_digest: `sha256:${sha256}`,
    }),
  );
}

async function changeRecord(
  { record }: Entry,
  // deno-lint-ignore no-explicit-any -- tests reach for any place in it
  change: (json: any) => void,
): Promise<void> {
  const json = JSON.parse(await Deno.readTextFile(record));
  change(json);
  await Deno.writeTextFile(record, JSON.stringify(json));
}

const toBytes = (base64: string) =>
  Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
const toBase64 = (bytes: Uint8Array) =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

Deno.test("a module that is changed together with its metadata is not what was signed", async () => {
  for (
    const shape of [
      "cncf",
      "docker-build",
      "tar",
      "docker-buildx-index",
    ] as const
  ) {
    await using scene = await signedScene(shape);
    const entry = entryOf(scene);
    const original = await Deno.readFile(entry.wasm);
    const places = [0, 4, 8, original.byteLength >> 1, original.byteLength - 1];
    for (const place of places) {
      const changed = original.slice();
      changed[place]! ^= 1;
      await replaceModule(entry, changed);
      assertEquals(
        await judge(scene),
        "SIGNATURE_CONTENT_MISMATCH",
        `${shape} ${place}`,
      );
    }
    const longer = new Uint8Array(original.byteLength + 1);
    longer.set(original);
    await replaceModule(entry, longer);
    assertEquals(await judge(scene), "SIGNATURE_CONTENT_MISMATCH", shape);
    await replaceModule(entry, original.slice(0, -1));
    assertEquals(await judge(scene), "SIGNATURE_CONTENT_MISMATCH", shape);
    await replaceModule(entry, await fixture("notes"));
    assertEquals(await judge(scene), "SIGNATURE_CONTENT_MISMATCH", shape);
    await replaceModule(entry, original);
    assertEquals(await judge(scene), "ready", shape);
  }
});

Deno.test("a module that is changed alone is damaged, whatever is said of checksums", async () => {
  await using scene = await signedScene("cncf");
  const entry = entryOf(scene);
  const text = await Deno.readTextFile(join(scene.workspace.root, "forge.ron"));
  await scene.workspace.write(
    "forge.ron",
    text.replace("Settings(", "Settings(verify_checksums: false,"),
  );
  const bytes = await Deno.readFile(entry.wasm);
  bytes[20]! ^= 1;
  await Deno.writeFile(entry.wasm, bytes);
  assertEquals(await judge(scene), "damaged");
  const { extension } = await scene.pull("--offline");
  assertEquals([extension.status, extension.code], [
    "skipped",
    "CACHE_CORRUPT",
  ]);
});

Deno.test("no byte of what is stored can be changed so that something else is accepted", async () => {
  await using scene = await signedScene("docker-buildx-index");
  const entry = entryOf(scene);
  const original = await Deno.readFile(entry.record);
  const accepted: number[] = [];
  // A prime, so that the places that are hit lie in every part of every base64 group.
  for (let i = 0; i < original.byteLength; i += 13) {
    const changed = original.slice();
    changed[i]! ^= 1 << (i % 7);
    await Deno.writeFile(entry.record, changed);
    const verdict = await judge(scene);
    if (verdict === "ready") accepted.push(i);
    else assert(/^SIGNATURE_|^MANIFEST_/.test(verdict), `${i}: ${verdict}`);
  }
  // Only what stands around the hint of the key, which nobody reads, says nothing.
  const text = new TextDecoder().decode(original);
  const start = text.indexOf(`"bundle":"`) + 10;
  const bundle = atob(text.slice(start, text.indexOf(`"`, start)));
  const silent = ["verificationMaterial", "dsseEnvelope"].map((key) =>
    start + Math.floor(bundle.indexOf(`"${key}"`) * 4 / 3)
  );
  assertEquals(accepted.filter((i) => i < silent[0]! || i > silent[1]!), []);
});

Deno.test("parts of the record that are swapped, dropped or emptied are refused", async () => {
  const other = await newPublisher();
  await using scene = await signedScene("docker-buildx-index");
  const entry = entryOf(scene);
  const original = await Deno.readTextFile(entry.record);
  const cases: Readonly<
    // deno-lint-ignore no-explicit-any -- tests reach for any place in it
    Record<string, readonly [string, (json: any) => void]>
  > = {
    "no signatures": ["SIGNATURE_MISSING", (json) => json.signatures = []],
    "signatures that are no list": [
      "SIGNATURE_MALFORMED",
      (json) => json.signatures = {},
    ],
    "no manifests": [
      "SIGNATURE_CONTENT_MISMATCH",
      (json) => json.manifests = [],
    ],
    "the index alone": [
      "SIGNATURE_CONTENT_MISMATCH",
      (json) => json.manifests.pop(),
    ],
    "the manifest alone": [
      "SIGNATURE_CONTENT_MISMATCH",
      (json) => json.manifests.shift(),
    ],
    "the manifests in reverse": [
      "SIGNATURE_CONTENT_MISMATCH",
      (json) => json.manifests.reverse(),
    ],
    "a manifest twice": [
      "SIGNATURE_CONTENT_MISMATCH",
      (json) => json.manifests.push(json.manifests[1]),
    ],
    "too many manifests": [
      "SIGNATURE_MALFORMED",
      (json) => json.manifests = Array(9).fill(json.manifests[0]),
    ],
    "no wrapping": [
      "SIGNATURE_CONTENT_MISMATCH",
      (json) => delete json.wrapping,
    ],
    "no config": [
      "SIGNATURE_CONTENT_MISMATCH",
      (json) => delete json.wrapping.config,
    ],
    "another config": [
      "SIGNATURE_CONTENT_MISMATCH",
      (json) => json.wrapping.config = toBase64(new TextEncoder().encode("{}")),
    ],
    "another layer": [
      "SIGNATURE_CONTENT_MISMATCH",
      (json) => json.wrapping.layer = `sha256:${"0".repeat(64)}`,
    ],
    "nothing before the module": [
      "SIGNATURE_CONTENT_MISMATCH",
      (json) => json.wrapping.before = "",
    ],
    "nothing after the module": [
      "SIGNATURE_CONTENT_MISMATCH",
      (json) => json.wrapping.after = "",
    ],
    "another version": ["SIGNATURE_MALFORMED", (json) => json.version = 2],
    "another form": [
      "SIGNATURE_MALFORMED",
      (json) => json.signatures[0].form = "pgp",
    ],
    "a manifest that is longer": [
      "SIGNATURE_CONTENT_MISMATCH",
      (json) =>
        json.manifests[1] = toBase64(
          Uint8Array.of(...toBytes(json.manifests[1]), 0x20),
        ),
    ],
  };
  for (const [name, [code, change]] of Object.entries(cases)) {
    await Deno.writeTextFile(entry.record, original);
    await changeRecord(entry, change);
    assertEquals(await judge(scene), code, name);
  }
  for (const text of ["", "null", "[]", "{", `{"version":1,"version":1}`]) {
    await Deno.writeTextFile(entry.record, text);
    assertEquals(await judge(scene), "SIGNATURE_MALFORMED", text);
  }
  await Deno.writeTextFile(entry.record, " ".repeat(5 * 1024 * 1024));
  assertEquals(await judge(scene), "SIGNATURE_NOT_CACHED");
  await Deno.remove(entry.record);
  assertEquals(await judge(scene), "SIGNATURE_NOT_CACHED");
  await Deno.writeTextFile(entry.record, original);
  await scene.workspace.write("publisher.pub", other.publicPem);
  assertEquals(await judge(scene), "SIGNATURE_UNTRUSTED");
});

Deno.test("the whole entry of another version does not pass for a digest that is pinned", async () => {
  await using scene = await openScene();
  const pinned = await scene.push();
  await scene.sign("v1");
  await scene.push({ tag: "v2", fixture: "notes" });
  await scene.sign("v2");
  await scene.configure({ reference: "v2" });
  await scene.pull();
  const other = entryOf(scene);
  const content = {
    wasm: await Deno.readFile(other.wasm),
    metadata: await Deno.readFile(other.metadata),
    record: await Deno.readFile(other.record),
  };
  await scene.workspace.forge("cache", "clear");
  await scene.configure({ reference: pinned.digest });
  await scene.pull();
  const entry = entryOf(scene);
  await Deno.writeFile(entry.wasm, content.wasm);
  await Deno.writeFile(entry.metadata, content.metadata);
  await Deno.writeFile(entry.record, content.record);
  assertEquals(await judge(scene), "SIGNATURE_CONTENT_MISMATCH");
});

Deno.test("a stored signature is of the content that the metadata names", async () => {
  await using scene = await signedScene("cncf");
  const entry = entryOf(scene);
  const metadata = JSON.parse(await Deno.readTextFile(entry.metadata));
  for (const digest of [`sha256:${"0".repeat(64)}`, null, "nonsense"]) {
    await Deno.writeTextFile(
      entry.metadata,
      JSON.stringify({ ...metadata, content_digest: digest }),
    );
    assertEquals(await judge(scene), "SIGNATURE_CONTENT_MISMATCH");
  }
});

Deno.test("what was tampered with is fetched again online, with a warning", async () => {
  await using scene = await signedScene("cncf");
  const entry = entryOf(scene);
  const original = await Deno.readFile(entry.wasm);
  await replaceModule(entry, await fixture("notes"));
  const offline = await scene.pull("--offline");
  assertEquals(offline.extension.code, "SIGNATURE_CONTENT_MISMATCH");
  assertEquals(offline.status, 1);
  const online = await scene.pull();
  assertEquals(online.extension.status, "pulled");
  assert(online.err.includes("Signature verification failed for"));
  assertEquals(await Deno.readFile(entry.wasm), original);
  assertEquals(await judge(scene), "ready");
});

Deno.test("a registry that serves other bytes than were signed fails, and the cache stays as it was", async () => {
  await using scene = await openScene();
  const { registry, workspace } = scene;
  // Of this shape the config is needed too: it proves the layer.
  const { manifestDigest, layerDigest } = await scene.push({
    shape: "docker-build",
  });
  const manifests = `${registry.origin}/v2/acme/notes/manifests`;
  const manifest = await (await fetch(`${manifests}/v1`)).json();
  await scene.sign("v1");
  await scene.configure();
  const damaged: Readonly<Record<string, readonly [RegExp, string]>> = {
    "the manifest": [/manifests\/v1$/, "DIGEST_MISMATCH"],
    "the layer": [new RegExp(`blobs/${layerDigest}$`), "DIGEST_MISMATCH"],
    "the config": [
      new RegExp(`blobs/${manifest.config.digest}$`),
      "DIGEST_MISMATCH",
    ],
    "the list of referrers": [
      new RegExp(`referrers/${manifestDigest}`),
      "REGISTRY_RESPONSE_INVALID",
    ],
  };
  for (const [name, [path, code]] of Object.entries(damaged)) {
    registry.fault({ match: { path }, action: { kind: "corrupt" } });
    const { extension } = await scene.pull();
    assertEquals([extension.status, extension.code], ["failed", code], name);
    assertEquals(
      workspace.cached().filter((each) => !each.startsWith(".")),
      [],
      name,
    );
    registry.clearFaults();
  }
  assertEquals((await scene.pull()).extension.status, "pulled");
});
