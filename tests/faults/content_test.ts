/** Images that are bombs, riddles, or not what they say. */

import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { gzipBytes, tarLayer } from "../../src/testing/layers.ts";
import { joinBytes } from "../../src/testing/store.ts";
import type { Descriptor, Registry } from "../../src/testing/mod.ts";
import { forgeRon, ociEntry } from "../cli/workspace.ts";
import {
  assertNothingLeft,
  GREETER,
  openScene,
  playRecovery,
  playRefusal,
  type Refusal,
} from "./scene.ts";

const MIB = 1024 * 1024;
const TAR_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip";
const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
const WASM_PLATFORM = { architecture: "wasm", os: "wasi" };

function repeat(bytes: Uint8Array, times: number): Uint8Array {
  return joinBytes(new Array<Uint8Array>(times).fill(bytes));
}

/** A tar that another part can follow. */
async function openTar(path: string, bytes: Uint8Array): Promise<Uint8Array> {
  return (await tarLayer([{ path, bytes }])).subarray(0, -1024);
}

function pushLayer(
  registry: Registry,
  content: Uint8Array,
  mediaType = TAR_GZIP,
): void {
  registry.image("acme/greeter", "v1", { layers: [{ mediaType, content }] });
}

function pushManifest(registry: Registry, layers: readonly object[]): void {
  registry.putManifest("acme/greeter", "v1", {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: {
      mediaType: "application/vnd.oci.empty.v1+json",
      digest: `sha256:${"b".repeat(64)}`,
      size: 2,
    },
    layers,
  });
}

/** So many MiB of zeros in frames of one block of equal bytes each (RFC 8878, sections 3.1.1 and 3.1.1.2.2). */
function zstdZeros(mebibytes: number): Uint8Array {
  const block = 128 * 1024;
  const header = (block << 3) | 0b010 | 1;
  const frame = Uint8Array.of(
    ...[0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38],
    ...[header & 255, (header >> 8) & 255, header >> 16, 0],
  );
  return repeat(frame, mebibytes * MIB / block);
}

