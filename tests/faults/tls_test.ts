/** Certificates that are not trusted, not shown, or shown to the wrong host. */

import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import {
  createTestCertificates,
  startRegistry,
  type TestCertificates,
} from "../../src/testing/mod.ts";
import {
  assertNothingLeft,
  BLOB,
  GREETER,
  openScene,
  playRecovery,
  playRefusal,
} from "./scene.ts";
import { openTls, WITH_CA, WITH_CLIENT } from "./tls_scene.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Certificates that nobody should trust. */
const UNTRUSTED: readonly {
  readonly name: string;
  readonly server: (other: TestCertificates) => TestCertificates;
}[] = [
  {
    name: "a certificate that has ended is not trusted",
    server: () => createTestCertificates({ now: Date.now() - 3 * DAY_MS }),
  },
  {
    name: "a certificate that is not valid yet is not trusted",
    server: () => createTestCertificates({ now: Date.now() + 3 * DAY_MS }),
  },
  {
    name: "a certificate for another host is not trusted",
    server: () => createTestCertificates({ hosts: ["registry.example"] }),
  },
];

for (const { name, server } of UNTRUSTED) {
  Deno.test(name, async () => {
    const certificates = server(createTestCertificates());
    await using scene = await openTls(certificates, {
      tls: certificates.server,
    });
    await playRefusal(scene, {
      code: "NETWORK_FAILED",
      says: "certificate not trusted",
      isLasting: true,
    });
    assertEquals(scene.registry.requests.length, 0);
  });
}

Deno.test("a certificate that signs itself is not trusted", async () => {
  const certificates = createTestCertificates();
  await using scene = await openTls(certificates, {
    tls: createTestCertificates().server,
  });
  await playRefusal(scene, {
    code: "NETWORK_FAILED",
    says: "certificate not trusted",
    isLasting: true,
  });
});

Deno.test("a registry without TLS where TLS is expected is not spoken to in plain", async () => {
  await using scene = await openScene({ settings: WITH_CA });
  await scene.work.write("ca.pem", createTestCertificates().ca);
  await playRefusal(scene, {
    code: "NETWORK_FAILED",
    says: "the server does not speak TLS",
    isLasting: true,
  });
  assertEquals(scene.registry.requests.length, 0);
});

Deno.test("a registry with TLS that is spoken to in plain is not taken for one that is gone", async () => {
  const certificates = createTestCertificates();
  await using scene = await openTls(certificates, {
    tls: certificates.server,
    settings: "plain_http: true",
  });
  await playRefusal(scene, {
    code: "NETWORK_FAILED",
    says: "Failed to reach 127.0.0.1",
    isLasting: true,
  });
});

Deno.test("a registry that wants a client certificate gets the one that is named for it", async () => {
  const certificates = createTestCertificates();
  await using scene = await openTls(certificates, {
    tls: { ...certificates.server, clientCa: certificates.ca },
    settings: WITH_CLIENT,
    isLoggedIn: true,
  });
  await playRecovery(scene);
});

Deno.test("a registry that wants a client certificate turns away who has none", async () => {
  const certificates = createTestCertificates();
  await using scene = await openTls(certificates, {
    tls: { ...certificates.server, clientCa: certificates.ca },
  });
  // The server may just hang up, or say why (then the words are others).
  await playRefusal(scene, {
    code: "NETWORK_FAILED",
    says: `Failed to reach ${scene.registry.host}`,
    isLasting: true,
  });
  assertEquals(scene.registry.requests.length, 0);
});

Deno.test("a client certificate of another authority is turned away", async () => {
  const certificates = createTestCertificates();
  await using scene = await openTls(certificates, {
    tls: { ...certificates.server, clientCa: certificates.ca },
    settings: WITH_CLIENT,
  });
  const other = createTestCertificates();
  await scene.work.write("me.pem", other.client.cert);
  await scene.work.write("me.key", other.client.key);
  // The server may just hang up, or say why (then the words are others).
  await playRefusal(scene, {
    code: "NETWORK_FAILED",
    says: `Failed to reach ${scene.registry.host}`,
    isLasting: true,
  });
  assertEquals(scene.registry.requests.length, 0);
});

Deno.test("a client certificate is not shown where a redirect leads", async () => {
  const certificates = createTestCertificates();
  await using store = await startRegistry({
    // It would accept the certificate, and turns away who shows none.
    tls: { ...certificates.server, clientCa: certificates.ca },
  });
  await using scene = await openTls(certificates, {
    tls: { ...certificates.server, clientCa: certificates.ca },
    settings: `${WITH_CLIENT}, allowed_hosts: ["${store.host}"]`,
  });
  store.fault({ action: { kind: "reply", status: 200, body: GREETER } });
  scene.registry.fault({
    match: { path: BLOB },
    action: { kind: "redirect", to: `${store.origin}/blob` },
  });
  await playRefusal(scene, {
    code: "NETWORK_FAILED",
    says: `Failed to reach ${store.host}`,
    isLasting: true,
  });
  assertEquals(store.requests.length, 0);
});

Deno.test("the authority of a registry is trusted where its redirects lead", async () => {
  const certificates = createTestCertificates();
  await using store = await startRegistry({ tls: certificates.server });
  await using scene = await openTls(certificates, {
    tls: { ...certificates.server, clientCa: certificates.ca },
    settings: `${WITH_CLIENT}, allowed_hosts: ["${store.host}"]`,
  });
  store.fault({ action: { kind: "reply", status: 200, body: GREETER } });
  scene.registry.fault({
    match: { path: BLOB },
    action: { kind: "redirect", to: `${store.origin}/blob` },
  });
  await playRecovery(scene);
});

/** Files that are not what they should be. */
const WRONG_FILES: readonly {
  readonly name: string;
  readonly file: string;
  readonly content: string;
  readonly says: string;
}[] = [
  {
    name: "a ca_file that holds no certificate is named",
    file: "ca.pem",
    content: "PKCS #7, perhaps",
    says: "it holds no certificate in PEM",
  },
  {
    name: "a certificate that is empty is named",
    file: "me.pem",
    content: "",
    says: "it holds no certificate in PEM",
  },
  {
    name: "a key_file that holds a certificate is named",
    file: "me.key",
    content: createTestCertificates().ca,
    says: "it holds no private key in PEM",
  },
  {
    name: "a key that is encrypted is named",
    file: "me.key",
    content: "-----BEGIN ENCRYPTED PRIVATE KEY-----\n",
    says: "it is encrypted",
  },
];

for (const { name, file, content, says } of WRONG_FILES) {
  Deno.test(name, async () => {
    const certificates = createTestCertificates();
    await using scene = await openTls(certificates, {
      tls: certificates.server,
      settings: WITH_CLIENT,
    });
    const path = `${scene.work.root}/${file}`;
    const right = await Deno.readTextFile(path);
    await scene.work.write(file, content);
    const { status, err } = await scene.pull();
    assertEquals(status, 1, err);
    assertStringIncludes(err, path);
    assertStringIncludes(err, says);
    assertFalse(/^ {4}at /m.test(err), err);
    assertNothingLeft(scene.work);
    await scene.work.write(file, right);
    await playRecovery(scene);
  });
}

Deno.test("a key that is not that of its certificate is said to be so", async () => {
  const certificates = createTestCertificates();
  await using scene = await openTls(certificates, {
    tls: certificates.server,
    settings: WITH_CLIENT,
  });
  await scene.work.write("me.key", certificates.server.key);
  await playRefusal(scene, {
    code: "NETWORK_FAILED",
    says: "a client certificate is missing or not accepted",
    isLasting: true,
  });
});
