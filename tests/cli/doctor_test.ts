/** `forge doctor`: for each kind of bad setup the line that says so, and never a credential. */

import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { ForgeError } from "../../src/errors.ts";
import { platform } from "../../src/platform/deno.ts";
import type { Platform, Sandbox } from "../../src/platform/types.ts";
import {
  createTestCertificates,
  pushWasm,
  type Registry,
  startRegistry,
} from "../../src/testing/mod.ts";
import { readAudit, runForge } from "../permissions/real_process.ts";
import {
  fixture,
  forgeRon,
  ociEntry,
  openWorkspace,
  type Workspace,
  type WorkspaceOptions,
} from "./workspace.ts";

const SECRET = "s3cr3t-0f-th3-r3gistry";
const VARIABLES = { REGISTRY_USER: "ada", REGISTRY_TOKEN: SECRET };

interface Check {
  readonly area: string;
  readonly status: string;
  readonly message: string;
  readonly hint?: string;
}

/** What the doctor says of an area. */
async function examine(work: Workspace, ...args: readonly string[]) {
  const { status, out, err } = await work.forge("doctor", "--json", ...args);
  assertFalse((out + err).includes(SECRET), "a credential is printed");
  const { ok, checks } = JSON.parse(out) as {
    ok: boolean;
    checks: readonly Check[];
  };
  assertEquals(status, ok ? 0 : 1, err);
  assertEquals(ok, checks.every((check) => check.status !== "problem"));
  return (area: string) =>
    checks.filter((check) => check.area === area)
      .map(({ status, message, hint }) => `${status}: ${message} | ${hint}`);
}

const authOf = (registry: Registry) =>
  `"${registry.host}": RegistryAuth(username_env: Some("REGISTRY_USER"), token_env: Some("REGISTRY_TOKEN")),`;

/** A registry that wants a password, and a project with an extension from it. */
async function openScene(
  options: WorkspaceOptions = { env: VARIABLES },
  settings = "docker_credentials: false",
) {
  const registry = await startRegistry({
    auth: { kind: "bearer", users: { ada: SECRET } },
  });
  const work = await openWorkspace(options);
  // Pushed from within: the registry lets nobody else.
  await pushWasm(registry, "acme/notes", "v1", await fixture("notes"));
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry(registry, "notes", "v1"),
      auth: authOf(registry),
      settings,
    }),
  );
  return {
    registry,
    work,
    async [Symbol.asyncDispose]() {
      await work[Symbol.asyncDispose]();
      await registry.close();
    },
  };
}

Deno.test("where all is well each line says so, and how long the registry took", async () => {
  await using scene = await openScene();
  const { registry, work } = scene;
  assertEquals((await work.forge("lock", "--quiet")).status, 0);
  const { status, out, err } = await work.forge("doctor");
  assertEquals([status, err], [0, ""], out);
  assertFalse(out.includes(SECRET));
  const text = out.replace(/\n {24}/g, " ");
  for (
    const line of [
      /^ok {7}runtime {8}forge \S+ on Deno \d/m,
      /^ok {7}variables {6}REGISTRY_TOKEN is set /m,
      /^ok {7}credentials {4}\S+: environment variables REGISTRY_USER and REGISTRY_TOKEN$/m,
      /^ok {7}registry {7}\S+: answers in \d+ ms, without TLS, takes the credentials$/m,
      /^ok {7}clock {10}agrees with /m,
      /^ok {7}cache {10}\S+ can be written: 1 entry, /m,
      /^ok {7}data {11}\S+ can be written$/m,
      /^ok {7}lock {11}forge.lock agrees: 1 extension$/m,
    ]
  ) assert(line.test(text), `${line} in\n${text}`);
  assert(out.split("\n").every((line) => line.length <= 80), out);
  assertEquals(registry.requests.filter(({ method }) => method === "PUT"), []);
});

