/** Registries that send their clients elsewhere. */

import { createTestCertificates } from "../../src/testing/mod.ts";
import {
  assertNothingLeft,
  assertPulled,
  assertRefused,
  BLOB,
  MANIFEST,
  openScene,
  playRefusal,
  type Refusal,
} from "./scene.ts";

Deno.test("redirects that go round in circles end", async () => {
  await using scene = await openScene();
  scene.registry.fault({
    match: { path: MANIFEST },
    action: { kind: "redirect", to: ({ path }) => path },
  });
  await playRefusal(scene, {
    code: "REGISTRY_RESPONSE_INVALID",
    says: "Gave up after 10 redirects",
  });
});

/** Places that a registry sends its clients to, and may not. */
const FORBIDDEN: readonly (Refusal & {
  readonly name: string;
  readonly to: string;
})[] = [
  {
    name: "a redirect to the metadata address of a cloud is refused",
    to: "http://169.254.169.254/latest/meta-data/",
    code: "NETWORK_DENIED",
    says: "it is a private address",
  },
  {
    name: "a redirect to a private address is refused",
    to: "http://10.0.0.7/blob",
    code: "NETWORK_DENIED",
    says: "it is a private address",
  },
  {
    name:
      "a redirect to a host that the configuration does not name is refused",
    to: "https://registry.example/blob",
    code: "NETWORK_DENIED",
    says: "registry.example:443",
  },
  {
    name: "a redirect to a file is refused",
    to: "file:///etc/passwd",
    code: "NETWORK_DENIED",
    says: "is not HTTP",
  },
  {
    name: "a redirect to a host without a scheme is held to the same rules",
    to: "//registry.example/blob",
    code: "NETWORK_DENIED",
    says: "registry.example:80",
  },
  {
    name: "a redirect to a private address in one number is refused",
    to: "http://2852039166/latest/meta-data/",
    code: "NETWORK_DENIED",
    says: "169.254.169.254:80 (redirect): it is a private address",
  },
  {
    name: "a redirect to a private address inside of IPv6 is refused",
    to: "http://[::ffff:169.254.169.254]/latest/meta-data/",
    code: "NETWORK_DENIED",
    says: "it is a private address",
  },
  {
    name: "a redirect to a private address inside of 6to4 is refused",
    to: "http://[2002:a9fe:a9fe::]/latest/meta-data/",
    code: "NETWORK_DENIED",
    says: "it is a private address",
  },
  {
    name: "a redirect to a script is refused",
    to: "javascript:alert(1)",
    code: "NETWORK_DENIED",
    says: "a javascript: URL",
  },
  {
    name: "a redirect to what is no URL is refused",
    to: "http://[::1",
    code: "REGISTRY_RESPONSE_INVALID",
    says: "its Location is not a URL",
  },
  {
    name: "a redirect that carries credentials is refused",
    to: "http://ada:guess@127.0.0.1:9/blob",
    code: "NETWORK_DENIED",
    says: "it carries credentials",
  },
];

for (const { name, to, ...refusal } of FORBIDDEN) {
  Deno.test(name, async () => {
    await using scene = await openScene();
    scene.registry.fault({
      match: { path: BLOB },
      action: { kind: "redirect", to },
    });
    await playRefusal(scene, refusal);
  });
}

Deno.test("a host that looks like another is shown as it is", async () => {
  await using scene = await openScene();
  // The second letter is Cyrillic.
  const bytes = new TextEncoder().encode(
    "HTTP/1.1 307 Temporary Redirect\r\nlocation: https://g\u04bbcr.io/blob\r\ncontent-length: 0\r\n\r\n",
  );
  scene.registry.fault({
    match: { path: BLOB },
    action: { kind: "raw", bytes },
  });
  const result = await scene.pull("--json");
  assertRefused(result, { code: "NETWORK_DENIED", says: "xn--" });
  assertNothingLeft(scene.work);
});

Deno.test("a redirect from https to http is refused", async () => {
  const certificates = await createTestCertificates();
  await using scene = await openScene({
    registry: { tls: certificates.server },
    settings: `ca_file: Some("ca.pem")`,
  });
  await scene.work.write("ca.pem", certificates.ca);
  scene.registry.fault({
    match: { path: BLOB },
    action: {
      kind: "redirect",
      to: ({ path }) => `http://${scene.registry.host}${path}`,
    },
  });
  await playRefusal(scene, {
    code: "NETWORK_DENIED",
    says: "it leads from https to http",
  });
});

Deno.test("a private authority is not trusted until ca_file names it", async () => {
  const certificates = await createTestCertificates();
  await using scene = await openScene({
    registry: { tls: certificates.server },
    settings: `ca_file: Some("ca.pem")`,
  });
  const other = await createTestCertificates();
  await scene.work.write("ca.pem", other.ca);
  assertRefused(await scene.pull("--json"), {
    code: "NETWORK_FAILED",
    says: "certificate not trusted",
  });
  assertNothingLeft(scene.work);
  await scene.work.write("ca.pem", certificates.ca);
  await assertPulled(await scene.pull("--json"), scene.work);
});
