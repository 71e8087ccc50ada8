import { assertEquals } from "@std/assert";
import { resolve } from "@std/path";
import { type ConfigLocation, parseConfig } from "../config/mod.ts";
import {
  listRequirements,
  type ListRequirementsOptions,
  networkHosts,
  type PermissionKind,
} from "./requirements.ts";

const ROOT = resolve("/srv/app");
const FILE: ConfigLocation = {
  kind: "file",
  path: resolve(ROOT, "forge.ron"),
  root: ROOT,
  via: "search",
};
const LOCK = resolve(ROOT, "forge.lock");
const CACHE = resolve(ROOT, "cache");
const LOGINS = {
  files: [resolve("/home/me/.docker/config.json")],
  variables: ["HOME", "DOCKER_CONFIG"],
  helpers: ["docker-credential-pass"],
};

function configOf(parts: string, registries: readonly string[]) {
  const oci = registries.map((registry, i) =>
    `(name: "e${i}", registry: "${registry}", image: "a/b", reference: Tag("v1"))`
  );
  return parseConfig(`(extensions: (oci: [${oci}], ${parts}))`).config;
}

/** What a configuration needs, as `kind value`. */
function needs(
  parts: string,
  registries: readonly string[] = ["r.example"],
  options: Partial<ListRequirementsOptions> = {},
): readonly string[] {
  return listRequirements(configOf(parts, registries), {
    location: FILE,
    cacheDir: CACHE,
    offline: false,
    ...options,
  }).map(({ kind, value }) => `${kind} ${value}`);
}

const only = (kind: PermissionKind, all: readonly string[]) =>
  all.filter((each) => each.startsWith(`${kind} `))
    .map((each) => each.slice(kind.length + 1));

Deno.test("a registry needs its host, the file, its lock and the cache", () => {
  assertEquals(needs(""), [
    "net r.example:443",
    `read ${FILE.path}`,
    `read ${LOCK}`,
    `read ${CACHE}`,
    `write ${CACHE}`,
    "env FORGE_CONFIG_PATH",
  ]);
});

Deno.test("ports are those of the scheme unless they are given", () => {
  const table: readonly [registry: string, settings: string, net: string][] = [
    ["r.example", "", "r.example:443"],
    ["r.example:8443", "", "r.example:8443"],
    ["r.example", "plain_http: true", "r.example:80"],
    ["localhost", "", "localhost:80"],
    ["localhost", 'ca_file: Some("ca.pem")', "localhost:443"],
    ["docker.io", "", "registry-1.docker.io:443"],
    ["R.Example", "", "r.example:443"],
  ];
  for (const [registry, settings, net] of table) {
    const parts = `registries: {"${registry}": (${settings})}`;
    assertEquals(only("net", needs(parts, [registry]))[0], net, registry);
  }
});

Deno.test("mirrors and allowed hosts are reached too, with their own companions", () => {
  const parts = `registries: {"r.example": (
    mirrors: ["m.example:5000", "quay.io"],
    allowed_hosts: ["Blobs.Example", "auth.example:8443", "*.cdn.example"],
  )}`;
  assertEquals(only("net", needs(parts)), [
    ...["r.example:443", "m.example:5000", "quay.io:443"],
    ...["cdn.quay.io:443", "cdn01.quay.io:443", "cdn02.quay.io:443"],
    ...["cdn03.quay.io:443", "blobs.example:443", "auth.example:8443"],
    "*.cdn.example:443",
  ]);
});

Deno.test("settings of registries that nothing comes from are not needed", () => {
  const parts = `registries: {"other.example": (
    mirrors: ["m.example"], allowed_hosts: ["x.example"], ca_file: Some("ca.pem"),
  )}, auth: {"other.example": (username_env: Some("U"), token_env: Some("T"))}`;
  assertEquals(needs(parts), needs(""));
});

Deno.test("certificates are read", () => {
  const parts = `registries: {"r.example": (
    ca_file: Some("certs/ca.pem"),
    client_certificate: Some((cert_file: "me.pem", key_file: "/keys/me.key")),
  )}`;
  assertEquals(only("read", needs(parts)), [
    ...[FILE.path, LOCK, CACHE, resolve(ROOT, "certs/ca.pem")],
    ...[resolve(ROOT, "me.pem"), resolve("/keys/me.key")],
  ]);
});

Deno.test("credentials need their variables, and logins only where auth names nothing", () => {
  const auth =
    `auth: {"r.example": (username_env: Some("U"), token_env: Some("T"))}`;
  const named = needs(auth, ["r.example"], { logins: LOGINS });
  assertEquals(only("env", named), ["FORGE_CONFIG_PATH", "U", "T"]);
  assertEquals(only("run", named), []);

  const logins = needs("", ["r.example"], { logins: LOGINS });
  assertEquals(only("env", logins), [
    "FORGE_CONFIG_PATH",
    ...LOGINS.variables,
  ]);
  assertEquals(only("run", logins), LOGINS.helpers);
  assertEquals(only("read", logins), [FILE.path, LOCK, CACHE, ...LOGINS.files]);

  const off = "settings: (docker_credentials: false)";
  assertEquals(
    needs(off, ["r.example"], { logins: LOGINS }),
    needs(off),
  );
});