Deno.test("--offline asks no registry, and offline_mode needs none", async () => {
  await using scene = await openScene();
  const { registry, work } = scene;
  registry.requests.clear();
  const said = await examine(work, "--offline");
  assertEquals(said("registry"), ["skipped: not asked: --offline | undefined"]);
  assertEquals(registry.requests.length, 0);
  await using air = await openScene(
    undefined,
    "docker_credentials: false, offline_mode: true",
  );
  const gapped = await examine(air.work);
  assertStringIncludes(gapped("registry")[0]!, "offline_mode is on");
  assertStringIncludes(
    gapped("cache")[1]!,
    "problem: notes is not cached, and offline_mode is on | forge cache import",
  );
});

Deno.test("an old runtime is a problem", async () => {
  await using work = await openWorkspace({
    platform: {
      ...{ runtime: "node", runtimeName: "Node", runtimeVersion: "18.20.1" },
    },
  });
  const said = await examine(work);
  assertStringIncludes(said("runtime")[0]!, "problem: ");
  assertStringIncludes(said("runtime")[0]!, "Install Node 20 or later");
});

Deno.test("Bun has its own name and version", async () => {
  await using work = await openWorkspace({
    platform: {
      ...{ runtime: "node", runtimeName: "Bun", runtimeVersion: "1.4.5" },
    },
  });
  const said = await examine(work);
  assertMatch(said("runtime")[0]!, /^ok: forge \S+ on Bun 1\.4\.5/);
});

function sandboxWith(granted: (kind: string) => boolean): Sandbox {
  const refuse = () => Promise.reject(new Error("not asked for"));
  return {
    canRestart: () => Promise.resolve(false),
    restart: refuse,
    drop: refuse,
    dropOne: refuse,
    isGranted: (kind) => Promise.resolve(granted(kind)),
  };
}

Deno.test("permissions that lack are named with the flags, and nothing else is tried", async () => {
  const sandbox = sandboxWith((kind) => kind !== "net" && kind !== "write");
  await using scene = await openScene({
    env: VARIABLES,
    platform: { sandbox },
  });
  const said = await examine(scene.work);
  const [line = ""] = said("permissions");
  assertStringIncludes(line, `lacks net ${scene.registry.host}, write `);
  assertStringIncludes(line, "--allow-net=");
  assertEquals([said("registry"), said("cache")], [[], []]);
  assertEquals(scene.work.cached(), []);
});

Deno.test("a variable that may not be read is the finding, not the end", async () => {
  await using work = await openWorkspace({
    platform: {
      env(name) {
        throw new ForgeError(
          "PERMISSION_DENIED",
          `Cannot read the environment variable ${name}: permission not granted`,
          { hint: `Run Deno with --allow-env=${name}` },
        );
      },
    },
  });
  const said = await examine(work);
  assertStringIncludes(said("permissions")[0]!, "problem: Cannot read");
  assertStringIncludes(said("permissions")[0]!, "--allow-env=");
});

Deno.test("a process that may ask every host is warned", async () => {
  const sandbox = sandboxWith(() => true);
  await using scene = await openScene({
    env: VARIABLES,
    platform: { sandbox },
  });
  const said = await examine(scene.work);
  assertStringIncludes(said("permissions")[0]!, "warning: ");
});

const BAD_CONFIGS: readonly (readonly [text: string, says: string])[] = [
  ["(extensions: (oci: [", "problem: forge.ron:1:21 "],
  [
    "(extensions: (settings: (ofline_mode: true)))",
    "problem: forge.ron:1:26 UnknownField",
  ],
  [
    `(extensions: (oci: [(name: "A b", registry: "ghcr.io", image: "a/b", reference: Tag("v1"))]))`,
    "problem: forge.ron:1:28 InvalidConfig",
  ],
  [
    `(extensions: (local: [(name: "a", path: "./gone.wasm")]))`,
    "problem: forge.ron:1:41 MissingFile",
  ],
  [
    `(extensions: (settings: (verify_checksums: false)))`,
    "warning: forge.ron:1:44 ChecksumsOff",
  ],
  [
    `(extensions: (auth: {"ghcr.io": (token_env: Some("ghp_0123456789abcdef"))}))`,
    "problem: forge.ron:1:45 CredentialInFile",
  ],
];

