/**
 * What the guide shows parses, and does what the guide says.
 * `docs/guide-conformance.md` has the whole list.
 */

import {
  assert,
  assertEquals,
  assertFalse,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { parseConfig } from "../src/config/mod.ts";
import { pushWasm, startRegistry } from "../src/testing/mod.ts";
import { fixture, forgeRon, ociEntry, openWorkspace } from "./cli/workspace.ts";

// The guide's blocks of RON

const QUICK_START = `Config(
    extensions: Extensions(
        oci: [
            OciExtension(
                name: "github-integration",
                registry: "ghcr.io",
                image: "forgepoint/extensions/github",
                reference: Tag("v1.0.0"),
            ),
        ],
        local: [],
        auth: {},
        settings: Settings(
            cache_dir: Some(".forge/extensions/cache"),
            offline_mode: false,
            verify_checksums: true,
        ),
    ),
)
`;

const extensions = (fields: string) =>
  `Config(extensions: Extensions(\n${fields}\n))`;
const oci = (extension: string) => extensions(`oci: [\n${extension}\n],`);
const reference = (field: string) =>
  oci(`OciExtension(name: "n", registry: "ghcr.io", image: "a/b",\n${field})`);

const BLOCKS: Readonly<Record<string, string>> = {
  "quick start": QUICK_START,
  "OciExtension with comments": oci(`OciExtension(
    name: "extension-name",      // Used for logging and database naming
    registry: "ghcr.io",          // Registry hostname
    image: "org/repo/extension",  // Image path within registry
    reference: Tag("v1.0.0"),     // Version reference
)`),
  "reference to a version": reference(`reference: Tag("v1.0.0")`),
  "reference to the latest": reference(`reference: Tag("latest")`),
  "reference by digest": reference(
    `reference: Digest("sha256:abcdef1234567890abcdef1234567890abcdef1234567890abcdef1234567890")`,
  ),
  "LocalExtension": extensions(`local: [LocalExtension(
    name: "dev-extension",
    path: "./extensions/dev.wasm",  // Relative or absolute path
)]`),
  "settings with comments": extensions(`settings: Settings(
    // Directory for caching OCI-fetched extensions
    cache_dir: Some(".forge/extensions/cache"),

    // Use cached extensions even if registry is unreachable
    offline_mode: false,

    // Verify SHA256 checksums of cached extensions
    verify_checksums: true,
)`),
  "public extension without authentication": extensions(`oci: [
    OciExtension(
        name: "public-extension",
        registry: "ghcr.io",
        image: "org/public-repo/extension",
        reference: Tag("v1.0.0"),
    ),
],
auth: {},  // No authentication needed`),
  "authentication of two registries": extensions(`auth: {
    "ghcr.io": RegistryAuth(
        username_env: Some("GHCR_USERNAME"),
        token_env: Some("GHCR_TOKEN"),
    ),
    "registry.company.com": RegistryAuth(
        username_env: Some("COMPANY_REGISTRY_USER"),
        token_env: Some("COMPANY_REGISTRY_TOKEN"),
    ),
},`),
  "offline mode": extensions(`settings: Settings(
    offline_mode: true,
    cache_dir: Some(".forge/extensions/cache"),
    verify_checksums: true,
)`),
};

for (const [name, text] of Object.entries(BLOCKS)) {
  Deno.test(`the guide's ${name} parses`, () => {
    assertEquals(parseConfig(text).warnings, []);
  });
}

Deno.test("the quick start says what it seems to say", () => {
  const { config } = parseConfig(QUICK_START);
  assertEquals(config.oci, [{
    name: "github-integration",
    registry: "ghcr.io",
    image: "forgepoint/extensions/github",
    reference: { kind: "Tag", value: "v1.0.0" },
  }]);
  assertEquals(config.local, []);
  assertEquals(config.settings.cacheDir, ".forge/extensions/cache");
  assertEquals(config.settings.offlineMode, false);
  assertEquals(config.settings.verifyChecksums, true);
});

// What it says happens

Deno.test("the three places of the configuration, in their order", async () => {
  const env: Record<string, string> = {};
  await using work = await openWorkspace({ env });
  const greeter = await fixture("greeter");
  const at = async (file: string, name: string) => {
    await work.write(
      file,
      forgeRon({ local: `(name: "${name}", path: "ext/x.wasm")` }),
    );
  };
  await work.write("ext/x.wasm", greeter);
  await work.write("conf/ext/x.wasm", greeter);
  const ran = async () => {
    const { status, json, err } = await work.forge("run", "--json");
    assertEquals(status, 0, err);
    const [{ name, path } = { name: "", path: "" }] = json().extensions;
    return [name, path];
  };
  const inRoot = join(work.root, "ext/x.wasm");
  await at(".forge/config.ron", "third");
  assertEquals(await ran(), ["third", inRoot]);
  await at("forge.ron", "second");
  assertEquals(await ran(), ["second", inRoot]);
  await at("conf/other.ron", "first");
  env["FORGE_CONFIG_PATH"] = "conf/other.ron";
  assertEquals(await ran(), ["first", join(work.root, "conf/ext/x.wasm")]);
});

Deno.test("a cached tag is not asked for again, even when it has moved", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  const first = await pushWasm(
    ...[registry, "acme/greeter", "v1", await fixture("greeter")] as const,
  );
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry(registry, "greeter", "v1") }),
  );
  assertEquals((await work.forge("run")).status, 0);
  await pushWasm(registry, "acme/greeter", "v1", await fixture("notes"));
  registry.requests.clear();
  const { json } = await work.forge("run", "--json");
  assertEquals(json().extensions[0]?.sha256, first.wasmSha256);
  assertEquals(registry.requests.length, 0);
});

