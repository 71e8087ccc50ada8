/** Answers that are not what they seem. */

import { assertEquals } from "@std/assert";
import { gzipBytes } from "../../src/testing/layers.ts";
import type { FaultAction } from "../../src/testing/mod.ts";
import { ociEntry } from "../cli/workspace.ts";
import {
  assertNothingLeft,
  assertRefused,
  BLOB,
  MANIFEST,
  openScene,
  playRefusal,
  type Refusal,
} from "./scene.ts";

const PORTAL = "<!doctype html><title>Welcome to our hotel</title>";

const OCI_TYPE = {
  "content-type": "application/vnd.oci.image.manifest.v1+json",
} as const;

/** Answers of something that is no registry, or no honest one. */
const STRANGE: readonly (Refusal & {
  readonly name: string;
  readonly path: RegExp;
  readonly action: FaultAction;
})[] = [
  {
    name: "a captive portal in place of the manifest is told from one",
    path: MANIFEST,
    action: {
      kind: "reply",
      status: 200,
      headers: { "content-type": "text/html" },
      body: PORTAL,
    },
    code: "REGISTRY_RESPONSE_INVALID",
    says: "answered with a web page",
  },
  {
    name: "a captive portal in place of the blob is told from it",
    path: BLOB,
    action: {
      kind: "reply",
      status: 200,
      headers: { "content-type": "text/html; charset=utf-8" },
      body: PORTAL,
    },
    code: "REGISTRY_RESPONSE_INVALID",
    says: "answered with a web page",
  },
  {
    name: "a captive portal that answers 403 is told from a refusal",
    path: MANIFEST,
    action: {
      kind: "reply",
      status: 403,
      headers: { "content-type": "text/html" },
      body: PORTAL,
    },
    code: "REGISTRY_RESPONSE_INVALID",
    says: "answered with a web page (403)",
  },
  {
    name: "a manifest whose Content-Type contradicts it is refused",
    path: MANIFEST,
    action: {
      kind: "headers",
      set: { "content-type": "application/vnd.oci.image.index.v1+json" },
    },
    code: "MANIFEST_INVALID",
    says: "Failed to pull OCI image",
  },
  {
    name: "a Docker-Content-Digest that the manifest contradicts is refused",
    path: MANIFEST,
    action: {
      kind: "headers",
      set: { "docker-content-digest": `sha256:${"0".repeat(64)}` },
    },
    code: "DIGEST_MISMATCH",
    says: "its header says sha256:0000",
  },
  {
    name: "an error of a megabyte is not repeated to the user",
    path: MANIFEST,
    action: {
      kind: "reply",
      status: 400,
      body: JSON.stringify({
        errors: [{ code: "X", message: "y".repeat(1_000_000) }],
      }),
    },
    code: "REGISTRY_FAILED",
    says: "400",
  },
  {
    name: "a manifest without a byte is no manifest",
    path: MANIFEST,
    action: { kind: "reply", status: 200, headers: OCI_TYPE },
    code: "REGISTRY_RESPONSE_INVALID",
    says: "something that is not JSON",
  },
  {
    name: "a manifest that is null is refused",
    path: MANIFEST,
    action: { kind: "reply", status: 200, headers: OCI_TYPE, body: "null" },
    code: "MANIFEST_INVALID",
    says: "it is not a JSON object",
  },
  {
    name: "a manifest that is a million brackets deep is refused",
    path: MANIFEST,
    action: {
      kind: "reply",
      status: 200,
      headers: OCI_TYPE,
      body: "[".repeat(1_000_000) + "]".repeat(1_000_000),
    },
    code: "MANIFEST_INVALID",
    says: "it is not a JSON object",
  },
  {
    name: "a manifest of Docker's first schema is named",
    path: MANIFEST,
    action: {
      kind: "reply",
      status: 200,
      headers: {
        "content-type":
          "application/vnd.docker.distribution.manifest.v1+prettyjws",
      },
      body: `{"schemaVersion": 1, "name": "acme/greeter", "fsLayers": []}`,
    },
    code: "ARTIFACT_UNSUPPORTED",
    says: "Docker schema version 1",
  },
  {
    name: "a manifest that is not there says so",
    path: MANIFEST,
    action: { kind: "reply", status: 404 },
    code: "REGISTRY_NOT_FOUND",
    says: "does not have it",
  },
  {
    name: "a manifest that a proxy packed into a bomb is refused",
    path: MANIFEST,
    action: {
      kind: "reply",
      status: 200,
      headers: { ...OCI_TYPE, "content-encoding": "gzip" },
      body: gzipBytes(new Uint8Array(64 * 1024 * 1024)),
    },
    code: "TOO_LARGE",
    says: "Failed to pull OCI image",
  },
  {
    name: "a blob that a proxy packed is not taken for the blob",
    path: BLOB,
    action: {
      kind: "alter",
      change: (reply) => ({
        ...reply,
        headers: { ...reply.headers, "content-encoding": "gzip" },
        body: gzipBytes(reply.body),
      }),
    },
    code: "SIZE_MISMATCH",
    says: "or more",
  },
  {
    name: "a blob without a byte is an interruption, three times",
    path: BLOB,
    action: { kind: "reply", status: 200 },
    code: "NETWORK_FAILED",
    says: "the transfer ended after 0 of",
  },
  {
    name:
      "a blob of which nobody asked for a part, and a part came, is refused",
    path: BLOB,
    action: { kind: "alter", change: (reply) => ({ ...reply, status: 206 }) },
    code: "REGISTRY_RESPONSE_INVALID",
    says: "a status that it may not have (206)",
  },
  {
    name: "a blob whose first byte is out of range is refused",
    path: BLOB,
    action: { kind: "reply", status: 416 },
    code: "REGISTRY_FAILED",
    says: "416",
  },
  {
    name: "a status line in control characters does not reach the terminal",
    path: MANIFEST,
    action: {
      kind: "raw",
      bytes: Uint8Array.from(
        `HTTP/1.1 400 \x9b31m${"x".repeat(5000)}\r\ncontent-length: 0\r\n\r\n`,
        (char) => char.charCodeAt(0),
      ),
    },
    code: "REGISTRY_FAILED",
    says: "failed (400",
  },
];