Deno.test("what is wrong with the configuration is said with its place", async () => {
  for (const [text, says] of BAD_CONFIGS) {
    await using work = await openWorkspace();
    await work.write("forge.ron", text);
    const said = await examine(work);
    assert(
      said("configuration").some((line) => line.startsWith(says)),
      `${text}: ${said("configuration").join("\n")}`,
    );
    assertFalse(said("configuration").join().includes("ghp_0123"));
    assertFalse(said("variables").join().includes("ghp_0123"));
  }
});

Deno.test("a configuration that is not there or not text is a problem, and none at all a warning", async () => {
  await using work = await openWorkspace({
    env: { FORGE_CONFIG_PATH: "gone.ron" },
  });
  assertStringIncludes(
    (await examine(work))("configuration")[0]!,
    `problem: Cannot find the configuration "gone.ron"`,
  );
  await using none = await openWorkspace();
  const said = await examine(none);
  assertStringIncludes(said("configuration")[0]!, "warning: no forge.ron here");
  assertStringIncludes(said("configuration")[0]!, "forge init");
  assertEquals([...Deno.readDirSync(none.root)], []);
  await none.write("forge.ron", new Uint8Array([0xff, 0xfe, 0x00]));
  assertStringIncludes((await examine(none))("configuration")[0]!, "not UTF-8");
});

Deno.test("variables that are not set are named, with the registry that is asked anonymously", async () => {
  await using scene = await openScene({ env: { REGISTRY_USER: "ada" } });
  const said = await examine(scene.work);
  assertStringIncludes(said("variables")[1]!, "ok: REGISTRY_USER is set");
  assertStringIncludes(
    said("variables")[2]!,
    "warning: REGISTRY_TOKEN is not set",
  );
  assertStringIncludes(said("credentials")[0]!, "warning: ");
  assertStringIncludes(said("credentials")[0]!, "REGISTRY_TOKEN");
  assertStringIncludes(said("registry")[0]!, "problem: ");
});

/** A project whose registry `auth` does not name. */
async function openLogins(
  options: WorkspaceOptions,
  login?: (host: string) => readonly [path: string, json: unknown],
) {
  const registry = await startRegistry({
    auth: { kind: "basic", users: { ada: SECRET } },
  });
  const home = await openWorkspace();
  const work = await openWorkspace({
    ...options,
    env: { HOME: home.root, XDG_RUNTIME_DIR: join(home.root, "run") },
  });
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry(registry, "notes", "v1") }),
  );
  const [path, json] = login?.(registry.host) ?? [];
  if (path !== undefined) await home.write(path, JSON.stringify(json));
  return {
    registry,
    work,
    home,
    async [Symbol.asyncDispose]() {
      await work[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
      await registry.close();
    },
  };
}

const AUTH = { auth: btoa(`ada:${SECRET}`) };

Deno.test("credentials are told by where they are from: docker's file, podman's, a helper, nobody", async () => {
  await using docker = await openLogins({}, (host) => [
    ".docker/config.json",
    { auths: { [host]: AUTH } },
  ]);
  const fromDocker = await examine(docker.work);
  assertStringIncludes(fromDocker("credentials")[0]!, ".docker/config.json");
  assertStringIncludes(fromDocker("registry")[0]!, "takes the credentials");

  await using podman = await openLogins({}, (host) => [
    "run/containers/auth.json",
    { auths: { [host]: AUTH } },
  ]);
  assertStringIncludes(
    (await examine(podman.work))("credentials")[0]!,
    "run/containers/auth.json",
  );

  const runHelper: Platform["runHelper"] = () =>
    Promise.resolve({
      code: 0,
      stdout: JSON.stringify({ Username: "ada", Secret: SECRET }),
    });
  await using helper = await openLogins({ platform: { runHelper } }, () => [
    ".docker/config.json",
    { credsStore: "pass" },
  ]);
  assertStringIncludes(
    (await examine(helper.work))("credentials")[0]!,
    "docker-credential-pass",
  );

  await using nobody = await openLogins({});
  const said = await examine(nobody.work);
  assertStringIncludes(said("credentials")[0]!, "none, anonymous");
});

