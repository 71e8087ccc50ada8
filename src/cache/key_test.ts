import { assertEquals } from "@std/assert";
import { cacheKey } from "./key.ts";

Deno.test("the key is the SHA-256 of registry:image@reference", () => {
  // printf %s 'ghcr.io:forgepoint/extensions/github@v1.0.0' | sha256sum
  assertEquals(
    cacheKey({
      registry: "ghcr.io",
      image: "forgepoint/extensions/github",
      reference: "v1.0.0",
    }),
    "6f6e6de97fc2e0ad10d8c678be56e0fadbf589caea6e6c30af8760e478861f05",
  );
});

Deno.test("a digest reference enters the key with its algorithm", () => {
  // printf %s "ghcr.io:a/b@sha256:$(printf 0%.0s {1..64})" | sha256sum
  assertEquals(
    cacheKey({
      registry: "ghcr.io",
      image: "a/b",
      reference: `sha256:${"0".repeat(64)}`,
    }),
    "5139e34b4bba55f5bf14f8ad61e7dd9f21d37bd92addbfefda3d1d25f9f83236",
  );
});
