/** Manifests and indexes that are riddles, or not what they say. */

import { gzipBytes } from "../../src/testing/layers.ts";
import type { Descriptor, Registry } from "../../src/testing/mod.ts";
import { GREETER, openScene, playRefusal, type Refusal } from "./scene.ts";

const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
const WASM_PLATFORM = { architecture: "wasm", os: "wasi" };

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

/** Images that are refused, whoever sends them. */
const HOSTILE: readonly (Refusal & {
  readonly name: string;
  readonly push: (registry: Registry) => Promise<void> | void;
})[] = [
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
  });
}