for (const { name, path, action, ...refusal } of STRANGE) {
  Deno.test(name, async () => {
    await using scene = await openScene();
    scene.registry.fault({ match: { path }, action });
    await playRefusal(scene, refusal);
  });
}

for (const status of [204, 206, 300, 304, 307]) {
  Deno.test(`a manifest with status ${status} is no answer`, async () => {
    await using scene = await openScene();
    scene.registry.fault({
      match: { path: MANIFEST },
      action: { kind: "alter", change: (reply) => ({ ...reply, status }) },
    });
    await playRefusal(scene, {
      code: "REGISTRY_RESPONSE_INVALID",
      says: `a status that it may not have (${status})`,
    });
  });
}

Deno.test("a registry that is gone fails at once", async () => {
  await using scene = await openScene();
  await scene.registry.close();
  assertRefused(await scene.pull("--json"), {
    code: "NETWORK_FAILED",
    says: "connection refused",
  });
  assertNothingLeft(scene.work);
});

Deno.test("one extension that fails does not stop the others", async () => {
  await using scene = await openScene();
  const { registry, work } = scene;
  const entries = ociEntry(registry, "greeter", "v1") +
    ociEntry(registry, "gone", "v1");
  const config = await Deno.readTextFile(`${work.root}/forge.ron`);
  await work.write(
    "forge.ron",
    config.replace(ociEntry(registry, "greeter", "v1"), entries),
  );
  const result = await scene.pull("--json");
  assertEquals(result.status, 1);
  const { extensions } = result.json();
  assertEquals(extensions.map(({ status }) => status), ["pulled", "failed"]);
  assertEquals(extensions[1]?.error?.code, "REGISTRY_NOT_FOUND");
  assertEquals(work.cached().length, 2);
});
