import { assertEquals, assertThrows } from "@std/assert";
import { ForgeError, type ForgeErrorCode } from "../errors.ts";
import {
  type Descriptor,
  MAX_MANIFEST_BYTES,
  parseDescriptor,
  parseManifest,
} from "./manifest.ts";
import {
  DOCKER_MANIFEST,
  DOCKER_MANIFEST_LIST,
  essence,
  isIndexMediaType,
  isManifestMediaType,
  MANIFEST_MEDIA_TYPES,
  OCI_INDEX,
  OCI_MANIFEST,
  WASM_CONFIG,
  WASM_LAYER,
} from "./media_types.ts";

const DIGEST = `sha256:${"a".repeat(64)}` as const;
const CONFIG: Descriptor = { mediaType: WASM_CONFIG, digest: DIGEST, size: 2 };
const LAYER: Descriptor = { mediaType: WASM_LAYER, digest: DIGEST, size: 8 };
const MANIFEST = {
  schemaVersion: 2,
  mediaType: OCI_MANIFEST,
  config: CONFIG,
  layers: [LAYER],
};

function encode(value: unknown): Uint8Array {
  return new TextEncoder().encode(
    typeof value === "string" ? value : JSON.stringify(value),
  );
}

function without(key: keyof typeof MANIFEST): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(MANIFEST).filter(([name]) => name !== key),
  );
}

interface Accepted {
  readonly title: string;
  readonly json: unknown;
  readonly contentType?: string;
  readonly kind: "manifest" | "index";
  readonly mediaType: string;
}

const ACCEPTED: readonly Accepted[] = [
  {
    title: "a manifest that says what it is",
    json: MANIFEST,
    contentType: OCI_MANIFEST,
    kind: "manifest",
    mediaType: OCI_MANIFEST,
  },
  {
    title: "a manifest without mediaType, by the Content-Type",
    json: without("mediaType"),
    contentType: `${DOCKER_MANIFEST.toUpperCase()}; charset=utf-8`,
    kind: "manifest",
    mediaType: DOCKER_MANIFEST,
  },
  {
    title: "a manifest without either, by its layers",
    json: without("mediaType"),
    kind: "manifest",
    mediaType: OCI_MANIFEST,
  },
  {
    title: "an index without either, by its manifests",
    json: { schemaVersion: 2, manifests: [LAYER] },
    contentType: "application/json",
    kind: "index",
    mediaType: OCI_INDEX,
  },
  {
    title: "a manifest list of Docker",
    json: { mediaType: DOCKER_MANIFEST_LIST, manifests: [] },
    kind: "index",
    mediaType: DOCKER_MANIFEST_LIST,
  },
  {
    title: "a manifest served as text by a careless registry",
    json: MANIFEST,
    contentType: "text/plain",
    kind: "manifest",
    mediaType: OCI_MANIFEST,
  },
  {
    title: "a manifest whose layers are null, as some tools write",
    json: { ...MANIFEST, layers: null },
    kind: "manifest",
    mediaType: OCI_MANIFEST,
  },
  {
    title: "a manifest after a byte order mark",
    json: `\uFEFF${JSON.stringify(MANIFEST)}`,
    kind: "manifest",
    mediaType: OCI_MANIFEST,
  },
  {
    title: "unknown fields",
    json: { ...MANIFEST, schemaVersion: "2", surprise: { a: 1 } },
    kind: "manifest",
    mediaType: OCI_MANIFEST,
  },
];

interface Refused {
  readonly title: string;
  readonly json: unknown;
  readonly contentType?: string;
  readonly code?: ForgeErrorCode;
}

const REFUSED: readonly Refused[] = [
  { title: "nothing", json: "" },
  { title: "a login page", json: "<!doctype html><title>Sign in</title>" },
  { title: "half of a document", json: '{"schemaVersion": 2, "layers": [' },
  { title: "a list", json: [] },
  { title: "null", json: "null" },
  { title: "a string", json: '"manifest"' },
  { title: "neither layers nor manifests", json: { schemaVersion: 2 } },
  { title: "a manifest without config", json: without("config") },
  { title: "layers that are an object", json: { ...MANIFEST, layers: {} } },
  { title: "a layer that is null", json: { ...MANIFEST, layers: [null] } },
  { title: "a config that is a list", json: { ...MANIFEST, config: [] } },
  {
    title: "a subject without digest",
    json: { ...MANIFEST, subject: { size: 1 } },
  },
  {
    title: "a media type that is not an image's",
    json: { ...MANIFEST, mediaType: "application/vnd.cyclonedx+json" },
  },
  {
    title: "an index that is served as a manifest",
    json: { mediaType: OCI_INDEX, manifests: [] },
    contentType: OCI_MANIFEST,
  },
  {
    title: "a manifest that is served as an index",
    json: MANIFEST,
    contentType: OCI_INDEX,
  },
  {
    title: "more layers than anybody has",
    json: { ...MANIFEST, layers: new Array(4097).fill(LAYER) },
  },
  { title: "very deep nesting", json: "[".repeat(1_000_000) },
  {
    title: "Docker schema version 1",
    json: { schemaVersion: 1, fsLayers: [] },
    code: "ARTIFACT_UNSUPPORTED",
  },
  {
    title: "more bytes than the limit",
    json: " ".repeat(MAX_MANIFEST_BYTES + 1),
    code: "TOO_LARGE",
  },
];

