/** Layers that are bombs, riddles, or not what they say. */

import { gzipBytes, tarLayer } from "../../src/testing/layers.ts";
import { joinBytes } from "../../src/testing/store.ts";
import type { Registry } from "../../src/testing/mod.ts";
import {
  GREETER,
  openScene,
  playRecovery,
  playRefusal,
  type Refusal,
} from "./scene.ts";

const MIB = 1024 * 1024;
const TAR_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip";

function repeat(bytes: Uint8Array, times: number): Uint8Array {
  return joinBytes(new Array<Uint8Array>(times).fill(bytes));
}

/** A tar that another part can follow. */
async function openTar(path: string, bytes: Uint8Array): Promise<Uint8Array> {
  return (await tarLayer([{ path, bytes }])).subarray(0, -1024);
}

/** A tar of one link (POSIX.1-2017, pax, "ustar Interchange Format"). */
async function tarOfLink(path: string, target: string): Promise<Uint8Array> {
  const tar = await tarLayer([{ path, bytes: new Uint8Array() }]);
  const symbolicLink = "2";
  tar.set(new TextEncoder().encode(symbolicLink + target), 156);
  tar.fill(0x20, 148, 156);
  const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  const text = `${sum.toString(8).padStart(6, "0")}\0 `;
  tar.set(new TextEncoder().encode(text), 148);
  return tar;
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
    name:
      "a link in a tar that leads to a file of this machine is not followed",
    async push(registry) {
      const tar = await tarOfLink("extension.wasm", "/etc/passwd");
      pushLayer(registry, gzipBytes(tar));
    },
    code: "ARTIFACT_NO_MODULE",
    says: "Failed to pull OCI image",
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
];

for (const { name, push, ...refusal } of HOSTILE) {
  Deno.test(name, async () => {
    await using scene = await openScene({ push: false });
    await push(scene.registry);
    await playRefusal(scene, { ...refusal, isLasting: true });
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
