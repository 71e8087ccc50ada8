/** `forge init`: a file to begin with, whole or not at all, and never over another. */

import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { checkConfig, parseConfig } from "../../src/config/mod.ts";
import { NEW_CONFIG } from "../../src/cli/new_config.ts";
import { createFile } from "../../src/lock/mod.ts";
import { platform } from "../../src/platform/deno.ts";
import { formatRon } from "../../src/ron/mod.ts";
import {
  forgeRon,
  ociEntry,
  openWorkspace,
  type Workspace,
} from "./workspace.ts";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

const textIn = ({ root }: Workspace) =>
  Deno.readTextFile(join(root, "forge.ron"));
const namesIn = ({ root }: Workspace) =>
  [...Deno.readDirSync(root)].map(({ name }) => name).sort();

Deno.test("what init writes is valid, formatted, and gives check nothing to say", async () => {
  const { findings, usable } = await checkConfig(NEW_CONFIG);
  assertEquals({ findings, usable }, { findings: [], usable: true });
  assertEquals(formatRon(NEW_CONFIG), NEW_CONFIG);
});

Deno.test("the examples in the comments are valid where their slashes are taken away", () => {
  // What is prose ends with a full stop.
  const text = NEW_CONFIG.replace(/^( {12})\/\/ (.*[^.])$/gm, "$1$2");
  const { config } = parseConfig(text);
  assertEquals(config.oci.map(({ name }) => name), ["notes"]);
  assertEquals(config.local.map(({ name }) => name), ["dev-extension"]);
  assertEquals(config.auth["ghcr.io"]?.tokenEnv, "GHCR_TOKEN");
});

Deno.test("the page that the file names is in the repository", async () => {
  const [, path = ""] = /github\.com\/forgepoint\/forge\/blob\/main\/(\S+)$/m
    .exec(NEW_CONFIG) ?? [];
  assertStringIncludes(path, "docs/");
  const page = new URL(`../../${path}`, import.meta.url);
  assertStringIncludes(await Deno.readTextFile(page), "forge.ron");
});

Deno.test("init writes a file, says what is next, and does not write it a second time", async () => {
  await using work = await openWorkspace();
  const first = await work.forge("init");
  assertEquals([first.status, first.err], [0, ""]);
  assertStringIncludes(first.out, "Wrote forge.ron\n\nNext:\n");
  assertEquals(await textIn(work), NEW_CONFIG);
  await work.write("forge.ron", "// mine\n()");
  const second = await work.forge("init");
  assertEquals(second.status, 2);
  assertStringIncludes(second.err, "Cannot write over forge.ron: it exists");
  assertStringIncludes(second.err, "--force");
  assertEquals(await textIn(work), "// mine\n()");
  assertEquals((await work.forge("init", "--force")).status, 0);
  assertEquals(await textIn(work), NEW_CONFIG);
  assertEquals(namesIn(work), ["forge.ron"]);
});

Deno.test("init makes the directory that it is given", async () => {
  await using work = await openWorkspace();
  const { status, out } = await work.forge("init", "a/b", "--json");
  assertEquals(status, 0);
  assertEquals(JSON.parse(out), {
    ok: true,
    path: join(work.root, "a", "b", "forge.ron"),
    done: "created",
    added: [],
  });
});

Deno.test("init writes extensions by tag and by digest, and keeps the tag beside a digest", async () => {
  await using work = await openWorkspace();
  const { status, err } = await work.forge(
    "init",
    "--extension",
    "notes=ghcr.io/acme/notes:v1.0.0",
    "-e",
    `pinned=localhost:5000/acme/p:v2@${DIGEST}`,
  );
  assertEquals([status, err], [0, ""]);
  const { config: { oci } } = parseConfig(await textIn(work));
  assertEquals(
    oci.map(({ name, registry, image, reference }) =>
      `${name} ${registry} ${image} ${reference.kind} ${reference.value}`
    ),
    [
      "notes ghcr.io acme/notes Tag v1.0.0",
      `pinned localhost:5000 acme/p Digest ${DIGEST}`,
    ],
  );
  assertStringIncludes(await textIn(work), `") /* Tag("v2") */,`);
});

Deno.test("init adds an extension to a file that is there, and leaves everything else", async () => {
  await using work = await openWorkspace();
  const before = forgeRon({ oci: ociEntry("ghcr.io", "notes", "v1") }) +
    "// the end\n";
  await work.write("forge.ron", before);
  const args = ["init", "-e", "more=ghcr.io/acme/more:v2"];
  assertEquals((await work.forge(...args)).status, 0);
  const text = await textIn(work);
  assertEquals(parseConfig(text).config.oci.length, 2);
  assertEquals(
    text.replace(/ OciExtension\(\s+name: "more"[^]*?\),\n?(?=\])/, ""),
    before,
  );
  const again = await work.forge(...args);
  assertEquals(again.status, 2);
  assertStringIncludes(again.err, `forge.ron has one of that name`);
  assertEquals(await textIn(work), text);
});

