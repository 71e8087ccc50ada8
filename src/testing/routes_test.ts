import { assertEquals } from "@std/assert";
import { parseRoute } from "./routes.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

const ACCEPTED: Readonly<Record<string, ReturnType<typeof parseRoute>>> = {
  "/v2": { kind: "base" },
  "/v2/": { kind: "base" },
  "/v2/a/manifests/v1": { kind: "manifest", repository: "a", reference: "v1" },
  [`/v2/a/b/manifests/${DIGEST}`]: {
    kind: "manifest",
    repository: "a/b",
    reference: DIGEST,
  },
  [`/v2/a/b/blobs/${DIGEST}`]: {
    kind: "blob",
    repository: "a/b",
    digest: DIGEST,
  },
  "/v2/a/blobs/uploads/": { kind: "uploads", repository: "a" },
  "/v2/a/blobs/uploads": { kind: "uploads", repository: "a" },
  "/v2/a/blobs/uploads/7": { kind: "upload", repository: "a", id: "7" },
  "/v2/manifests/manifests/manifests": {
    kind: "manifest",
    repository: "manifests",
    reference: "manifests",
  },
  "/v2/tags/list/tags/list": { kind: "tags", repository: "tags/list" },
  [`/v2/a/referrers/${encodeURIComponent(DIGEST)}`]: {
    kind: "referrers",
    repository: "a",
    digest: DIGEST,
  },
};

const REFUSED: Readonly<Record<string, ReturnType<typeof parseRoute>>> = {
  "/": undefined,
  "/v1/a/manifests/v1": undefined,
  "/v2/a": undefined,
  "/v2//manifests/v1": undefined,
  "/v2/a/manifests/": undefined,
  "/v2/a/tags/list/": undefined,
  "/v2/a%zz/manifests/v1": undefined,
  "/v2/Upper/manifests/v1": "name_invalid",
  "/v2/a//b/manifests/v1": "name_invalid",
  "/v2/a%20b/manifests/v1": "name_invalid",
  "/v2/../manifests/v1": "name_invalid",
  [`/v2/${"a".repeat(256)}/manifests/v1`]: "name_invalid",
};

Deno.test("a path of the protocol leads to its endpoint", () => {
  for (const [path, route] of Object.entries(ACCEPTED)) {
    assertEquals(parseRoute(path), route, path);
  }
});

Deno.test("another path leads nowhere, or to a name that is none", () => {
  for (const [path, route] of Object.entries(REFUSED)) {
    assertEquals(parseRoute(path), route, path);
  }
});
