/** `forge check` and `forge fmt`: what they say, their status, and the file after them. */

import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { nodeFiles } from "../../src/platform/node_files.ts";
import { forgeRon, ociEntry, openWorkspace } from "./workspace.ts";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;
const PINNED = forgeRon({ oci: ociEntry("ghcr.io", "notes", DIGEST) });
const TAGGED = forgeRon({ oci: ociEntry("ghcr.io", "notes", "v1") });
const MISSPELLED = forgeRon({ settings: "ofline_mode: true" });

/** What `check --json` prints. */
interface CheckDocument {
  readonly file?: string;
  readonly ok: boolean;
  readonly error?: { readonly code: string };
  readonly diagnostics: readonly {
    readonly severity: string;
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
    readonly line?: number;
    readonly column?: number;
    readonly endLine?: number;
    readonly endColumn?: number;
  }[];
}

async function check(
  text: string | Uint8Array,
  ...args: readonly string[]
): Promise<{ status: number; out: string; err: string }> {
  await using work = await openWorkspace();
  await work.write("forge.ron", text);
  return await work.forge("check", ...args);
}

Deno.test("check is content with a pinned configuration", async () => {
  const { status, out, err } = await check(PINNED, "--strict");
  assertEquals(status, 0);
  assertEquals(out, "forge.ron: nothing to complain about\n");
  assertEquals(err, "");
});

Deno.test("check shows a warning with its lines, and passes unless it is strict", async () => {
  const { status, out, err } = await check(TAGGED);
  assertEquals(status, 0);
  assertEquals(out, "forge.ron: 1 warning\n");
  assertMatch(err, /^warning\[MutableTag\]: Tag "v1" /);
  assertStringIncludes(err, "--> forge.ron:3:");
  assertStringIncludes(err, "^^^^^^^^^\n");
  assertStringIncludes(err, "forge pin notes");
  assertEquals((await check(TAGGED, "--strict")).status, 1);
});

Deno.test("check fails on an unknown field", async () => {
  const { status, out, err } = await check(MISSPELLED);
  assertEquals(status, 1);
  assertEquals(out, "forge.ron: 1 error\n");
  assertMatch(err, /^error\[UnknownField\]: .*ofline_mode/);
  assertStringIncludes(err, "did you mean `offline_mode`");
});

Deno.test("check of what cannot be used has the status of a wrong configuration", async () => {
  const texts = [
    "Config(extensions: Extensions(oci: [",
    "Config(extensions: 1)",
    forgeRon({ local: '(name: "Not A Slug", path: "a.wasm")' }),
    "",
  ];
  for (const text of texts) {
    const { status, err } = await check(text);
    assertEquals(status, 2, text);
    assertMatch(err, /^error\[\w+\]: /);
    const { status: same, out } = await check(text, "--json");
    assertEquals(same, 2, text);
    const { ok, diagnostics } = JSON.parse(out) as CheckDocument;
    assertFalse(ok);
    assert(diagnostics.some(({ severity }) => severity === "error"));
  }
});

Deno.test("check --json prints one document and nothing else", async () => {
  const { status, out, err } = await check(MISSPELLED, "--json");
  assertEquals(status, 1);
  assertEquals(err, "");
  const { file, ok, diagnostics } = JSON.parse(out) as CheckDocument;
  assertEquals(file, "forge.ron");
  assertEquals(ok, false);
  assertEquals(diagnostics, [{
    severity: "error",
    code: "UnknownField",
    message: "Unknown field `ofline_mode` in `Settings` is ignored",
    hint: "did you mean `offline_mode`?",
    line: 6,
    column: 24,
    endLine: 6,
    endColumn: 35,
  }]);
  const { ok: fine } = JSON.parse((await check(TAGGED, "--json")).out);
  assertEquals(fine, true);
});

Deno.test("check looks at this machine: variables and files", async () => {
  await using work = await openWorkspace({ env: { GHCR_USERNAME: "u" } });
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry("ghcr.io", "notes", DIGEST),
      local:
        '(name: "dev", path: "ext/dev.wasm"), (name: "gone", path: "ext/gone.wasm")',
      auth:
        '"ghcr.io": (username_env: Some("GHCR_USERNAME"), token_env: Some("GHCR_TOKEN"))',
    }),
  );
  await work.write("ext/dev.wasm", "");
  const { status, out } = await work.forge("check", "--json");
  const { diagnostics } = JSON.parse(out) as CheckDocument;
  assertEquals(status, 1);
  assertEquals(diagnostics.map(({ code, line }) => [code, line]), [
    ["MissingFile", 4],
    ["UnsetVariable", 5],
  ]);
});

Deno.test("check never prints a credential that stands in the file", async () => {
  const token = `ghp_${"aB3".repeat(12)}`;
  const text = forgeRon({
    oci: ociEntry("ghcr.io", "notes", DIGEST),
    auth: `"ghcr.io": (username_env: Some("U"), token_env: Some("${token}"))`,
  });
  for (const args of [[], ["--json"]]) {
    const { status, out, err } = await check(text, ...args);
    assertEquals(status, 1);
    assertStringIncludes(out + err, "CredentialInFile");
    assertFalse((out + err).includes(token));
  }
});

Deno.test("check of .forge/config.ron starts relative paths where a run does", async () => {
  await using work = await openWorkspace();
  await work.write(
    ".forge/config.ron",
    forgeRon({ local: '(name: "dev", path: "dev.wasm")' }),
  );
  await work.write("dev.wasm", "");
  const { status, out } = await work.forge("check");
  assertEquals(status, 0);
  assertStringIncludes(out, join(".forge", "config.ron"));
});

