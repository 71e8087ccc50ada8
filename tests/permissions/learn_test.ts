/** `forge permissions --learn`: where a registry sends us, written down. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { main } from "../../src/cli/dispatch.ts";
import { withHosts } from "../../src/cli/learn.ts";
import { parseConfig } from "../../src/config/mod.ts";
import { platform } from "../../src/platform/deno.ts";
import {
  pushWasm,
  type Registry,
  startRegistry,
} from "../../src/testing/mod.ts";
import {
  fixture,
  forgeRon,
  ociEntry,
  openWorkspace,
  type Workspace,
} from "../cli/workspace.ts";

/** A registry with tokens and blobs on another host, and a project that uses it. */
async function openScattered(): Promise<
  AsyncDisposable & { readonly registry: Registry; readonly work: Workspace }
> {
  const registry = await startRegistry({
    auth: {
      kind: "bearer",
      users: {},
      anonymousPull: true,
      separateOrigin: true,
    },
    behavior: { redirectBlobs: true },
  });
  const work = await openWorkspace();
  await pushWasm(registry, "acme/greeter", "v1", await fixture("greeter"));
  await work.write("forge.ron", `// Ours, by hand.\n${ronFor(registry)}`);
  return {
    registry,
    work,
    async [Symbol.asyncDispose]() {
      await work[Symbol.asyncDispose]();
      await registry.close();
    },
  };
}

const ronFor = (registry: Registry) =>
  forgeRon({
    oci: ociEntry(registry, "greeter", "v1"),
    settings: "docker_credentials: false /* no logins here */",
  });

const readRon = (work: Workspace) =>
  Deno.readTextFile(`${work.root}/forge.ron`);

Deno.test("--learn --yes writes the hosts down, comments stay, and the next run passes", async () => {
  await using scattered = await openScattered();
  const { registry, work } = scattered;
  const second = new URL(registry.secondOrigin).host;
  assertEquals((await work.forge("run")).status, 1);

  const learned = await work.forge("permissions", "--learn", "--yes");
  assertEquals(learned.status, 0, learned.err);
  assertStringIncludes(learned.err, `allowed for ${registry.host}: ${second}`);
  assertStringIncludes(learned.out, second);

  const text = await readRon(work);
  assertStringIncludes(text, "// Ours, by hand.");
  assertStringIncludes(text, "/* no logins here */");
  const { config } = parseConfig(text);
  assertEquals(config.registries[registry.host]?.allowedHosts, [second]);
  assertEquals(
    [...Deno.readDirSync(work.root)].map(({ name }) => name).sort(),
    [
      ".forge",
      "forge.ron",
    ],
  );
  await Deno.remove(work.cache, { recursive: true });
  const { status, err } = await work.forge("run");
  assertEquals(status, 0, err);

  const again = await work.forge("permissions", "--learn", "--yes");
  assertStringIncludes(again.err, "Nothing to learn");
  assertEquals(await readRon(work), text);
});

/** Runs `forge permissions --learn` on a terminal where somebody answers. */
async function learnWith(work: Workspace, answer: string) {
  const questions: string[] = [];
  let err = "";
  const status = await main(["permissions", "--learn"], {
    platform: {
      ...platform,
      sandbox: undefined,
      env: () => undefined,
      cwd: () => work.root,
    },
    out: () => {},
    err: (text) => void (err += text),
    signal: new AbortController().signal,
    color: false,
    ask: (question) => {
      questions.push(question);
      return Promise.resolve(answer);
    },
  });
  return { status, err, questions };
}

Deno.test("on a terminal each host is asked for once, and yes allows it", async () => {
  await using scattered = await openScattered();
  const { registry, work } = scattered;
  const second = new URL(registry.secondOrigin).host;
  const { status, questions } = await learnWith(work, " Yes \n");
  assertEquals(status, 0);
  assertEquals(questions, [
    `${registry.host} sends us to ${second}. Allow? [y/N] `,
  ]);
  assertStringIncludes(await readRon(work), `allowed_hosts: ["${second}"]`);
});

