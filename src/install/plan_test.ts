import { assertEquals } from "@std/assert";
import { resolve } from "@std/path";
import { cacheKey } from "../cache/mod.ts";
import { parseConfig } from "../config/mod.ts";
import { planInstall, type PlanInstallOptions } from "./plan.ts";

const ROOT = resolve("/srv/app");
const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

function plan(
  extensions: string,
  options: Omit<PlanInstallOptions, "root"> = {},
) {
  const { config } = parseConfig(`(extensions: (${extensions}))`);
  return planInstall(config, { root: ROOT, ...options });
}

Deno.test("extensions from registries come first, each list in its order", () => {
  const { extensions } = plan(`
    local: [(name: "l2", path: "2.wasm"), (name: "l1", path: "1.wasm")],
    oci: [
      (name: "o2", registry: "ghcr.io", image: "a/b", reference: Tag("v1")),
      (name: "o1", registry: "ghcr.io", image: "a/c", reference: Tag("v1")),
    ],
  `);
  assertEquals(extensions.map(({ name }) => name), ["o2", "o1", "l2", "l1"]);
});

Deno.test("an extension from a registry has its cache key, a digest as it is", () => {
  for (
    const [text, reference] of [[`Tag("v1")`, "v1"], [
      `Digest("${DIGEST}")`,
      DIGEST,
    ]]
  ) {
    const { extensions } = plan(
      `oci: [(name: "o", registry: "ghcr.io", image: "a/b", reference: ${text})]`,
    );
    const parts = { registry: "ghcr.io", image: "a/b", reference: reference! };
    assertEquals(extensions, [
      { source: "oci", name: "o", ...parts, cacheKey: cacheKey(parts) },
    ]);
  }
});

Deno.test("relative paths start at the root, absolute ones stay", () => {
  const { extensions, cacheDir } = plan(`
    local: [(name: "r", path: "./x/../r.wasm"), (name: "a", path: "/opt/a.wasm")],
    settings: (cache_dir: Some("../shared")),
  `);
  assertEquals(
    extensions.map((each) => each.source === "local" && each.path),
    [resolve(ROOT, "r.wasm"), resolve("/opt/a.wasm")],
  );
  assertEquals(cacheDir, resolve("/srv/shared"));
});

Deno.test("without cache_dir the cache is where the guide says", () => {
  const expected = resolve(ROOT, ".forge/extensions/cache");
  for (const text of ["", "settings: ()", "settings: (cache_dir: None)"]) {
    assertEquals(plan(text).cacheDir, expected);
  }
});

Deno.test("extensions that a scan found say so", () => {
  const { extensions } = plan(`local: [(name: "l", path: "l.wasm")]`, {
    scanned: true,
  });
  assertEquals(extensions[0]?.source, "scan");
});

Deno.test("offline is what the settings say, and the caller can only add to it", () => {
  const offline = "settings: (offline_mode: true)";
  assertEquals(plan("").offline, false);
  assertEquals(plan("", { offline: true }).offline, true);
  assertEquals(plan(offline).offline, true);
  assertEquals(plan(offline, { offline: false }).offline, true);
});

Deno.test("checksums are verified unless the settings say otherwise", () => {
  assertEquals(plan("").verifyChecksums, true);
  assertEquals(
    plan("settings: (verify_checksums: false)").verifyChecksums,
    false,
  );
});