/** Images that are refused, whoever sends them. */
const HOSTILE: readonly (Refusal & {
  readonly name: string;
  readonly push: (registry: Registry) => Promise<void> | void;
})[] = [
  {
    name: "a gzip bomb is refused once it has unpacked to the limit",
    push: (registry) =>
      pushLayer(registry, repeat(gzipBytes(new Uint8Array(32 * MIB)), 33)),
    code: "TOO_LARGE",
    says: "Cannot unpack layer",
  },
  {
    name: "a tar bomb of very many entries is refused",
    async push(registry) {
      const part = gzipBytes(
        repeat(await openTar("a", new Uint8Array()), 50_000),
      );
      pushLayer(registry, repeat(part, 6));
    },
    code: "TOO_LARGE",
    says: "its tar has more than 250000 entries",
  },
  {
    name: "a tar that ends inside of the module is refused",
    async push(registry) {
      const tar = await openTar("extension.wasm", GREETER);
      pushLayer(registry, gzipBytes(tar.subarray(0, 600)));
    },
    code: "ARTIFACT_UNSUPPORTED",
    says: "tar",
  },
  {
    name: "a gzip that ends too early is refused",
    async push(registry) {
      const layer = gzipBytes(
        await tarLayer([
          { path: "extension.wasm", bytes: GREETER },
        ]),
      );
      pushLayer(registry, layer.subarray(0, -9));
    },
    code: "ARTIFACT_UNSUPPORTED",
    says: "gzip",
  },
  {
    name: "a module under a path that leads out of the image is not taken",
    async push(registry) {
      const tar = await openTar("../../extension.wasm", GREETER);
      pushLayer(
        registry,
        gzipBytes(joinBytes([tar, new Uint8Array(1024)])),
      );
    },
    code: "ARTIFACT_NO_MODULE",
    says: "Failed to pull OCI image",
  },
  {
    name: "an index that leads back to itself is refused",
    push(registry) {
      const entry = {
        mediaType: OCI_INDEX,
        digest: `sha256:${"a".repeat(64)}`,
        size: 300,
        platform: WASM_PLATFORM,
      } as Descriptor;
      registry.index("acme/greeter", "v1", [entry]);
      registry.putManifest("acme/greeter", entry.digest, {
        schemaVersion: 2,
        mediaType: OCI_INDEX,
        manifests: [entry],
      });
    },
    code: "DIGEST_MISMATCH",
    says: `sha256:${"a".repeat(64)}`,
  },
  {
    name: "indexes that go on for ever are followed three deep",
    push(registry) {
      let entry = {
        ...registry.image("acme/greeter", "x", {
          layers: [{ mediaType: "application/wasm", content: GREETER }],
        }).manifest,
        platform: WASM_PLATFORM,
      };
      for (let depth = 0; depth < 5; depth++) {
        entry = {
          ...registry.index("acme/greeter", "v1", [entry]),
          platform: WASM_PLATFORM,
        };
      }
    },
    code: "MANIFEST_INVALID",
    says: "more than 3 deep",
  },
  {
    name: "an index of a thousand attestations has no module",
    push(registry) {
      const { manifest } = registry.image("acme/greeter", "x", { layers: [] });
      const entry = {
        ...manifest,
        platform: { architecture: "unknown", os: "unknown" },
        annotations: { "vnd.docker.reference.type": "attestation-manifest" },
      };
      registry.index("acme/greeter", "v1", new Array(1000).fill(entry));
    },
    code: "ARTIFACT_NO_MODULE",
    says: "Failed to pull OCI image",
  },
  {
    name: "a layer whose size is no number is refused",
    push: (registry) =>
      pushManifest(registry, [{
        mediaType: "application/wasm",
        digest: `sha256:${"c".repeat(64)}`,
        size: 1e300,
      }]),
    code: "MANIFEST_INVALID",
    says: "size",
  },
  {
    name: "a layer whose digest is none is refused",
    push: (registry) =>
      pushManifest(registry, [{
        mediaType: "application/wasm",
        digest: "sha256:../../etc/passwd",
        size: 10,
      }]),
    code: "MANIFEST_INVALID",
    says: "digest",
  },
  {
    name: "a layer that the registry lost is said to be missing",
    push: (registry) =>
      pushManifest(registry, [{
        mediaType: "application/wasm",
        digest: `sha256:${"c".repeat(64)}`,
        size: 10,
      }]),
    code: "REGISTRY_NOT_FOUND",
    says: "does not have it",
  },
  {
    name: "a layer of a petabyte is refused before it is asked for",
    push: (registry) =>
      pushManifest(registry, [{
        mediaType: "application/wasm",
        digest: registry.putBlob(GREETER),
        size: 10 ** 15,
      }]),
    code: "TOO_LARGE",
    says: "it is said to have 1000000000000000 bytes",
  },
  {
    name: "ten thousand layers are refused",
    push: (registry) =>
      pushManifest(
        registry,
        new Array(10_000).fill({
          mediaType: "application/wasm",
          digest: `sha256:${"c".repeat(64)}`,
          size: 10,
        }),
      ),
    code: "MANIFEST_INVALID",
    says: "layers has 10000 entries",
  },
  {
    name: "a manifest without layers has no module",
    push: (registry) => pushManifest(registry, []),
    code: "ARTIFACT_NO_MODULE",
    says: "it has no layers",
  },
  {
    name: "a layer of a negative size is refused",
    push: (registry) =>
      pushManifest(registry, [{
        mediaType: "application/wasm",
        digest: `sha256:${"c".repeat(64)}`,
        size: -1,
      }]),
    code: "MANIFEST_INVALID",
    says: "size",
  },
  {
    name: "a layer under a digest that nobody should use is refused",
    push: (registry) =>
      pushManifest(registry, [{
        mediaType: "application/wasm",
        digest: `md5:${"c".repeat(32)}`,
        size: 10,
      }]),
    code: "MANIFEST_INVALID",
    says: "md5",
  },
  {
    name: "a place that a layer names for itself is not visited",
    push: (registry) =>
      pushManifest(registry, [{
        mediaType: "application/wasm",
        digest: `sha256:${"c".repeat(64)}`,
        size: 10,
        urls: ["http://169.254.169.254/latest/meta-data/"],
      }]),
    code: "REGISTRY_NOT_FOUND",
    says: "does not have it",
  },
  {
    name: "an empty file under the name of a module is none",
    async push(registry) {
      pushLayer(
        registry,
        gzipBytes(
          await tarLayer([
            { path: "extension.wasm", bytes: new Uint8Array() },
          ]),
        ),
      );
    },
    code: "WASM_INVALID",
    says: "it is empty",
  },
  {
    name: "a zstd bomb is refused once it has unpacked to the limit",
    push: (registry) =>
      pushLayer(registry, zstdZeros(1100), `${TAR_GZIP.slice(0, -4)}zstd`),
    code: "TOO_LARGE",
    says: "Cannot unpack layer",
  },
  {
    name: "two modules of which none is meant are listed without their tricks",
    async push(registry) {
      const bytes = GREETER;
      pushLayer(
        registry,
        gzipBytes(
          await tarLayer([
            { path: "a\u001b[2J.wasm", bytes },
            { path: "b\u202e.wasm", bytes },
          ]),
        ),
      );
    },
    code: "ARTIFACT_AMBIGUOUS",
    says: "Cannot choose among 2 modules",
  },
  {
    name: "a manifest of another kind of artifact says what was found",
    push: (registry) =>
      void registry.image("acme/greeter", "v1", {
        layers: [{
          mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
          content: gzipBytes(new TextEncoder().encode("a chart, not a tar")),
        }],
      }),
    code: "WASM_INVALID",
    says: "Invalid WASM magic number",
  },
  {
    name: "a manifest that is a list of numbers is refused",
    push: (registry) =>
      void registry.putManifest(
        "acme/greeter",
        "v1",
        "[1, 2, 3]",
        "application/vnd.oci.image.manifest.v1+json",
      ),
    code: "MANIFEST_INVALID",
    says: "Failed to pull OCI image",
  },
];