Deno.test("a helper that fails and a login file that is damaged are warnings", async () => {
  const runHelper: Platform["runHelper"] = () =>
    Promise.reject(new Error(`no such program, ${SECRET}`));
  await using helper = await openLogins({ platform: { runHelper } }, () => [
    ".docker/config.json",
    { credsStore: "gone" },
  ]);
  const said = await examine(helper.work);
  assertStringIncludes(said("credentials")[0]!, "warning: ");
  assertStringIncludes(said("credentials")[0]!, "docker-credential-gone");
  await using damaged = await openLogins({});
  await damaged.home.write(".docker/config.json", `{"auths": ${SECRET}`);
  const [line = ""] = (await examine(damaged.work))("credentials");
  assertStringIncludes(line, "it is not a JSON object");
});

Deno.test("credentials that a registry refuses are a problem", async () => {
  await using scene = await openScene({
    env: { REGISTRY_USER: "ada", REGISTRY_TOKEN: "wrong" },
  });
  const [line = ""] = (await examine(scene.work))("registry");
  assertStringIncludes(line, "problem: ");
  assertStringIncludes(line, "REGISTRY_TOKEN");
});

Deno.test("what a hostile registry answers neither draws on the terminal nor repeats a credential", async () => {
  await using registry = await startRegistry({
    auth: { kind: "basic", users: { ada: SECRET } },
    faults: [{
      match: { when: ({ headers }) => headers["authorization"] !== undefined },
      action: {
        kind: "reply",
        status: 403,
        body: JSON.stringify({
          errors: [{
            code: "DENIED",
            message: `\x1b[2J\u202e no: ${btoa(`ada:${SECRET}`)} ${SECRET}`,
          }],
        }),
      },
    }],
  });
  await using work = await openWorkspace({ env: VARIABLES });
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry(registry, "notes", "v1"),
      auth: authOf(registry),
      settings: "docker_credentials: false",
    }),
  );
  const { status, out, err } = await work.forge("doctor");
  assertEquals(status, 1);
  assertFalse((out + err).includes("\x1b"), out);
  assertFalse((out + err).includes("\u202e"), out);
  assertStringIncludes(out, "problem  registry");
  for (const secret of [SECRET, btoa(`ada:${SECRET}`)]) {
    assertFalse((out + err).includes(secret), out);
  }
});

Deno.test("a registry that refuses nobody in particular and serves what is public is fine", async () => {
  await using registry = await startRegistry({
    auth: { kind: "basic", users: {}, anonymousPull: true },
    faults: [{
      match: { path: /^\/v2\/$/ },
      action: {
        kind: "reply",
        status: 401,
        headers: { "www-authenticate": `Basic realm="r"` },
      },
    }],
  });
  await pushWasm(registry, "acme/notes", "v1", await fixture("notes"));
  await using work = await openWorkspace();
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry(registry, "notes", "v1"),
      settings: "docker_credentials: false",
    }),
  );
  assertStringIncludes(
    (await examine(work))("registry")[0]!,
    "serves acme/notes to anybody",
  );
});

/** What is said of one registry by its host. */
async function askAt(host: string, registries = "") {
  await using work = await openWorkspace();
  const text = forgeRon({
    oci: ociEntry(host, "notes", "v1"),
    settings: "docker_credentials: false",
  }).replace("settings:", `registries: {${registries}},\n    settings:`);
  await work.write("forge.ron", text);
  return (await examine(work))("registry");
}

