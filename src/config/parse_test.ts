import { assert, assertEquals, assertThrows } from "@std/assert";
import { LIMIT_NAMES } from "./limits.ts";
import { parseConfig } from "./parse.ts";
import { ConfigError } from "./problem.ts";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

function oci(fields: string): string {
  return `Config(extensions: Extensions(oci: [OciExtension(${fields})]))`;
}

function refuse(text: string): ConfigError {
  return assertThrows(() => parseConfig(text), ConfigError);
}

Deno.test("the guide's quick start decodes to what it says", () => {
  const { config, warnings } = parseConfig(`Config(
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
)`);
  assertEquals(warnings, []);
  assertEquals(config.oci, [{
    name: "github-integration",
    registry: "ghcr.io",
    image: "forgepoint/extensions/github",
    reference: { kind: "Tag", value: "v1.0.0" },
  }]);
  assertEquals(config.settings, {
    cacheDir: ".forge/extensions/cache",
    offlineMode: false,
    verifyChecksums: true,
    dockerCredentials: true,
    dataDir: ".forge/extensions/data",
  });
});

Deno.test("everything may be left out", () => {
  for (
    const text of [
      "Config()",
      "()",
      "(extensions: ())",
      "Config(extensions: Extensions(settings: Settings()))",
      "(extensions: (settings: (cache_dir: None)))",
    ]
  ) {
    const { config } = parseConfig(text);
    assertEquals(config.oci, [], text);
    assertEquals(config.local, [], text);
    assertEquals(config.settings.cacheDir, ".forge/extensions/cache", text);
    assertEquals(config.settings.offlineMode, false, text);
    assertEquals(config.settings.verifyChecksums, true, text);
  }
});

Deno.test("forge.example.ron is complete and valid without a warning", async () => {
  const text = await Deno.readTextFile(
    new URL("../../forge.example.ron", import.meta.url),
  );
  const { config, warnings } = parseConfig(text);
  assertEquals(warnings, []);
  assertEquals(config.oci.map(({ reference }) => reference.kind), [
    "Tag",
    "Digest",
  ]);
  assertEquals(config.local.length, 1);
  assertEquals(config.auth["ghcr.io"], {
    usernameEnv: "GHCR_USERNAME",
    tokenEnv: "GHCR_TOKEN",
  });
  const registry = config.registries["registry.company.com"];
  assert(registry !== undefined);
  assertEquals(registry.mirrors, ["mirror.company.com"]);
  // Complete: every field of the schema is named in the text.
  for (
    const field of [
      ...["oci", "local", "auth", "registries", "settings", "name", "path"],
      ...["registry", "image", "reference", "username_env", "token_env"],
      ...["plain_http", "ca_file", "client_certificate", "mirrors"],
      ...["allowed_hosts", "timeout_secs", "retry_budget_secs"],
      ...["cache_dir", "offline_mode", "verify_checksums"],
      "docker_credentials",
    ]
  ) assert(text.includes(`${field}:`), field);
});

Deno.test("a syntax error has the text that people search for, a place and a frame", () => {
  const error = refuse(`Config(
  extensions: Extensions(
    settings: Settings(offline_mode: yes),
  ),
)`);
  assertEquals(error.code, "CONFIG_SYNTAX");
  assertEquals(
    error.message,
    "Failed to parse RON configuration: forge.ron:3:38: Expected boolean",
  );
  assert(error.format().includes("offline_mode: yes"));
});

Deno.test("an unknown field is a warning with what was probably meant", () => {
  const { warnings } = parseConfig(
    "(extensions: (settings: (ofline_mode: true)))",
    { fileName: "my.ron" },
  );
  assertEquals(warnings.length, 1);
  assertEquals(
    warnings[0]?.message,
    "my.ron:1:26: Unknown field `ofline_mode` in `Settings` is ignored",
  );
  assert(warnings[0]?.hint?.includes("offline_mode"));
});

Deno.test("names that are slugs are accepted", () => {
  for (const name of ["a", "0", "github-integration", "a-1-b", "x9"]) {
    const text = `(extensions: (local: [(name: "${name}", path: "x.wasm")]))`;
    assertEquals(parseConfig(text).config.local[0]?.name, name);
  }
});

Deno.test("names that are no slugs are refused with their place", () => {
  const refused = ["", "-a", "a-", "a--b", "A", "a_b", "a b", "é", "a/b", ".."];
  for (const name of refused) {
    const error = refuse(
      `(extensions: (local: [(name: "${name}", path: "x.wasm")]))`,
    );
    assertEquals(error.code, "CONFIG_INVALID", name);
    assertEquals(error.diagnostics[0]?.column, 30, name);
  }
});

Deno.test("the slug that is suggested keeps letters with accents, as plain ones", () => {
  const error = refuse(
    `(extensions: (local: [(name: "Größe des Cafés", path: "x.wasm")]))`,
  );
  assertEquals(error.diagnostics[0]?.hint, 'Write "grosse-des-cafes"');
});

Deno.test("a name can be given once only, across oci and local", () => {
  const error = refuse(`(extensions: (
    oci: [(name: "a", registry: "ghcr.io", image: "x/y", reference: Tag("1"))],
    local: [(name: "a", path: "a.wasm")],
  ))`);
  assertEquals(error.diagnostics[0]?.line, 3);
  assertEquals(error.diagnostics[0]?.message, 'Name "a" is taken by oci[0]');
});

Deno.test("references, images and hosts that cannot be are refused, all at once", () => {
  const error = refuse(oci(
    'name: "n", registry: "https://ghcr.io", image: "Acme/N", reference: Digest("sha256:12")',
  ));
  assertEquals(error.code, "CONFIG_INVALID");
  assertEquals(error.diagnostics.length, 3);
});