Deno.test("offline, and with nothing missing, only reading is left", () => {
  const reading = [
    `read ${FILE.path}`,
    `read ${LOCK}`,
    `read ${CACHE}`,
    "env FORGE_CONFIG_PATH",
  ];
  const logins = LOGINS;
  assertEquals(
    needs("", ["r.example"], { offline: true, logins }),
    reading,
  );
  assertEquals(
    needs("", ["r.example"], { missing: new Set(), logins }),
    reading,
  );
});

Deno.test("only registries that something is missing from are asked", () => {
  const two = ["one.example", "two.example"];
  assertEquals(only("net", needs("", two, { missing: new Set(["e1"]) })), [
    "two.example:443",
  ]);
});

Deno.test("the way to the configuration decides what is read for it", () => {
  const reads = (location: ConfigLocation) => {
    const all = needs('local: [(name: "l", path: "l.wasm")]', [], {
      location,
    });
    return [only("read", all), only("env", all)];
  };
  const hidden = resolve(ROOT, ".forge/config.ron");
  const module = resolve(ROOT, "l.wasm");
  assertEquals(reads(FILE), [[FILE.path, module], ["FORGE_CONFIG_PATH"]]);
  assertEquals(reads({ ...FILE, path: hidden }), [
    [FILE.path, hidden, module],
    ["FORGE_CONFIG_PATH"],
  ]);
  const given = resolve("/etc/forge.ron");
  assertEquals(reads({ ...FILE, path: given, via: "option" }), [
    [given, module],
    [],
  ]);
  assertEquals(reads({ ...FILE, path: given, via: "variable" }), [
    [given, module],
    ["FORGE_CONFIG_PATH"],
  ]);
  const directory = resolve(ROOT, "crates/server/extensions");
  assertEquals(reads({ kind: "scan", directory, root: ROOT }), [
    [FILE.path, hidden, directory, module],
    ["FORGE_CONFIG_PATH"],
  ]);
});

Deno.test("each requirement says which part of the file asks for it", () => {
  const config = configOf(
    `registries: {"R.example": (allowed_hosts: ["b.example"])},
     auth: {"r.EXAMPLE": (username_env: Some("U"))}`,
    ["r.example", "r.example"],
  );
  const paths = listRequirements(config, {
    location: FILE,
    cacheDir: CACHE,
    offline: false,
  }).map(({ value, path }) => [value, path?.join(" ")]);
  assertEquals(paths, [
    ["r.example:443", "extensions oci 0 registry"],
    ["b.example:443", "extensions registries R.example allowed_hosts 0"],
    [FILE.path, undefined],
    [LOCK, undefined],
    [CACHE, "extensions settings cache_dir"],
    [CACHE, "extensions settings cache_dir"],
    ["FORGE_CONFIG_PATH", undefined],
    ["U", "extensions auth r.EXAMPLE username_env"],
  ]);
});

Deno.test("the allowlist of the client has the same hosts as the flags", () => {
  const registries = ["ghcr.io", "acme.azurecr.io", "localhost:5000"];
  const parts = `registries: {"ghcr.io": (mirrors: ["m.example"])}`;
  assertEquals(
    networkHosts(configOf(parts, registries)),
    only("net", needs(parts, registries)),
  );
});

Deno.test("the data directory is read and written where extensions run", () => {
  const dataDir = resolve(ROOT, "data");
  const all = needs("", ["r.example"], { dataDir });
  assertEquals(only("write", all), [CACHE, dataDir]);
  assertEquals(only("read", all), [FILE.path, LOCK, CACHE, dataDir]);
  assertEquals(only("write", needs("", [], { dataDir })), []);
  const offline = needs("", ["r.example"], { dataDir, offline: true });
  assertEquals(only("write", offline), [dataDir]);
});

Deno.test("keys and trusted roots are read where signatures are demanded, offline too", () => {
  const trust = `trust: Some((
    keys: ["keys/a.pub", "/etc/b.pub"],
    identities: [(identity: "a@b.test", issuer: "https://i.test")],
    trusted_root: Some("root.json"),
  ))`;
  const files = [
    resolve(ROOT, "keys/a.pub"),
    resolve("/etc/b.pub"),
    resolve(ROOT, "root.json"),
  ];
  const before = only("read", needs(""));
  assertEquals(
    only("read", needs(trust)).filter((each) => !before.includes(each)),
    files,
  );
  assertEquals(only("read", needs(trust, [], {})).includes(files[0]!), false);
  const offline = only("read", needs(trust, undefined, { offline: true }));
  assertEquals(files.every((each) => offline.includes(each)), true);
  const exempt = trust.replace("Some((", "Some((required: false,");
  assertEquals(only("read", needs(exempt)), before);
});
