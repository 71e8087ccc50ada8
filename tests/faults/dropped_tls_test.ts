/** Connections with TLS that are dropped on the way. */

import { assertEquals } from "@std/assert";
import {
  createTestCertificates,
  type FaultAction,
} from "../../src/testing/mod.ts";
import { BLOB, MANIFEST, MIDDLE, playRecovery, playRefusal } from "./scene.ts";
import { openTls } from "./tls_scene.ts";

const DROPS: readonly {
  readonly name: string;
  readonly path: RegExp;
  readonly action: FaultAction;
}[] = [
  {
    name:
      "a manifest over TLS whose connection is dropped once is asked for again",
    path: MANIFEST,
    action: { kind: "reset" },
  },
  {
    name: "a blob over TLS whose connection is dropped once is asked for again",
    path: BLOB,
    action: { kind: "reset" },
  },
  {
    name: "a blob over TLS that is cut once in its middle goes on there",
    path: BLOB,
    action: { kind: "cut", afterBytes: MIDDLE },
  },
];

for (const { name, path, action } of DROPS) {
  Deno.test(name, async () => {
    const certificates = createTestCertificates();
    await using scene = await openTls(certificates, {
      tls: certificates.server,
    });
    const fault = scene.registry.fault({
      match: { method: "GET", path, nth: 1 },
      action,
    });
    await playRecovery(scene);
    assertEquals(fault.hits, 1);
  });
}

Deno.test("a registry over TLS that drops every connection ends the pull", async () => {
  const certificates = createTestCertificates();
  await using scene = await openTls(certificates, { tls: certificates.server });
  scene.registry.fault({ action: { kind: "reset" } });
  await playRefusal(scene, {
    code: "NETWORK_FAILED",
    says: "the connection was closed early",
  });
});