Deno.test("a registry that is not there, has no TLS or an unknown authority, or is another server, is a problem", async () => {
  const gone = await startRegistry();
  await gone.close();
  assertStringIncludes((await askAt(gone.host))[0]!, "connection refused");

  await using plain = await startRegistry();
  const certificates = await createTestCertificates();
  await using secure = await startRegistry({ tls: certificates.server });
  const asTls = await askAt(secure.host);
  assertStringIncludes(asTls[0]!, "problem: ");
  await using work = await openWorkspace();
  await work.write("ca.pem", certificates.ca);
  const caFile = `"${secure.host}": (ca_file: Some("${work.root}/ca.pem"))`;
  assertStringIncludes((await askAt(secure.host, caFile))[0]!, "ms, TLS, ");
  const wrongWay = `"${plain.host}": (ca_file: Some("${work.root}/ca.pem"))`;
  assertStringIncludes((await askAt(plain.host, wrongWay))[0]!, "problem: ");

  await using other = await startRegistry({
    faults: [{ action: { kind: "reply", status: 404 } }],
  });
  assertStringIncludes((await askAt(other.host))[0]!, "problem: ");
  await using ill = await startRegistry({
    faults: [{ action: { kind: "reply", status: 503 } }],
  });
  assertStringIncludes((await askAt(ill.host))[0]!, "503");
  assertEquals(ill.requests.length, 1);
});

Deno.test("a mirror that does not answer is a warning, for there is the registry", async () => {
  const gone = await startRegistry();
  await gone.close();
  await using registry = await startRegistry();
  const lines = await askAt(
    registry.host,
    `"${registry.host}": (mirrors: ["${gone.host}"])`,
  );
  assertStringIncludes(lines[0]!, "ok: ");
  assertStringIncludes(lines[1]!, `warning: mirror ${gone.host}: `);
});

Deno.test("a clock that is an hour off is a warning", async () => {
  const { clock } = platform;
  await using registry = await startRegistry();
  for (
    const [offMs, says] of [[3_600_000, "ahead of"], [
      -3_600_000,
      "behind",
    ]] as const
  ) {
    await using work = await openWorkspace({
      platform: { clock: { ...clock, now: () => clock.now() + offMs } },
    });
    await work.write(
      "forge.ron",
      forgeRon({
        oci: ociEntry(registry, "notes", "v1"),
        settings: "docker_credentials: false",
      }),
    );
    const [line = ""] = (await examine(work))("clock");
    assert(line.startsWith("warning: this clock is 3"), line);
    assertStringIncludes(line, says);
    assertStringIncludes(line, "Set the clock");
  }
});

Deno.test("damaged, incomplete and unfinished files in the cache are told apart", async () => {
  await using scene = await openScene();
  const { work } = scene;
  assertEquals((await work.forge("pull", "--quiet")).status, 0);
  const [wasm = ""] = work.cached().filter((name) => name.endsWith(".wasm"));
  const bytes = await Deno.readFile(join(work.cache, wasm));
  bytes[9]! ^= 1;
  await Deno.writeFile(join(work.cache, wasm), bytes);
  await Deno.writeFile(join(work.cache, `${"a".repeat(64)}.wasm`), bytes);
  await Deno.writeFile(
    join(work.cache, `${"b".repeat(64)}.metadata.json`),
    new Uint8Array(),
  );
  await Deno.writeFile(
    join(work.cache, `.forge-${"c".repeat(64)}-x.partial`),
    bytes,
  );
  await Deno.writeFile(join(work.cache, "notes.txt"), bytes);
  const before = work.cached();
  const lines = (await examine(work))("cache");
  assertEquals(lines.length, 4, lines.join("\n"));
  assertStringIncludes(lines[1]!, "acme/notes v1 is damaged: expected sha256");
  assertStringIncludes(lines[1]!, "forge pull");
  assertStringIncludes(lines[2]!, "2 entries incomplete: aaaaaaaaaaaa, bbbb");
  assertStringIncludes(lines[3]!, "1 unfinished file, ");
  assertEquals(work.cached(), before);
});

