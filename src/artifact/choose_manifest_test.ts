import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { ForgeError } from "../errors.ts";
import {
  type Descriptor,
  type ImageIndex,
  OCI_INDEX,
  OCI_MANIFEST,
} from "../oci/mod.ts";
import { chooseManifest } from "./mod.ts";

let count = 0;
function manifest(
  platform?: string,
  extra: Partial<Descriptor> = {},
): Descriptor {
  count += 1;
  const [os = "", architecture = ""] = platform?.split("/") ?? [];
  return {
    mediaType: OCI_MANIFEST,
    digest: `sha256:${String(count).padStart(64, "0")}`,
    size: 500,
    ...(platform === undefined ? {} : { platform: { os, architecture } }),
    ...extra,
  };
}

function index(...manifests: Descriptor[]): ImageIndex {
  return { kind: "index", mediaType: OCI_INDEX, manifests, annotations: {} };
}

const ATTESTATION = {
  annotations: { "vnd.docker.reference.type": "attestation-manifest" },
};
const AMD64 = { os: "linux", architecture: "amd64" };

/** What an index lists, and the place of the one that is meant. */
const CHOSEN: readonly (readonly [string, Descriptor[], number])[] = [
  ["the only one", [manifest("linux/amd64")], 0],
  ["one without a platform", [manifest()], 0],
  [
    "the one beside an attestation of buildx",
    [manifest("linux/amd64"), manifest("unknown/unknown", ATTESTATION)],
    0,
  ],
  [
    "the one beside an attestation that claims a platform",
    [manifest("wasi/wasm", ATTESTATION), manifest("linux/amd64")],
    1,
  ],
  [
    "wasi/wasm before linux/wasm",
    [manifest("linux/wasm"), manifest("wasi/wasm")],
    1,
  ],
  [
    "linux/wasm before processors",
    [manifest("linux/amd64"), manifest("linux/wasm"), manifest("linux/arm64")],
    1,
  ],
  [
    "preview 1 before preview 2",
    [manifest("wasip2/wasm"), manifest("wasip1/wasm")],
    1,
  ],
  ["wasip2 where nothing else is", [
    manifest("linux/amd64"),
    manifest("wasip2/wasm"),
  ], 1],
  [
    "an artifact type that names WASM",
    [manifest(), manifest(undefined, { artifactType: "application/wasm" })],
    1,
  ],
  [
    "the user's platform",
    [manifest("linux/arm64"), manifest("linux/amd64")],
    1,
  ],
  [
    "a nested index",
    [manifest(undefined, { mediaType: OCI_INDEX })],
    0,
  ],
];

for (const [name, manifests, expected] of CHOSEN) {
  Deno.test(`an index: ${name}`, () => {
    assertEquals(
      chooseManifest(index(...manifests), { platform: AMD64 }),
      manifests[expected],
    );
  });
}

Deno.test("elsewhere than on Linux, Linux on the same processor will do", () => {
  const manifests = [manifest("linux/amd64"), manifest("linux/arm64")];
  const platform = { os: "darwin", architecture: "arm64" };
  assertEquals(chooseManifest(index(...manifests), { platform }), manifests[1]);
});

Deno.test("the same manifest for two platforms is no choice to make", () => {
  const first = manifest("linux/amd64");
  const second = { ...manifest("linux/arm64"), digest: first.digest };
  assertEquals(chooseManifest(index(first, second)).digest, first.digest);
});

Deno.test("several that are as good are ambiguous, and the error lists them", () => {
  for (
    const platforms of [["linux/amd64", "linux/arm64"], [
      "wasi/wasm",
      "wasi/wasm",
    ]]
  ) {
    const manifests = platforms.map((platform) => manifest(platform));
    const error = assertThrows(
      () => chooseManifest(index(...manifests)),
      ForgeError,
    );
    assertEquals(error.code, "ARTIFACT_AMBIGUOUS");
    for (const { digest } of manifests) {
      assertStringIncludes(error.message, digest);
    }
  }
});

Deno.test("an index without images has no module", () => {
  for (
    const manifests of [[], [manifest("unknown/unknown", ATTESTATION)], [
      manifest("linux/amd64", { mediaType: "application/wasm" }),
    ]]
  ) {
    const error = assertThrows(
      () => chooseManifest(index(...manifests)),
      ForgeError,
    );
    assertEquals(error.code, "ARTIFACT_NO_MODULE");
  }
});
