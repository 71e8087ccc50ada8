/** publish, copy, tags and referrers, as a person calls them. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { parseConfig } from "../../src/config/mod.ts";
import { keptTags } from "../../src/project/references.ts";
import { startRegistry } from "../../src/testing/mod.ts";
import { fixture, openWorkspace } from "./workspace.ts";

const DIGEST_LINE = /^sha256:[0-9a-f]{64}\n$/;

Deno.test("what was published runs as its author is told to write it", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await work.write("build/greeter.wasm", await fixture("greeter"));
  const ref = `${registry.host}/acme/greeter`;
  const published = await work.forge(
    ...["publish", "build/greeter.wasm", `${ref}:v1.0.0`, "--tag", "v1"],
    ...["--version", "1.0.0", "--annotation", "com.example.team=a=b"],
  );
  assertEquals(published.status, 0, published.err);
  assertMatch(published.out, DIGEST_LINE);
  const snippet = published.err.slice(published.err.indexOf("OciExtension"));
  await work.write("forge.ron", `(extensions: (oci: [\n${snippet}]))`);
  const run = await work.forge("run", "--json");
  assertEquals(run.status, 0, run.err);
  const [extension] = run.json().extensions;
  assertEquals(extension?.name, "greeter");
  assertEquals(`${extension?.manifestDigest}\n`, published.out);
  const again = await work.forge(
    ...["publish", "build/greeter.wasm", `${ref}:v1.0.0`, "--tag", "v1"],
    ...["--version", "1.0.0", "--annotation", "com.example.team=a=b"],
  );
  assertEquals(again.out, published.out);
  assertStringIncludes(again.err, "already there");
  assertStringIncludes(again.err, "v1.0.0, as before");
});

Deno.test("publish --json tells the three digests apart", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await work.write("notes.wasm", await fixture("notes"));
  const { out, status } = await work.forge(
    ...["publish", "notes.wasm", `${registry.host}/acme/notes:v1`, "--json"],
  );
  assertEquals(status, 0);
  const document = JSON.parse(out);
  assertEquals(document.ok, true);
  assertEquals(document.layerDigest, `sha256:${document.sha256}`);
  assert(
    new Set([
      document.manifestDigest,
      document.configDigest,
      document.layerDigest,
    ]).size === 3,
  );
  assertEquals(document.tags, [{ tag: "v1" }]);
});

Deno.test("wrong command lines of publish say what to write", async (t) => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await work.write("notes.wasm", await fixture("notes"));
  await work.write("page.wasm", "<!doctype html>");
  const ref = `${registry.host}/acme/notes`;
  const digest = `sha256:${"0".repeat(64)}`;
  const table:
    readonly (readonly [string, readonly string[], number, string])[] = [
      ["no tag", ["notes.wasm", ref], 2, `Write one, such as ${ref}:v1.0.0`],
      ["a digest", ["notes.wasm", `${ref}@${digest}`], 2, "follows from"],
      ["no file", ["no.wasm", `${ref}:v1`], 1, "Cannot find the file"],
      ["a directory", [".", `${ref}:v1`], 1, "it is no file"],
      ["no module", ["page.wasm", `${ref}:v1`], 1, "Invalid WASM magic number"],
      ["a bad tag", ["notes.wasm", `${ref}:v 1`], 2, "v 1"],
      ["no annotation", ["notes.wasm", `${ref}:v1`, "-a", "x"], 2, "no K=V"],
      [
        "two values",
        ["notes.wasm", `${ref}:v1`, "-a", "k=v", "-a", "k=w"],
        2,
        `"k" two values`,
      ],
      [
        "an empty version",
        ["notes.wasm", `${ref}:v1`, "--version", ""],
        2,
        "empty --version",
      ],
      [
        "a path as title",
        ["notes.wasm", `${ref}:v1`, "--title", "../notes.wasm"],
        2,
        "no file name",
      ],
      [
        "a directory as title",
        ["notes.wasm", `${ref}:v1`, "--title", ".."],
        2,
        "no file name",
      ],
      ["no time", ["notes.wasm", `${ref}:v1`, "--created", "now"], 2, "now"],
    ];
  for (const [name, args, status, text] of table) {
    await t.step(name, async () => {
      const result = await work.forge("publish", ...args);
      assertEquals(result.status, status, result.err);
      assertStringIncludes(result.err, text);
      assertEquals(result.out, "");
    });
  }
  assertEquals(registry.requests.length, 0);
});

Deno.test("refused credentials are told without being shown", async () => {
  await using registry = await startRegistry({
    auth: { kind: "basic", users: { ann: "right-secret" } },
  });
  await using work = await openWorkspace({
    env: { NOTES_USER: "ann", NOTES_TOKEN: "wrong-secret" },
  });
  await work.write("notes.wasm", await fixture("notes"));
  await work.write(
    "forge.ron",
    `(extensions: (auth: {"${registry.host}": (username_env: Some("NOTES_USER"), token_env: Some("NOTES_TOKEN"))}))`,
  );
  const { status, err } = await work.forge(
    ...["publish", "notes.wasm", `${registry.host}/acme/notes:v1`],
  );
  assertEquals(status, 1);
  assertStringIncludes(err, "refused (401");
  assert(!err.includes("wrong-secret"));
});

Deno.test("copy keeps the digest and the tag, across registries", async () => {
  await using from = await startRegistry();
  await using to = await startRegistry();
  await using work = await openWorkspace();
  await work.write("notes.wasm", await fixture("notes"));
  const published = await work.forge(
    ...["publish", "notes.wasm", `${from.host}/acme/notes:v1`],
  );
  const copied = await work.forge(
    ...["copy", `${from.host}/acme/notes:v1`, `${to.host}/mirror/notes`],
    ...["--tag", "stable"],
  );
  assertEquals(copied.status, 0, copied.err);
  assertEquals(copied.out, published.out);
  const tags = await work.forge("tags", `${to.host}/mirror/notes`);
  assertEquals(tags.out.split("\n").filter(Boolean).sort(), ["stable", "v1"]);
  const missing = await work.forge(
    ...["copy", `${from.host}/acme/notes:v9`, `${to.host}/mirror/notes`],
  );
  assertEquals(missing.status, 1);
  assertStringIncludes(missing.err, "does not have it");
});

Deno.test("tags hides what belongs to signatures, unless asked", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await work.write("notes.wasm", await fixture("notes"));
  const ref = `${registry.host}/acme/notes`;
  const signature = `sha256-${"0".repeat(64)}.sig`;
  await work.forge(
    ...["publish", "notes.wasm", `${ref}:v1`, "--tag", "v2", "-t", signature],
  );
  assertEquals((await work.forge("tags", ref)).out, "v1\nv2\n");
  const all = await work.forge("tags", ref, "--all");
  assertStringIncludes(all.out, signature);
  const some = await work.forge("tags", ref, "--limit", "1");
  assertEquals(some.out.split("\n").length, 2);
  assertStringIncludes(some.err, "Raise --limit");
  const wrong = await work.forge("tags", `${ref}:v1`);
  assertEquals(wrong.status, 2);
});

Deno.test("referrers lists what refers to an image", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await work.write("notes.wasm", await fixture("notes"));
  const ref = `${registry.host}/acme/notes`;
  const { out } = await work.forge("publish", "notes.wasm", `${ref}:v1`);
  const none = await work.forge("referrers", `${ref}:v1`);
  assertEquals([none.status, none.out], [0, ""]);
  const manifest = registry.manifest("acme/notes", "v1");
  assert(manifest !== undefined);
  const empty = new TextEncoder().encode("{}");
  const descriptor = {
    mediaType: "application/vnd.oci.empty.v1+json",
    digest: registry.putBlob(empty),
    size: 2,
  };
  const referrer = registry.putManifest("acme/notes", "", {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    artifactType: "application/vnd.example.sbom",
    config: descriptor,
    layers: [descriptor],
    subject: {
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest: out.trim(),
      size: manifest.bytes.byteLength,
    },
  });
  const found = await work.forge("referrers", `${ref}:v1`);
  assertStringIncludes(found.out, referrer);
  assertStringIncludes(found.out, "application/vnd.example.sbom");
  const json = JSON.parse(
    (await work.forge("referrers", `${ref}:v1`, "--json")).out,
  );
  assertEquals(json.subject, out.trim());
  assertEquals(json.referrers.length, 1);
});

Deno.test("the entry for forge.ron is one that the configuration reads", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await work.write("notes.wasm", await fixture("notes"));
  const { err } = await work.forge(
    ...["publish", "notes.wasm", `${registry.host}/acme/my_notes.v2:v1`],
  );
  const snippet = err.slice(err.indexOf("OciExtension"));
  const { config } = parseConfig(`(extensions: (oci: [${snippet}]))`);
  assertEquals(config.oci[0]?.name, "my-notes-v2");
  assertStringIncludes(snippet, `/* Tag("v1") */,`);
  assertEquals(keptTags(`(extensions: (oci: [${snippet}]))`).size, 1);
});