const REFUSED: readonly (readonly [extension: string, says: string])[] = [
  ["notes", "it is not NAME=REF"],
  ["=ghcr.io/acme/notes:v1", "it is not NAME=REF"],
  ["notes=", "it is not NAME=REF"],
  ["My Notes=ghcr.io/acme/notes:v1", `Write "my-notes"`],
  ["../x=ghcr.io/acme/notes:v1", `Write "x"`],
  ["notes=ghcr.io/acme/notes", "it names no version"],
  ["notes=https://ghcr.io/acme/notes:v1", "Leave out the scheme"],
  ["notes=ghcr.io/Acme/notes:v1", "lower case"],
  ["notes=ghcr.io/acme/notes@sha256:12", "sha256"],
  [`notes=ghcr.io/acme/n:v1"), evil: ("`, "Cannot read"],
];

Deno.test("init writes nothing when one of the extensions is not right", async () => {
  await using work = await openWorkspace();
  for (const [extension, says] of REFUSED) {
    const { status, err } = await work.forge(
      ...["init", "-e", "fine=ghcr.io/acme/fine:v1", "-e", extension],
    );
    assertEquals(status, 2, extension);
    assertStringIncludes(err, says);
  }
  const twice = ["-e", "a=ghcr.io/a/a:v1", "-e", "a=ghcr.io/a/b:v1"];
  assertEquals((await work.forge("init", ...twice)).status, 2);
  assertEquals(namesIn(work), []);
});

Deno.test("init keeps a token in the user's place of a reference to itself", async () => {
  await using work = await openWorkspace();
  const { status, err } = await work.forge(
    ...["init", "-e", "notes=me:ghp_secretsecret@ghcr.io/acme/notes:v1"],
  );
  assertEquals(status, 2);
  assertFalse(err.includes("ghp_secretsecret"), err);
});

Deno.test("init does not change what it cannot read", async () => {
  await using work = await openWorkspace();
  const broken: readonly (readonly [text: string, says: string])[] = [
    ["(extensions: (oci: [", "Failed to parse RON configuration"],
    ["(extensions: (oci: 5))", "Failed to parse RON configuration"],
  ];
  for (const [text, says] of broken) {
    await work.write("forge.ron", text);
    const { status, err } = await work.forge(
      ...["init", "-e", "notes=ghcr.io/acme/notes:v1"],
    );
    assertEquals(status, 2);
    assertStringIncludes(err, says);
    assertEquals(await textIn(work), text);
  }
});

Deno.test("init does not hide a configuration in .forge, and says when a variable hides its own", async () => {
  await using work = await openWorkspace({
    env: { FORGE_CONFIG_PATH: "x.ron" },
  });
  await work.write(".forge/config.ron", "()");
  const { status, err } = await work.forge("init");
  assertEquals(status, 2);
  assertStringIncludes(err, "forge.ron would hide it");
  const forced = await work.forge("init", "--force");
  assertEquals(forced.status, 0);
  assertStringIncludes(forced.err, `FORGE_CONFIG_PATH names "x.ron"`);
});

Deno.test("a disk that fails leaves no file and no half of one", async () => {
  const { files } = platform;
  await using work = await openWorkspace({
    platform: {
      files: {
        ...files,
        async create(path, options) {
          const sink = await files.create(path, options);
          return {
            ...sink,
            close: () => sink.close(),
            sync: () => sink.sync(),
            write: async (chunk) => {
              await sink.write(chunk.subarray(0, 10));
              throw Object.assign(new Error("no space left"), {
                code: "ENOSPC",
              });
            },
          };
        },
      },
    },
  });
  const { status, err } = await work.forge("init");
  assertEquals(status, 1);
  assertStringIncludes(err, "no space left");
  assertEquals(namesIn(work), []);
});

Deno.test("of several that make a file at the same time one makes it", async () => {
  await using work = await openWorkspace();
  const path = join(work.root, "forge.ron");
  const made = await Promise.all(
    Array.from(
      { length: 8 },
      (_, i) => createFile(path, new TextEncoder().encode(`${i}`), platform),
    ),
  );
  assertEquals(made.filter(Boolean).length, 1);
  assertEquals(await textIn(work), `${made.indexOf(true)}`);
  assertEquals(namesIn(work), ["forge.ron"]);
});
