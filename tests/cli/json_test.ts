/** One JSON document from every command, of the shape that docs/cli.md says. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { JSON_DOCUMENTS } from "../../scripts/json_documents.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { pushWasm, startRegistry } from "../../src/testing/mod.ts";
import { fixture, forgeRon, ociEntry, openWorkspace } from "./workspace.ts";

Deno.test("every command has --json, or says why not", async () => {
  for (const { name, load } of COMMANDS) {
    const { options, withoutJson } = await load();
    const hasJson = options["json"] !== undefined;
    assert(hasJson !== (withoutJson !== undefined), name);
    if (hasJson) {
      assertEquals(options["json"], {
        type: "boolean",
        summary: "Print one JSON document",
      });
    }
    const documented = Object.keys(JSON_DOCUMENTS)
      .some((key) => key === name || key.startsWith(`${name} `));
    assertEquals(documented, hasJson, name);
  }
});

/** In this order each finds what it needs. */
const LINES = (host: string): readonly (readonly [string, string])[] => [
  ["init", "init elsewhere --json"],
  ["pull", "pull --json"],
  ["run", "run --json"],
  ["call", "call greeter add 2 40 --json"],
  ["inspect", "inspect greeter --json"],
  ["schema", "schema tracker --json"],
  ["lock", "lock --json"],
  ["outdated", "outdated --json"],
  ["update", "update --yes --json"],
  ["pin", "pin --json"],
  ["digest", `digest ${host}/acme/greeter:v1 --json`],
  ["tags", `tags ${host}/acme/greeter --json`],
  ["referrers", `referrers ${host}/acme/greeter:v1 --json`],
  ["publish", `publish module.wasm ${host}/acme/mine:v1 --json`],
  ["copy", `copy ${host}/acme/mine:v1 ${host}/acme/other:v1 --json`],
  ["keygen", "keygen --no-password --json"],
  ["sign", `sign ${host}/acme/mine:v1 --key forge.key --json`],
  ["verify", "verify --json"],
  ["cache list", "cache list --json"],
  ["cache size", "cache size --json"],
  ["cache verify", "cache verify --json"],
  ["cache path", "cache path --json"],
  ["cache prune", "cache prune --json"],
  ["cache export", "cache export images.tar --json"],
  ["cache import", "cache import images.tar --json"],
  ["cache clear", "cache clear --json"],
  ["check", "check --json"],
  ["doctor", "doctor --json"],
  ["fmt", "fmt --json"],
  ["permissions", "permissions --json"],
];

Deno.test("every document has the fields that docs/cli.md names, and ok as the exit status says", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await pushWasm(registry, "acme/greeter", "v1", await fixture("greeter"));
  await work.write("module.wasm", await fixture("greeter"));
  await work.write("tracker.wasm", await fixture("tracker"));
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry(registry, "greeter", "v1"),
      local: `(name: "tracker", path: "./tracker.wasm")`,
      settings: "docker_credentials: false",
    }),
  );
  const lines = LINES(registry.host);
  assertEquals(
    lines.map(([key]) => key).sort(),
    Object.keys(JSON_DOCUMENTS).sort(),
  );
  for (const [key, line] of lines) {
    const { status, out, err } = await work.forge(...line.split(" "));
    assertEquals(status, 0, `${line}: ${out}${err}`);
    const { ok, ...document } = JSON.parse(out);
    assertEquals(ok, true, line);
    assertEquals(
      Object.keys(document).sort(),
      Object.keys(JSON_DOCUMENTS[key]!).sort(),
      line,
    );
  }
});

Deno.test("what fails is a document with code, message and hint, whatever the command", async () => {
  await using work = await openWorkspace();
  await work.write("forge.ron", "(extensions: (oci: [");
  for (const { name, load } of COMMANDS) {
    const { withoutJson, arity } = await load();
    if (withoutJson !== undefined) continue;
    const given = Array<string>(arity.min).fill("x/y:z");
    const first = await work.forge(
      name,
      ...given,
      "--no-such-option",
      "--json",
    );
    assertEquals(first.status, 2, name);
    const { ok, error } = JSON.parse(first.out);
    assertEquals([ok, error.code], [false, "USAGE"]);
    assertStringIncludes(error.message, "--no-such-option");
    assertStringIncludes(error.hint, "forge ");

    const operands = name === "cache" ? ["list"] : given;
    const second = await work.forge(
      name,
      ...operands,
      "--json",
      ...EXTRA[name] ?? [],
    );
    const document = JSON.parse(second.out);
    assertEquals(document.ok, false, `${name}: ${second.out}`);
    assert(second.status > 0, name);
    if (name === "check" || name === "doctor") continue;
    assertEquals(typeof document.error.code, "string", name);
    assertEquals(typeof document.error.message, "string", name);
  }
});

/** What makes those fail that need no configuration. */
const EXTRA: Readonly<Record<string, readonly string[]>> = {
  keygen: ["no/such/directory"],
  update: ["--yes"],
};