Deno.test("another reference is fetched, and both stay in the cache", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await pushWasm(registry, "acme/greeter", "v1", await fixture("greeter"));
  await pushWasm(registry, "acme/greeter", "v2", await fixture("notes"));
  for (
    const [tag, status] of [["v1", "pulled"], ["v2", "pulled"], [
      "v1",
      "cached",
    ]]
  ) {
    await work.write(
      "forge.ron",
      forgeRon({ oci: ociEntry(registry, "greeter", tag!) }),
    );
    const { json } = await work.forge("run", "--json");
    assertEquals(json().extensions[0]?.status, status);
  }
  assertEquals(work.cached().length, 4);
});

Deno.test("a cache that was copied to another place serves an offline start there", async () => {
  await using here = await openWorkspace();
  await using there = await openWorkspace();
  let entry: string;
  {
    await using registry = await startRegistry();
    await pushWasm(registry, "acme/greeter", "v1", await fixture("greeter"));
    entry = ociEntry(registry, "greeter", "v1");
    await here.write("forge.ron", forgeRon({ oci: entry }));
    assertEquals((await here.forge("run")).status, 0);
  }
  for (const name of here.cached()) {
    const bytes = await Deno.readFile(join(here.cache, name));
    await there.write(`.forge/extensions/cache/${name}`, bytes);
  }
  await there.write(
    "forge.ron",
    forgeRon({ oci: entry, settings: "offline_mode: true" }),
  );
  const { status, json, err } = await there.forge("run", "--json");
  assertEquals(status, 0, err);
  assertEquals(json().extensions[0]?.status, "cached");
  assertEquals(json().extensions[0]?.loaded, true);
});

Deno.test("a cache directory that was removed is filled again", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await pushWasm(registry, "acme/greeter", "v1", await fixture("greeter"));
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry(registry, "greeter", "v1") }),
  );
  assertEquals((await work.forge("run")).status, 0);
  await Deno.remove(work.cache, { recursive: true });
  const { json } = await work.forge("run", "--json");
  assertEquals(json().extensions[0]?.status, "pulled");
  assertEquals(work.cached().length, 2);
});

Deno.test("credentials written into the configuration are not used and not repeated", async () => {
  await using registry = await startRegistry({
    auth: { kind: "basic", users: { ada: "h4rdc0ded" } },
  });
  await using work = await openWorkspace();
  await pushWasm(registry, "acme/greeter", "v1", await fixture("greeter"));
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry(registry, "greeter", "v1"),
      auth:
        `"${registry.host}": RegistryAuth(username: "ada", token: "h4rdc0ded")`,
    }),
  );
  const { status, err, out } = await work.forge("run");
  assertEquals(status, 1);
  assertStringIncludes(err, "authentication failed");
  assertStringIncludes(err, "token_env");
  assertFalse((err + out).includes("h4rdc0ded"));
  assert(registry.requests.every(({ headers }) => !headers["authorization"]));
});
