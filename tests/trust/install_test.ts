/** Signatures between a registry and the cache: what comes in, and what comes out again. */

import * as zlib from "node:zlib";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { WasmShape } from "../../src/testing/mod.ts";
import { keylessBundle, keylessSimple } from "./keyless.ts";
import { newPublisher, openScene, type Scene } from "./scene.ts";
import { IDENTITY, ISSUER, Sigstore } from "./sigstore.ts";
import type { Digest } from "../../src/oci/mod.ts";
import type { ImageSignature } from "../../src/trust/mod.ts";
import {
  BUNDLE_V03,
  signatureTag,
  SIMPLE_SIGNING,
} from "../../src/trust/mod.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** Files of the cache without what a running download leaves, by their suffix. */
function suffixes({ workspace }: Scene): string[] {
  return workspace.cached().map((name) => name.slice(64)).sort();
}

/** Puts a finished signature into the registry, as cosign would. */
function attach(
  { registry }: Scene,
  digest: Digest,
  signature: ImageSignature,
): void {
  if (signature.form === "bundle") {
    const { manifest } = registry.image("acme/notes", "signature", {
      artifactType: BUNDLE_V03,
      layers: [{ mediaType: BUNDLE_V03, content: signature.bundle }],
      subject: {
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        digest,
        size: registry.manifest("acme/notes", digest)!.bytes.byteLength,
      },
    });
    assert(manifest.size > 0);
    return;
  }
  registry.image("acme/notes", signatureTag(digest), {
    layers: [{
      mediaType: SIMPLE_SIGNING,
      content: signature.payload,
      annotations: {
        "dev.cosignproject.cosign/signature": signature.signature,
        ...(signature.certificate
          ? { "dev.sigstore.cosign/certificate": signature.certificate }
          : {}),
        ...(signature.logEntry
          ? { "dev.sigstore.cosign/bundle": signature.logEntry }
          : {}),
      },
    }],
  });
}

Deno.test("a signed extension is pulled, and taken from the cache offline, in both forms", async () => {
  for (const legacy of [false, true]) {
    await using scene = await openScene();
    await scene.push();
    await scene.configure();
    await scene.sign("v1", { legacy });
    assertEquals((await scene.pull()).extension.status, "pulled");
    assertEquals(suffixes(scene), [
      ".metadata.json",
      ".signatures.json",
      ".wasm",
    ]);
    const requests = scene.registry.requests.length;
    assertEquals((await scene.pull()).extension.status, "cached");
    assertEquals((await scene.pull("--offline")).extension.status, "cached");
    assertEquals(scene.registry.requests.length, requests);
  }
});

