import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { ForgeError } from "../errors.ts";
import {
  type Descriptor,
  type ImageManifest,
  OCI_MANIFEST,
} from "../oci/mod.ts";
import { chooseLayers, noModuleFound } from "./mod.ts";

let count = 0;
function layer(mediaType: string, title?: string, size = 1000): Descriptor {
  count += 1;
  return {
    mediaType,
    digest: `sha256:${String(count).padStart(64, "0")}`,
    size,
    ...(title === undefined
      ? {}
      : { annotations: { "org.opencontainers.image.title": title } }),
  };
}

function image(...layers: Descriptor[]): ImageManifest {
  return {
    kind: "manifest",
    mediaType: OCI_MANIFEST,
    config: layer("application/vnd.oci.empty.v1+json", undefined, 2),
    layers,
    annotations: {},
  };
}

const chosen = (...layers: Descriptor[]) =>
  chooseLayers(image(...layers)).map(({ index }) => index);

const TAR = "application/vnd.oci.image.layer.v1.tar";
const DOCKER = "application/vnd.docker.image.rootfs.diff.tar.gzip";

/** Every shape in which tools publish: the layers, and the order in which to look into them. */
const SHAPES: readonly (readonly [string, Descriptor[], number[]])[] = [
  ["a CNCF Wasm artifact", [layer("application/wasm")], [0]],
  [
    "wasm-to-oci, krustlet and cosign",
    [layer("application/vnd.wasm.content.layer.v1+wasm")],
    [0],
  ],
  [
    "what the original server expects",
    [layer("application/vnd.wasm.module.v1+wasm")],
    [0],
  ],
  [
    "what the original's CI pushes, its config among the layers",
    [
      layer("application/vnd.oci.image.config.v1+json", undefined, 2),
      layer("application/vnd.module.wasm.content.layer.v1+wasm"),
    ],
    [1],
  ],
  [
    "solo.io and Istio, with a large config layer that names WASM",
    [
      layer("application/vnd.module.wasm.config.v1+json"),
      layer("application/vnd.module.wasm.content.layer.v1+wasm"),
    ],
    [1],
  ],
  [
    "old wasmCloud",
    [layer("application/vnd.module.wasm.content.layer.v1+wasm")],
    [0],
  ],
  [
    "runwasi, between layers of files",
    [
      layer(TAR),
      layer("application/vnd.bytecodealliance.wasm.component.layer.v0+wasm"),
    ],
    [1],
  ],
  [
    "older runwasi, modules",
    [layer("application/vnd.w3c.wasm.module.v1+wasm")],
    [0],
  ],
  [
    "older runwasi, components",
    [layer("application/vnd.w3c.wasm.component.v1+wasm")],
    [0],
  ],
  [
    "Spin with one module and data beside it",
    [
      layer("application/vnd.wasm.content.layer.v1+wasm"),
      layer("application/vnd.wasm.content.layer.v1+data"),
      layer("application/vnd.wasm.content.bundle.v1.tar+gzip"),
    ],
    [0],
  ],
  ["oras push of a file without a type", [layer(TAR, "notes.wasm")], [0]],
  [
    "oras push with a readme",
    [layer(TAR, "README.md"), layer(TAR, "notes.wasm")],
    [1],
  ],
  [
    "oras push of two modules, one of them by convention",
    [layer(TAR, "extension.wasm"), layer(TAR, "tests.wasm")],
    [0],
  ],
  [
    "oras push of a file with a wrong type",
    [layer("application/json", "notes.wasm")],
    [0],
  ],
  ["crane append", [layer(DOCKER)], [0]],
  [
    "docker build: the last layer first",
    [layer(DOCKER), layer(DOCKER), layer(DOCKER)],
    [2, 1, 0],
  ],
  ["buildah", [layer(`${TAR}+gzip`)], [0]],
  ["buildkit with zstd", [layer(`${TAR}+zstd`)], [0]],
  ["a media type with parameters", [layer("application/wasm; v=1")], [0]],
  ["a layer without a type", [layer("")], [0]],
];

for (const [name, layers, expected] of SHAPES) {
  Deno.test(`layers are chosen right for ${name}`, () => {
    assertEquals(chosen(...layers), expected);
  });
}

Deno.test("the same layer twice is one candidate", () => {
  const wasm = layer("application/wasm");
  assertEquals(chosen(wasm, wasm), [0]);
});

const AMBIGUOUS: readonly (readonly [string, Descriptor[]])[] = [
  ["a Spin application of several modules", [
    layer("application/vnd.wasm.content.layer.v1+wasm"),
    layer("application/vnd.wasm.content.layer.v1+wasm"),
  ]],
  ["two files of no special name", [
    layer(TAR, "a.wasm"),
    layer(TAR, "b.wasm"),
  ]],
];

for (const [name, layers] of AMBIGUOUS) {
  Deno.test(`${name} is ambiguous, and the error lists them`, () => {
    const error = assertThrows(() => chosen(...layers), ForgeError);
    assertEquals(error.code, "ARTIFACT_AMBIGUOUS");
    for (const { mediaType } of layers) {
      assertStringIncludes(error.message, mediaType);
    }
  });
}

const NONE: readonly (readonly [string, Descriptor[]])[] = [
  ["no layers", []],
  ["only an attestation", [layer("application/vnd.in-toto+json")]],
  ["only a signature", [
    layer("application/vnd.dev.cosign.simplesigning.v1+json"),
  ]],
  ["only layers too small to be a module", [layer(TAR, undefined, 7)]],
  ["only layers of Windows", [
    layer("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"),
  ]],
];

for (const [name, layers] of NONE) {
  Deno.test(`an image with ${name} has no module`, () => {
    const error = assertThrows(() => chosen(...layers), ForgeError);
    assertEquals(error.code, "ARTIFACT_NO_MODULE");
    for (const { mediaType } of layers) {
      assertStringIncludes(error.message, mediaType);
    }
  });
}

Deno.test("what was found in vain is listed", () => {
  const error = noModuleFound(image(layer(TAR)), ["etc/passwd"]);
  assertEquals(error.code, "ARTIFACT_NO_MODULE");
  assertStringIncludes(error.message, `${TAR} (1000 bytes)`);
  assertStringIncludes(error.message, "etc/passwd");
});