Deno.test("a cache or a data directory that cannot be written is a problem", async () => {
  await using scene = await openScene();
  const { work } = scene;
  await work.write(".forge/extensions", "a file in the way");
  const said = await examine(work);
  assertStringIncludes(said("cache")[0]!, "problem: Cannot write to .forge");
  assertStringIncludes(said("cache")[0]!, "cache_dir");
  assertStringIncludes(said("data")[0]!, "problem: Cannot write to .forge");
  assertStringIncludes(said("data")[0]!, "data_dir");
  const { files } = platform;
  const full: Platform["files"] = {
    ...files,
    create: () =>
      Promise.reject(Object.assign(new Error("read-only"), { code: "EROFS" })),
  };
  await using readOnly = await openScene({
    env: VARIABLES,
    platform: { files: full },
  });
  assertStringIncludes(
    (await examine(readOnly.work))("cache")[0]!,
    "read-only",
  );
});

Deno.test("a lock file that is missing, damaged, or says something else is told apart", async () => {
  await using scene = await openScene();
  const { registry, work } = scene;
  const lockLines = async () => (await examine(work))("lock");
  assertStringIncludes((await lockLines())[0]!, "warning: no forge.lock");
  assertEquals((await work.forge("lock", "--quiet")).status, 0);
  const path = join(work.root, "forge.lock");
  const text = await Deno.readTextFile(path);

  await work.write("forge.lock", "<<<<<<< ours\n" + text);
  assertStringIncludes((await lockLines())[0]!, "problem: ");
  assertStringIncludes((await examine(work))("registry")[0]!, "ok: ");
  await work.write("forge.lock", text);

  const ron = await Deno.readTextFile(join(work.root, "forge.ron"));
  await work.write("forge.ron", ron.replace(`Tag("v1")`, `Tag("v2")`));
  assertStringIncludes(
    (await lockLines())[0]!,
    "as forge.ron asks for it: notes",
  );
  await work.write("forge.ron", ron.replace(`"notes"`, `"other"`));
  const lines = await lockLines();
  assertStringIncludes(lines[0]!, "as forge.ron asks for it: other");
  assertStringIncludes(lines[1]!, "does not name: notes");

  await work.write("forge.ron", ron);
  await pushWasm(registry, "acme/notes", "v1", await fixture("greeter"));
  await Deno.remove(path);
  await Deno.remove(work.cache, { recursive: true });
  assertEquals((await work.forge("pull", "--quiet")).status, 0);
  await work.write("forge.lock", text);
  assertStringIncludes(
    (await lockLines())[0]!,
    "the cache has another content",
  );
});

Deno.test("in its sandbox it has what it needs, and fewer permissions than it was started with", async () => {
  await using scene = await openScene();
  const { registry, work } = scene;
  const audit = join(work.root, "audit.jsonl");
  const { status, out, err } = await runForge(["doctor", "--json"], {
    cwd: work.root,
    env: { ...VARIABLES, DENO_AUDIT_PERMISSIONS: audit },
  });
  assertEquals(status, 0, err + out);
  assertFalse((out + err).includes(SECRET));
  const { checks } = JSON.parse(out) as { checks: readonly Check[] };
  const [permissions] = checks.filter(({ area }) => area === "permissions");
  assertStringIncludes(permissions?.message ?? "", "a process of its own with");
  const [answer] = checks.filter(({ area }) => area === "registry");
  assertStringIncludes(answer?.message ?? "", `${registry.host}: answers in`);

  const uses = await readAudit(audit);
  const hosts = uses.filter((use) => /^net (?!https?:)/.test(use));
  assertEquals(hosts, [`net ${registry.host}`]);
  const writes = uses.filter((use) => use.startsWith("write "));
  assert(writes.length > 0);
  for (const use of writes) assertStringIncludes(use, "/.forge/extensions/");

  await work.write("forge.ron", "(extensions: (");
  const broken = await runForge(["doctor", "--json"], { cwd: work.root });
  assertEquals(broken.status, 1, broken.err);
  assertEquals(JSON.parse(broken.out).ok, false);
});