Deno.test("a signature that is cut on its way is fetched again", async () => {
  for (const legacy of [false, true]) {
    await using scene = await openScene();
    await scene.push();
    await scene.configure();
    await scene.sign("v1", { legacy });
    const fault = scene.registry.fault({
      match: { method: "GET", path: /\/blobs\//, nth: 1 },
      action: { kind: "cut", afterBytes: 20 },
    });
    assertEquals((await scene.pull()).extension.status, "pulled");
    assertEquals(fault.hits, 1);
  }
});

Deno.test("a registry without a referrers API keeps bundles under its tag", async () => {
  await using scene = await openScene({ behavior: { referrers: false } });
  await scene.push();
  await scene.configure();
  await scene.sign("v1");
  assertEquals((await scene.pull()).extension.status, "pulled");
  assertEquals((await scene.pull("--offline")).extension.status, "cached");
});

Deno.test("without a signature nothing but manifests is fetched, and nothing is cached", async () => {
  await using scene = await openScene();
  await scene.push();
  await scene.configure();
  const { extension, status } = await scene.pull();
  assertEquals([status, extension.status, extension.code], [
    1,
    "failed",
    "SIGNATURE_MISSING",
  ]);
  assertEquals(scene.workspace.cached(), []);
  assertEquals(
    scene.registry.requests.filter(({ path }) => path.includes("/blobs/")),
    [],
  );
});

Deno.test("the signature of a stranger is refused before the layer is fetched", async () => {
  for (const legacy of [false, true]) {
    await using scene = await openScene();
    const { layerDigest } = await scene.push();
    await scene.configure();
    await scene.sign("v1", { legacy, by: await newPublisher() });
    const { extension } = await scene.pull();
    assertEquals(extension.code, "SIGNATURE_UNTRUSTED");
    assertStringIncludes(extension.message ?? "", "publisher.pub");
    assertEquals(scene.workspace.cached(), []);
    assertEquals(
      scene.registry.requests.some(({ path }) => path.endsWith(layerDigest)),
      false,
    );
  }
});

Deno.test("the signature of another image, under the tag of this one, is refused", async () => {
  await using scene = await openScene();
  const { digest } = await scene.push();
  await scene.push({ tag: "v2", fixture: "notes" });
  const other = await scene.sign("v2", { legacy: true });
  // The registry serves the old signature where that of this image would be.
  const { bytes } = scene.registry.manifest(
    "acme/notes",
    signatureTag(other.digest),
  )!;
  scene.registry.putManifest("acme/notes", signatureTag(digest), bytes);
  await scene.configure();
  assertEquals(
    (await scene.pull()).extension.code,
    "SIGNATURE_SUBJECT_MISMATCH",
  );
  assertEquals(scene.workspace.cached(), []);
});

Deno.test("a tag that is moved to content that is not signed is refused", async () => {
  await using scene = await openScene();
  await scene.push();
  await scene.sign("v1");
  await scene.push({ fixture: "notes" });
  await scene.configure();
  assertEquals((await scene.pull()).extension.code, "SIGNATURE_MISSING");
});

/** Every shape of which there is one module. */
const SHAPES: readonly WasmShape[] = [
  "buildah",
  "cncf",
  "crane-append",
  "docker-build",
  "docker-buildx-index",
  "estargz",
  "forge-ci",
  "forge-server",
  "multi-platform-index",
  "oras-untyped",
  "runwasi",
  "solo",
  "tar",
  // Node 20 reads it, and has nothing that writes it.
  ...(zlib.zstdCompressSync === undefined ? [] : ["tar-zstd"] as const),
  "wasm-to-oci",
  "wasmcloud",
];

Deno.test("an image of every shape is verified again from the cache, offline", async () => {
  for (const shape of SHAPES) {
    await using scene = await openScene();
    const { wasmSha256 } = await scene.push({ shape });
    await scene.sign("v1");
    await scene.configure();
    const pulled = await scene.pull();
    assertEquals(pulled.extension.status, "pulled", `${shape}: ${pulled.err}`);
    const cached = await scene.pull("--offline");
    assertEquals(cached.extension.status, "cached", `${shape}: ${cached.err}`);
    assertEquals(cached.extension.sha256, wasmSha256, shape);
  }
});

Deno.test("of an index either the whole or the chosen manifest may be signed", async () => {
  for (
    const shape of ["docker-buildx-index", "multi-platform-index"] as const
  ) {
    for (const part of ["digest", "manifestDigest"] as const) {
      for (const legacy of [false, true]) {
        await using scene = await openScene();
        const pushed = await scene.push({ shape });
        await scene.sign(pushed[part], { legacy });
        await scene.configure();
        assertEquals(
          (await scene.pull()).extension.status,
          "pulled",
          `${shape} ${part}`,
        );
        assertEquals(
          (await scene.pull("--offline")).extension.status,
          "cached",
          `${shape} ${part}`,
        );
      }
    }
  }
});

Deno.test("a manifest that the index does not name is no part of it, signed or not", async () => {
  await using scene = await openScene();
  const pushed = await scene.push({ shape: "docker-buildx-index" });
  await scene.push({ tag: "other", fixture: "notes" });
  await scene.sign("other");
  await scene.configure({ reference: pushed.digest });
  assertEquals((await scene.pull()).extension.code, "SIGNATURE_MISSING");
});

Deno.test("any of several keys is enough, and its signature may be any of several", async () => {
  await using scene = await openScene();
  await scene.push();
  const second = await newPublisher();
  await scene.workspace.write("second.pub", second.publicPem);
  await scene.sign("v1", { by: await newPublisher(), legacy: true });
  await scene.sign("v1", { by: await newPublisher() });
  await scene.sign("v1", { by: second, legacy: true });
  await scene.configure({
    trust: `Some((keys: ["publisher.pub", "second.pub"]))`,
  });
  assertEquals((await scene.pull()).extension.status, "pulled");
  assertEquals((await scene.pull("--offline")).extension.status, "cached");
});

Deno.test("a policy that is newer than the entry fetches what it needs online, and refuses offline", async () => {
  await using scene = await openScene();
  await scene.push();
  await scene.configure({ trust: "None" });
  assertEquals((await scene.pull()).extension.status, "pulled");
  assertEquals(suffixes(scene), [".metadata.json", ".wasm"]);
  await scene.configure();
  const before = await Deno.readFile(
    `${scene.workspace.cache}/${scene.workspace.cached()[1]}`,
  );
  const offline = await scene.pull("--offline");
  assertEquals([offline.status, offline.extension.code], [
    1,
    "SIGNATURE_NOT_CACHED",
  ]);
  assertEquals((await scene.pull()).extension.code, "SIGNATURE_MISSING");
  assertEquals(suffixes(scene), [".metadata.json", ".wasm"]);
  await scene.sign("v1");
  assertEquals((await scene.pull()).extension.status, "pulled");
  assertEquals(suffixes(scene), [
    ".metadata.json",
    ".signatures.json",
    ".wasm",
  ]);
  assertEquals((await scene.pull("--offline")).extension.status, "cached");
  const after = await Deno.readFile(
    `${scene.workspace.cache}/${scene.workspace.cached()[2]}`,
  );
  assertEquals(after, before);
});

Deno.test("what a tag stood for when it was pulled is what its signature is fetched for", async () => {
  await using scene = await openScene();
  const first = await scene.push();
  await scene.sign("v1");
  await scene.configure({ trust: "None" });
  await scene.pull();
  await scene.push({ fixture: "notes" });
  await scene.configure();
  const { extension } = await scene.pull();
  assertEquals([extension.status, extension.sha256], [
    "pulled",
    first.wasmSha256,
  ]);
});

Deno.test("other keys than the stored signature's are asked of the registry", async () => {
  await using scene = await openScene();
  await scene.push();
  await scene.sign("v1");
  await scene.configure();
  await scene.pull();
  const next = await newPublisher();
  await scene.workspace.write("publisher.pub", next.publicPem);
  assertEquals(
    (await scene.pull("--offline")).extension.code,
    "SIGNATURE_UNTRUSTED",
  );
  const refused = await scene.pull();
  assertEquals(refused.extension.code, "SIGNATURE_UNTRUSTED");
  assertStringIncludes(refused.err, "Signature verification failed for");
  await scene.sign("v1", { by: next });
  assertEquals((await scene.pull()).extension.status, "pulled");
  assertEquals((await scene.pull("--offline")).extension.status, "cached");
});

Deno.test("an extension may be exempted, or trust another key than the others", async () => {
  await using scene = await openScene();
  await scene.push();
  const { host } = scene.registry;
  const write = (own: string) =>
    scene.workspace.write(
      "forge.ron",
      `(extensions: (
        oci: [(name: "notes", registry: "${host}", image: "acme/notes", reference: Tag("v1"), trust: ${own})],
        trust: Some((keys: ["publisher.pub"])),
      ))`,
    );
  await write("Some((required: false))");
  assertEquals((await scene.pull()).extension.status, "pulled");
  const other = await newPublisher();
  await scene.workspace.write("other.pub", other.publicPem);
  await write(`Some((keys: ["other.pub"]))`);
  await scene.sign("v1");
  assertEquals((await scene.pull()).extension.code, "SIGNATURE_UNTRUSTED");
  await scene.sign("v1", { by: other });
  assertEquals((await scene.pull()).extension.status, "pulled");
});

Deno.test("two names for one image with different trust do not take the signature from each other", async () => {
  await using scene = await openScene();
  await scene.push();
  await scene.sign("v1");
  const { host } = scene.registry;
  const entry = (name: string, trust: string) =>
    `(name: "${name}", registry: "${host}", image: "acme/notes", reference: Tag("v1"), trust: ${trust}),`;
  const trusted = `Some((keys: ["publisher.pub"]))`;
  for (
    const [first, second] of [[trusted, "None"], ["None", trusted]] as const
  ) {
    await scene.workspace.write(
      "forge.ron",
      `(extensions: (oci: [${entry("a", first)} ${entry("b", second)}]))`,
    );
    await scene.workspace.forge("cache", "clear");
    const online = (await scene.workspace.forge("pull", "--json")).json();
    assertEquals(online.extensions.map(({ status }) => status), [
      "pulled",
      "pulled",
    ]);
    const offline = (await scene.workspace.forge("pull", "--json", "--offline"))
      .json();
    assertEquals(offline.extensions.map(({ status }) => status), [
      "cached",
      "cached",
    ]);
  }
});

Deno.test("one image that is not signed does not stop the others", async () => {
  await using scene = await openScene();
  await scene.push();
  await scene.push({ image: "acme/other", fixture: "notes" });
  await scene.sign("v1");
  const { host } = scene.registry;
  const entry = (name: string) =>
    `(name: "${name}", registry: "${host}", image: "acme/${name}", reference: Tag("v1")),`;
  await scene.workspace.write(
    "forge.ron",
    `(extensions: (oci: [${entry("other")} ${
      entry("notes")
    }], trust: Some((keys: ["publisher.pub"]))))`,
  );
  const { extensions } = (await scene.workspace.forge("pull", "--json")).json();
  assertEquals(extensions.map(({ status }) => status), ["failed", "pulled"]);
});

Deno.test("an identity is trusted with the root that is given, online and offline", async () => {
  for (const sign of [keylessBundle, keylessSimple]) {
    await using scene = await openScene();
    const sigstore = new Sigstore();
    const { digest } = await scene.push();
    attach(scene, digest, sign(sigstore, digest));
    await scene.workspace.write("root.json", sigstore.trustedRootBytes());
    const trust = (identity: string) =>
      `Some((identities: [(identity: "${identity}", issuer: "${ISSUER}")], trusted_root: Some("root.json")))`;
    await scene.configure({ trust: trust("https://github.com/acme/other/*") });
    assertEquals(
      (await scene.pull()).extension.code,
      "CERTIFICATE_IDENTITY_MISMATCH",
    );
    assertEquals(scene.workspace.cached(), []);
    await scene.configure({ trust: trust(IDENTITY) });
    assertEquals((await scene.pull()).extension.status, "pulled");
    assertEquals((await scene.pull("--offline")).extension.status, "cached");
    await scene.workspace.write("root.json", new Sigstore().trustedRootBytes());
    assertEquals(
      (await scene.pull("--offline")).extension.code,
      "SIGNATURE_LOG_INVALID",
    );
  }
});

Deno.test("files that say whom to trust are needed, and told apart from signatures", async () => {
  await using scene = await openScene();
  await scene.push();
  await scene.sign("v1");
  await scene.configure({ trust: `Some((keys: ["missing.pub"]))` });
  assertEquals((await scene.pull()).extension.code, "FILE_NOT_FOUND");
  await scene.workspace.write("missing.pub", "no key");
  assertEquals((await scene.pull()).extension.code, "TRUST_KEY_INVALID");
  await scene.workspace.write("missing.pub", "x".repeat(100_000));
  assertEquals((await scene.pull()).extension.code, "FILE_UNREADABLE");
  await scene.workspace.write("root.json", "{}");
  await scene.configure({
    trust:
      `Some((identities: [(identity: "a", issuer: "b")], trusted_root: Some("root.json")))`,
  });
  assertEquals((await scene.pull()).extension.code, "TRUST_ROOT_INVALID");
  assertEquals(scene.workspace.cached(), []);
});

Deno.test("a signature that is too large or damaged is not read, and others beside it are", async () => {
  await using scene = await openScene();
  const { digest } = await scene.push();
  const huge = encode(`{"padding":"${"x".repeat(300_000)}"}`);
  attach(scene, digest, { form: "bundle", bundle: huge });
  await scene.configure();
  assertEquals((await scene.pull()).extension.code, "TOO_LARGE");
  await scene.sign("v1");
  assertEquals((await scene.pull()).extension.status, "pulled");
});

Deno.test("an image whose content cannot be proved from the cache is refused with what to do", async () => {
  await using scene = await openScene();
  const { layerDigest } = await scene.push({ shape: "crane-append" });
  // The same layer under a config that says nothing of what is in it.
  scene.registry.image("acme/notes", "v1", {
    layers: [{
      mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
      content: scene.registry.blob(layerDigest)!,
    }],
  });
  await scene.sign("v1");
  await scene.configure();
  const { extension, err } = await scene.pull();
  assertEquals(extension.code, "SIGNATURE_UNSUPPORTED");
  assertStringIncludes(err, "forge publish");
  assertEquals(scene.workspace.cached(), []);
});