Deno.test("anything but yes allows nothing, sends nothing and writes nothing", async () => {
  await using scattered = await openScattered();
  const { registry, work } = scattered;
  const second = new URL(registry.secondOrigin).host;
  const before = await readRon(work);
  for (const answer of ["", "n", "yesterday"]) {
    const { err, questions } = await learnWith(work, answer);
    assertEquals(questions.length, 1);
    assertStringIncludes(err, `Refused to connect to ${second}`);
  }
  assertEquals(await readRon(work), before);
  const asked = registry.requests.filter(({ host }) => host === second);
  assertEquals(asked, []);
});

Deno.test("the file keeps its rights and its links, and a disk that is full leaves it as it was", async () => {
  await using scattered = await openScattered();
  const { registry, work } = scattered;
  const before = await readRon(work);
  await Deno.rename(`${work.root}/forge.ron`, `${work.root}/real.ron`);
  await Deno.symlink("real.ron", `${work.root}/forge.ron`);
  await Deno.chmod(`${work.root}/real.ron`, 0o640);
  const learn = (replace: typeof platform.files.replace) =>
    main(["permissions", "--learn", "--yes"], {
      platform: {
        ...platform,
        sandbox: undefined,
        env: () => undefined,
        cwd: () => work.root,
        files: { ...platform.files, replace },
      },
      out: () => {},
      err: () => {},
      signal: new AbortController().signal,
      color: false,
    });
  const full = () => Promise.reject(new Error("no space left"));
  assertEquals(await learn(full), 1);
  assertEquals(await readRon(work), before);
  assertEquals(await learn(platform.files.replace), 0);
  const { isSymlink } = await Deno.lstat(`${work.root}/forge.ron`);
  const { mode } = await Deno.stat(`${work.root}/real.ron`);
  assertEquals([isSymlink, (mode ?? 0) & 0o777], [true, 0o640]);
  const host = new URL(registry.secondOrigin).host;
  assertStringIncludes(await readRon(work), host);
});

Deno.test("without a terminal, a file or a network there is nothing to learn from", async () => {
  await using work = await openWorkspace();
  const scan = await work.forge("permissions", "--learn", "--yes");
  assertEquals(scan.status, 2);
  assertStringIncludes(scan.err, "there is no forge.ron");
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry("r.example", "a", "v1") }),
  );
  const silent = await work.forge("permissions", "--learn");
  assertEquals(silent.status, 2);
  assertStringIncludes(silent.err, "there is nobody to ask");
  assertStringIncludes(silent.err, "--yes");
});

Deno.test("hosts are added wherever the file has room for them", () => {
  const oci = `oci: [${ociEntry("r.example", "a", "v1")}]`;
  const table = [
    `Config(extensions: Extensions(${oci}))`,
    `Config(extensions: Extensions(${oci}, registries: {}))`,
    `Config(extensions: Extensions(${oci}, registries: {"r.example": RegistrySettings()}))`,
    `(extensions: (${oci}, registries: {"r.example": (timeout_secs: Some(9), /* why */ allowed_hosts: ["old.example"])}))`,
    `(extensions: (${oci}, registries: {"other.example": (mirrors: ["m.example"])}))`,
  ];
  for (const text of table) {
    const changed = withHosts(text, "r.example", ["b.example:8443"]);
    const { config } = parseConfig(changed);
    const expected = parseConfig(text).config;
    const settings = config.registries["r.example"];
    assertEquals(settings?.allowedHosts, ["b.example:8443"], changed);
    assertEquals(config.oci, expected.oci);
    assertEquals(
      config.registries["other.example"],
      expected.registries["other.example"],
    );
    assert(!text.includes("/* why */") || changed.includes("/* why */"));
  }
});