Deno.test("check takes the file that --config names, and only that", async () => {
  await using work = await openWorkspace();
  await work.write("forge.ron", PINNED);
  await work.write("deploy/forge.ron", MISSPELLED);
  const path = join("deploy", "forge.ron");
  const { status, out } = await work.forge("check", "--config", path);
  assertEquals(status, 1);
  assertStringIncludes(out, path);
  const missing = await work.forge("check", "-c", "none.ron", "--json");
  assertEquals(missing.status, 2);
  const document = JSON.parse(missing.out) as CheckDocument;
  assertEquals(document.diagnostics, []);
  assertEquals(document.error?.code, "CONFIG_NOT_FOUND");
});

Deno.test("check without a configuration looks at what is scanned", async () => {
  await using work = await openWorkspace();
  const empty = await work.forge("check");
  assertEquals(empty.status, 0);
  assertMatch(empty.out, /^No forge\.ron: 0 modules in /);
  await work.write("crates/server/extensions/my_ext.wasm", "");
  const { status, out, err } = await work.forge("check");
  assertEquals(status, 0);
  assertMatch(out, /^No forge\.ron: 1 module in /);
  assertStringIncludes(err, '"my-ext"');
  const { diagnostics } = JSON.parse(
    (await work.forge("check", "--json")).out,
  ) as CheckDocument;
  assertEquals(diagnostics.map(({ code }) => code), ["NameChanged"]);
});

Deno.test("check of what is no text is one clear error", async () => {
  const { status, err } = await check(Uint8Array.of(0xff, 0xfe, 0x00));
  assertEquals(status, 2);
  assertStringIncludes(err, "it is not UTF-8 text");
});

// fmt

const UNTIDY = `// What we run.
Config(extensions:Extensions(
  local:[ // for development
    LocalExtension(name:"dev",path:"./dev.wasm")]))`;
const TIDY = /^\/\/ What we run\.\nConfig\(\n[^]*\/\/ for development\n/;

Deno.test("fmt formats in place, keeps comments and changes nothing more", async () => {
  await using work = await openWorkspace();
  await work.write("forge.ron", UNTIDY);
  const { status, out, err } = await work.forge("fmt");
  assertEquals([status, out, err], [0, "", "Formatted forge.ron\n"]);
  const formatted = await Deno.readTextFile(join(work.root, "forge.ron"));
  assertMatch(formatted, TIDY);
  assertStringIncludes(formatted, 'name: "dev", path: "./dev.wasm"');
  const again = await work.forge("fmt");
  assertEquals([again.status, again.err], [0, "forge.ron is formatted\n"]);
  assertEquals((await work.forge("fmt", "--check")).status, 0);
  assertEquals(
    await Deno.readTextFile(join(work.root, "forge.ron")),
    formatted,
  );
});

Deno.test("fmt --check names the file, fails and leaves it alone", async () => {
  await using work = await openWorkspace();
  await work.write("deploy/other.ron", UNTIDY);
  const path = join("deploy", "other.ron");
  const { status, err } = await work.forge("fmt", "--check", path);
  assertEquals(status, 1);
  assertMatch(err, /not formatted\n {2}hint: Run forge fmt /);
  assertStringIncludes(err, path);
  assertEquals(await Deno.readTextFile(join(work.root, path)), UNTIDY);
});

Deno.test("fmt of what is no RON shows the place and leaves the file alone", async () => {
  await using work = await openWorkspace();
  await work.write("forge.ron", "Config(extensions: [");
  for (const args of [[], ["--check"]]) {
    const { status, err } = await work.forge("fmt", ...args);
    assertEquals(status, 2);
    assertMatch(err, /^error: Cannot format: forge\.ron:1:\d+: /);
  }
  assertEquals(
    await Deno.readTextFile(join(work.root, "forge.ron")),
    "Config(extensions: [",
  );
});

Deno.test("fmt never shows a token that stands beside a syntax error", async () => {
  await using work = await openWorkspace();
  const token = `ghp_${"aB3".repeat(12)}`;
  await work.write("forge.ron", `(token: Some("${token}" oops)`);
  const { status, err } = await work.forge("fmt");
  assertEquals(status, 2);
  assertFalse(err.includes(token), err);
});

Deno.test("fmt without a file to format says so", async () => {
  await using work = await openWorkspace();
  const { status, err } = await work.forge("fmt");
  assertEquals(status, 2);
  assertStringIncludes(err, "Cannot find a forge.ron to format");
  const named = await work.forge("fmt", "none.ron");
  assertEquals(named.status, 2);
  assertStringIncludes(named.err, "none.ron");
});

Deno.test("fmt that cannot write leaves the file as it was", async () => {
  const full = Object.assign(new Error("no space left"), { code: "ENOSPC" });
  await using work = await openWorkspace({
    platform: {
      files: { ...nodeFiles, replace: () => Promise.reject(full) },
    },
  });
  await work.write("forge.ron", UNTIDY);
  const { status, err } = await work.forge("fmt");
  assertEquals(status, 1);
  assertStringIncludes(err, "no space left");
  assertEquals(
    await Deno.readTextFile(join(work.root, "forge.ron")),
    UNTIDY,
  );
});

Deno.test("the example of this project is formatted, and check has only what it says itself", async () => {
  await using work = await openWorkspace();
  const example = await Deno.readTextFile(
    new URL("../../forge.example.ron", import.meta.url),
  );
  await work.write("forge.ron", example);
  const { diagnostics } = JSON.parse(
    (await work.forge("check", "--json")).out,
  ) as CheckDocument;
  assertEquals(
    diagnostics.filter(({ code }) => !/^(Missing|Unset)/.test(code))
      .map(({ code }) => code),
    ["MutableTag"],
  );
});
