import { assert, assertEquals, assertFalse } from "@std/assert";
import {
  companionsOf,
  isWellKnown,
  WELL_KNOWN_REGISTRIES,
} from "./well_known.ts";

const hosts = (registry: string) =>
  companionsOf(registry).map(({ host }) => host);

Deno.test("every registry that people use has its companions", () => {
  const table: readonly [registry: string, companion: string][] = [
    ["ghcr.io", "pkg-containers.githubusercontent.com:443"],
    ["GHCR.io", "pkg-containers.githubusercontent.com:443"],
    ["ghcr.io:443", "pkg-containers.githubusercontent.com:443"],
    ["docker.io", "auth.docker.io:443"],
    ["index.docker.io", "production.cloudflare.docker.com:443"],
    ["quay.io", "cdn03.quay.io:443"],
    ["gcr.io", "storage.googleapis.com:443"],
    ["eu.gcr.io", "storage.googleapis.com:443"],
    ["europe-west1-docker.pkg.dev", "storage.googleapis.com:443"],
    [
      "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
      "prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com:443",
    ],
    ["public.ecr.aws", "*.cloudfront.net:443"],
    ["acme.azurecr.io", "*.blob.core.windows.net:443"],
    ["registry.gitlab.com", "gitlab.com:443"],
  ];
  for (const [registry, companion] of table) {
    assert(isWellKnown(registry), registry);
    assert(hosts(registry).includes(companion), registry);
  }
  const matched = WELL_KNOWN_REGISTRIES.filter((known) =>
    table.some(([registry]) => known.registry.test(registry))
  );
  assertEquals(matched, WELL_KNOWN_REGISTRIES);
});

Deno.test("names that only look like them have none", () => {
  const names = [
    ...["ghcr.io.evil.example", "evil-ghcr.io", "xghcr.io", "ghcr.io:8443"],
    ...["docker.io.example", "a.b.gcr.io", "x.pkg.dev", "a.quay.io"],
    ...["12345.dkr.ecr.eu-west-1.amazonaws.com", "a.b.azurecr.io"],
    ...["123456789012.dkr.ecr.eu.west.amazonaws.com", "gitlab.com"],
    ...["localhost:5000", "registry.company.com"],
  ];
  for (const name of names) {
    assertFalse(isWellKnown(name), name);
    assertEquals(hosts(name), [], name);
  }
});

Deno.test("every companion has a port, a reason, and is wider than a name only where it must be", () => {
  const all = WELL_KNOWN_REGISTRIES.flatMap(({ companions }) => companions);
  for (const { host, reason } of all) {
    assert(host.endsWith(":443"), host);
    assert(reason !== "", host);
  }
  assertEquals(
    all.filter(({ host }) => host.includes("*")).map(({ host }) => host),
    ["*.cloudfront.net:443", "*.blob.core.windows.net:443"],
  );
});