Deno.test("every kind of registry and reference that the guide shows is accepted", () => {
  for (
    const registry of [
      "ghcr.io",
      "docker.io",
      "registry.company.com",
      "localhost:5000",
      "127.0.0.1:5000",
      "[::1]:5000",
    ]
  ) {
    for (const reference of [`Tag("latest")`, `Digest("${DIGEST}")`]) {
      const { config } = parseConfig(oci(
        `name: "n", registry: "${registry}", image: "org/repo/extension", reference: ${reference}`,
      ));
      assertEquals(config.oci[0]?.registry, registry);
    }
  }
});

Deno.test("a digest in a tag and a tag in a digest say what to write", () => {
  const image = 'name: "n", registry: "ghcr.io", image: "a/b"';
  const tag = refuse(oci(`${image}, reference: Tag("${DIGEST}")`));
  assert(tag.hint?.includes('Digest("...")'), tag.hint);
  const digest = refuse(oci(`${image}, reference: Digest("v1")`));
  assert(digest.hint?.includes("sha256:"), digest.hint);
});

Deno.test("allowed hosts are hosts, or all below a name, and never simply all", () => {
  const parse = (host: string) =>
    parseConfig(
      `(extensions: (registries: {"a.example": (allowed_hosts: ["${host}"])}))`,
    ).config.registries["a.example"]?.allowedHosts;
  for (const host of ["b.example", "b.example:8443", "*.b.example"]) {
    assertEquals(parse(host), [host]);
  }
  for (const host of ["*", "*.example", "*.*.b.example", "https://b/", ""]) {
    const error = assertThrows(() => parse(host), ConfigError);
    assertEquals(error.code, "CONFIG_INVALID", host);
  }
});

Deno.test("limits are those of all extensions, and of one", () => {
  const { config } = parseConfig(`(extensions: (
    oci: [(
      name: "a", registry: "r.example", image: "b/c", reference: Tag("v1"),
      limits: Some((fuel: Some(18446744073709551615), profile: Some(Development))),
    )],
    local: [(name: "d", path: "d.wasm"), (name: "e", path: "e.wasm", limits: None)],
    settings: (
      data_dir: Some("data"),
      limits: Some(Limits(
        profile: Some(Default), module_mib: Some(1), memory_mib: Some(2),
        timeout_ms: Some(3), concurrent_operations: Some(4),
        result_rows: Some(5), result_mib: Some(6), database_mib: Some(7),
        database_steps: Some(8), directory_mib: Some(9),
        directory_entries: Some(10), file_mib: Some(11),
      )),
    ),
  ))`);
  const mib = 1024 * 1024;
  assertEquals(config.settings.dataDir, "data");
  assertEquals(config.settings.limits, {
    profile: "default",
    moduleBytes: mib,
    memoryBytes: 2 * mib,
    timeoutMs: 3,
    maxConcurrentOperations: 4,
    maxRows: 5,
    maxResultBytes: 6 * mib,
    databaseBytes: 7 * mib,
    databaseSteps: 8,
    directoryBytes: 9 * mib,
    directoryEntries: 10,
    fileBytes: 11 * mib,
  });
  assertEquals(config.oci[0]?.limits, {
    profile: "development",
    fuel: 2 ** 64,
  });
  assertEquals(config.local, [
    { name: "d", path: "d.wasm" },
    { name: "e", path: "e.wasm" },
  ]);
});

Deno.test("each limit has the name that it has in the file", () => {
  for (const [limit, name] of Object.entries(LIMIT_NAMES)) {
    const field = /^limits\.(\w+) in forge\.ron$/.exec(name)?.[1];
    const { config } = parseConfig(
      `(extensions: (settings: (limits: Some((${field}: Some(1))))))`,
    );
    const limits = Object.entries(config.settings.limits ?? {});
    assertEquals(limits.map(([key]) => key), [limit]);
  }
});

Deno.test("limits that nothing can keep to are refused", () => {
  for (
    const limits of [
      "memory_mib: Some(0)",
      "fuel: Some(0)",
      "timeout_ms: Some(0)",
      "memory_mib: Some(4097)",
    ]
  ) {
    for (
      const text of [
        `(extensions: (settings: (limits: Some((${limits})))))`,
        `(extensions: (local: [(name: "a", path: "a.wasm", limits: Some((${limits})))]))`,
      ]
    ) {
      const error = assertThrows(() => parseConfig(text), ConfigError);
      assertEquals(error.code, "CONFIG_INVALID", text);
    }
  }
});

Deno.test("data has a directory that is for nothing else", () => {
  const parse = (settings: string) =>
    parseConfig(`(extensions: (settings: (${settings})))`);
  for (
    const settings of [
      'data_dir: Some(".")',
      'data_dir: Some("")',
      'data_dir: Some("..")',
      'data_dir: Some("/")',
      'data_dir: Some(".forge")',
      'data_dir: Some(".forge/extensions/cache")',
      'data_dir: Some(".forge/extensions/cache/data")',
      'cache_dir: Some(".forge/extensions/data/../data")',
      'cache_dir: Some("/srv"), data_dir: Some("/srv/data")',
    ]
  ) {
    const error = assertThrows(() => parse(settings), ConfigError);
    assertEquals(error.code, "CONFIG_INVALID", settings);
  }
  for (
    const settings of [
      'data_dir: Some("data")',
      'data_dir: Some("/srv/data"), cache_dir: Some("/srv/data-cache")',
      'data_dir: Some("../data")',
    ]
  ) parse(settings);
});