for (const { title, json, contentType, kind, mediaType } of ACCEPTED) {
  Deno.test(`parseManifest() accepts ${title}`, () => {
    const parsed = parseManifest(encode(json), contentType);
    assertEquals(parsed.kind, kind);
    assertEquals(parsed.mediaType, mediaType);
  });
}

for (const { title, json, contentType, code } of REFUSED) {
  Deno.test(`parseManifest() refuses ${title}`, () => {
    const error = assertThrows(
      () => parseManifest(encode(json), contentType),
      ForgeError,
    );
    assertEquals(error.code, code ?? "MANIFEST_INVALID");
  });
}

Deno.test("parseManifest() refuses bytes that are not UTF-8", () => {
  const bytes = encode(MANIFEST);
  bytes[bytes.length - 3] = 0xff;
  const error = assertThrows(() => parseManifest(bytes), ForgeError);
  assertEquals(error.code, "MANIFEST_INVALID");
  assertEquals(error.cause instanceof TypeError, true);
});

Deno.test("parseManifest() tells HTML from other text that is not JSON", () => {
  const message = (text: string) =>
    assertThrows(() => parseManifest(encode(text)), ForgeError).message;
  assertEquals(
    message("\n <html>"),
    "Cannot read manifest: it is HTML, not JSON",
  );
  assertEquals(message("gone"), "Cannot read manifest: it is not JSON");
});

Deno.test("parseManifest() keeps every field that it knows", () => {
  const parsed = parseManifest(encode({
    ...MANIFEST,
    artifactType: "application/vnd.acme",
    subject: LAYER,
    annotations: { "org.opencontainers.image.title": "notes", bad: 1 },
  }));
  assertEquals(parsed, {
    kind: "manifest",
    mediaType: OCI_MANIFEST,
    config: CONFIG,
    layers: [LAYER],
    artifactType: "application/vnd.acme",
    subject: LAYER,
    annotations: { "org.opencontainers.image.title": "notes" },
  });
});

Deno.test("a hostile key in annotations stays a plain entry", () => {
  const text = JSON.stringify(MANIFEST).replace(
    /\}$/,
    ',"annotations":{"__proto__":"x","constructor":"y"}}',
  );
  const { annotations } = parseManifest(encode(text));
  assertEquals(Object.getPrototypeOf(annotations), Object.prototype);
  assertEquals(Object.entries(annotations), [
    ["__proto__", "x"],
    ["constructor", "y"],
  ]);
});

Deno.test("parseDescriptor() keeps what it knows and drops what is of another type", () => {
  const full = {
    ...LAYER,
    annotations: { a: "b" },
    data: "AGFzbQ==",
    artifactType: "application/vnd.acme",
    platform: { architecture: "wasm", os: "wasi", variant: "v1" },
  };
  assertEquals(parseDescriptor(full, "layers[0]"), full);
  const odd = {
    ...LAYER,
    mediaType: 7,
    annotations: [],
    data: {},
    platform: { architecture: { toString: 1 }, os: null },
  };
  assertEquals(parseDescriptor(odd, "layers[0]"), {
    ...LAYER,
    mediaType: "",
    platform: { architecture: "", os: "" },
  });
});

const BAD_SIZES = [-1, 1.5, "8", null, undefined, 2 ** 53, {}, []];

for (const size of BAD_SIZES) {
  Deno.test(`parseDescriptor() refuses the size ${JSON.stringify(size)}`, () => {
    const error = assertThrows(
      () => parseDescriptor({ ...LAYER, size }, "config"),
      ForgeError,
    );
    assertEquals(error.code, "MANIFEST_INVALID");
    assertEquals(error.message.includes("config.size"), true);
  });
}

const BAD_DIGESTS = ["", "sha256:..", 7, null, undefined, "x".repeat(1e6)];

for (const digest of BAD_DIGESTS) {
  const name = String(JSON.stringify(digest)).slice(0, 20);
  Deno.test(`parseDescriptor() refuses the digest ${name}`, () => {
    const error = assertThrows(
      () => parseDescriptor({ ...LAYER, digest }, "layers[2]"),
      ForgeError,
    );
    assertEquals(error.code, "MANIFEST_INVALID");
    assertEquals(error.message.includes("layers[2].digest"), true);
    assertEquals(error.message.length < 250, true);
  });
}

Deno.test("every media type that is asked for is one that is understood", () => {
  for (const mediaType of MANIFEST_MEDIA_TYPES) {
    assertEquals(
      isIndexMediaType(mediaType) !== isManifestMediaType(mediaType),
      true,
      mediaType,
    );
  }
  assertEquals(isIndexMediaType(WASM_LAYER), false);
  assertEquals(isManifestMediaType(WASM_LAYER), false);
});

Deno.test("essence() leaves the parameters and the case away", () => {
  assertEquals(essence(" Text/HTML ; charset=utf-8"), "text/html");
  assertEquals(essence("application/wasm"), "application/wasm");
  assertEquals(essence(""), "");
  assertEquals(essence(";"), "");
});