for (const { name, push, ...refusal } of HOSTILE) {
  Deno.test(name, async () => {
    await using scene = await openScene({ push: false });
    await push(scene.registry);
    await playRefusal(scene, { ...refusal, isLasting: true });
    const { err } = await scene.pull();
    assertFalse(/[\u0000-\u0009\u000b-\u001f\u202e]/.test(err), err);
  });
}

/** Images that look strange and are fine. */
const STRANGE: readonly {
  readonly name: string;
  readonly push: (registry: Registry) => Promise<void> | void;
}[] = [
  {
    name: "a layer of a type that nobody knows is taken for what it holds",
    push: (registry) =>
      pushLayer(registry, GREETER, "application/vnd.example.thing"),
  },
  {
    name: "a module under a name in Unicode is taken",
    async push(registry) {
      const path = "erweiterungen/größe-日本語-🦀.wasm";
      const tar = await tarLayer([{ path, bytes: GREETER }]);
      pushLayer(registry, gzipBytes(tar));
    },
  },
  {
    name: "a config that is not there is not missed",
    push: (registry) =>
      pushManifest(registry, [{
        mediaType: "application/wasm",
        digest: registry.putBlob(GREETER),
        size: GREETER.byteLength,
      }]),
  },
  {
    name:
      "data inside of a descriptor that is not that of its digest is not used",
    push: (registry) =>
      pushManifest(registry, [{
        mediaType: "application/wasm",
        digest: registry.putBlob(GREETER),
        size: GREETER.byteLength,
        data: btoa("something else"),
      }]),
  },
  {
    name: "a media type in control characters is no trouble",
    push: (registry) =>
      pushManifest(registry, [{
        mediaType: "application/\u001b[2Jwasm",
        digest: registry.putBlob(GREETER),
        size: GREETER.byteLength,
      }]),
  },
  {
    name: "layers out of order are told apart by their types",
    push: (registry) =>
      void registry.image("acme/greeter", "v1", {
        layers: [
          { mediaType: "application/json", content: { a: 1 } },
          { mediaType: "application/wasm", content: GREETER },
          { mediaType: "text/plain", content: new TextEncoder().encode("hi") },
        ],
      }),
  },
];

for (const { name, push } of STRANGE) {
  Deno.test(name, async () => {
    await using scene = await openScene({ push: false });
    await push(scene.registry);
    await playRecovery(scene);
  });
}

/** Names that no registry can have; nothing is sent for them. */
const NAMES: readonly {
  readonly name: string;
  readonly image?: string;
  readonly reference?: string;
  readonly says: string;
}[] = [
  {
    name:
      "an image with Unicode in its name is refused before anything is sent",
    image: "acme/größer",
    says: "größer",
  },
  {
    name: "an image whose name is too long is refused before anything is sent",
    image: `acme/${"x".repeat(300)}`,
    says: "255",
  },
  {
    name: "a tag that is too long is refused before anything is sent",
    reference: "v".repeat(129),
    says: "128",
  },
  {
    name: "a tag with Unicode is refused before anything is sent",
    reference: "vérsion",
    says: "vérsion",
  },
  {
    name: "an image that climbs up is refused before anything is sent",
    image: "acme/../../v2/_catalog",
    says: "acme/../../v2/_catalog",
  },
];

for (const { name, image, reference, says } of NAMES) {
  Deno.test(name, async () => {
    await using scene = await openScene();
    const { registry, work } = scene;
    const oci = ociEntry(
      registry,
      "greeter",
      reference ?? "v1",
      image ?? "acme/greeter",
    );
    await work.write("forge.ron", forgeRon({ oci }));
    const { status, err } = await scene.pull();
    assertEquals(status, 2, err);
    assertStringIncludes(err, says);
    assertEquals(registry.requests.length, 0);
    assertNothingLeft(work);
  });
}
