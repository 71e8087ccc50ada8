/** The commands beside `run` and `pull`: digest, cache, call, help, version. */

import {
  assert,
  assertEquals,
  assertFalse,
  assertLessOrEqual,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { readArguments } from "../../src/cli/command.ts";
import { COMMANDS, FIRST_STEPS } from "../../src/cli/commands.ts";
import { pushWasm, startRegistry } from "../../src/testing/mod.ts";
import {
  fixture,
  forgeRon,
  ociEntry,
  openWorkspace,
  type Workspace,
} from "./workspace.ts";

const HEX64 = /^[0-9a-f]{64}$/;

// digest

Deno.test("digest prints what the tag points at, and nothing else on standard output", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  const pushed = await pushWasm(
    registry,
    "acme/greeter",
    "v1",
    await fixture("greeter"),
    { shape: "docker-buildx-index" },
  );
  const { status, out, err } = await work.forge(
    ...["digest", `${registry.host}/acme/greeter:v1`],
  );
  assertEquals(status, 0, err);
  assertEquals(out, `${pushed.digest}\n`);
  assertEquals(err, "");
});

Deno.test("digest of a digest asks the registry whether it has it", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  const { digest } = await pushWasm(
    registry,
    "acme/greeter",
    "v1",
    await fixture("greeter"),
  );
  const repository = `${registry.host}/acme/greeter`;
  const found = await work.forge("digest", `${repository}@${digest}`);
  assertEquals(found.out, `${digest}\n`);
  const unknown = `sha256:${"0".repeat(64)}`;
  const missing = await work.forge("digest", `${repository}@${unknown}`);
  assertEquals(missing.status, 1);
  assertEquals(missing.out, "");
  assertStringIncludes(missing.err, "does not have it");
});

Deno.test("digest --json prints the descriptor", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  const { digest } = await pushWasm(
    registry,
    "acme/greeter",
    "v1",
    await fixture("greeter"),
  );
  const { out } = await work.forge(
    ...["digest", "--json", `${registry.host}/acme/greeter:v1`],
  );
  const descriptor = JSON.parse(out);
  assertEquals(descriptor.digest, digest);
  assertEquals(
    descriptor.mediaType,
    "application/vnd.oci.image.manifest.v1+json",
  );
  assertEquals(
    descriptor.size,
    registry.manifest("acme/greeter", "v1")?.bytes.byteLength,
  );
});

/** What people write for Docker Hub, and where the manifest then is. */
const hubNames: readonly (readonly [name: string, path: string])[] = [
  ["alpine", "/v2/library/alpine/manifests/latest"],
  ["alpine:3.20", "/v2/library/alpine/manifests/3.20"],
  ["acme/notes:v1", "/v2/acme/notes/manifests/v1"],
  ["docker.io/alpine", "/v2/library/alpine/manifests/latest"],
  ["docker.io/library/alpine:3", "/v2/library/alpine/manifests/3"],
  ["index.docker.io/acme/notes", "/v2/acme/notes/manifests/latest"],
];

for (const [name, path] of hubNames) {
  Deno.test(`"${name}" is asked of Docker Hub's API host`, async () => {
    const asked: URL[] = [];
    await using work = await openWorkspace({
      platform: {
        fetch: (input) => {
          asked.push(new URL(input));
          return Promise.resolve(new Response(null, { status: 404 }));
        },
      },
    });
    const { status } = await work.forge("digest", name);
    assertEquals(status, 1);
    assertEquals(asked[0]?.host, "registry-1.docker.io");
    assertEquals(asked[0]?.protocol, "https:");
    assertEquals(asked[0]?.pathname, path);
  });
}

Deno.test("docker.io in forge.ron is Docker Hub, a name of one part is in library", async () => {
  const asked: URL[] = [];
  await using work = await openWorkspace({
    platform: {
      fetch: (input) => {
        asked.push(new URL(input));
        return Promise.resolve(new Response(null, { status: 404 }));
      },
    },
  });
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry("docker.io", "greeter", "v1", "greeter") }),
  );
  const { status } = await work.forge("pull");
  assertEquals(status, 1);
  assertEquals(
    asked[0]?.href,
    "https://registry-1.docker.io/v2/library/greeter/manifests/v1",
  );
});

// cache

async function withTwoCached(
  check: (work: Workspace) => Promise<void>,
): Promise<void> {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await pushWasm(registry, "acme/greeter", "v1", await fixture("greeter"));
  const { digest } = await pushWasm(
    registry,
    "acme/notes",
    "v2",
    await fixture("notes"),
  );
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry(registry, "greeter", "v1") +
        ociEntry(registry, "notes", digest),
    }),
  );
  assertEquals((await work.forge("pull")).status, 0);
  await check(work);
}

Deno.test("cache list names every entry", () =>
  withTwoCached(async (work) => {
    const { status, out } = await work.forge("cache", "list");
    assertEquals(status, 0);
    const [header = "", ...rows] = out.trimEnd().split("\n");
    assertEquals(header.split(/\s+/), [
      "REFERENCE",
      "SIZE",
      "FETCHED",
      "SHA256",
    ]);
    assertEquals(rows.length, 2);
    for (const row of rows) assertMatch(row, / {2}just now {2}/);
    assertMatch(out, /\/acme\/greeter:v1 /);
    assertMatch(out, /\/acme\/notes@sha256:[0-9a-f]+ /);
  }));

Deno.test("cache list --json has everything that is known of an entry", () =>
  withTwoCached(async (work) => {
    const { out } = await work.forge("cache", "list", "--json");
    const { directory, entries } = JSON.parse(out);
    assertEquals(directory, work.cache);
    assertEquals(entries.length, 2);
    for (const entry of entries) {
      assertMatch(entry.key, HEX64);
      assertMatch(entry.sha256, HEX64);
      assertEquals(entry.path, `${work.cache}/${entry.key}.wasm`);
      assertEquals(
        (await Deno.stat(entry.path)).size,
        entry.sizeBytes,
      );
      assertFalse(Number.isNaN(Date.parse(entry.fetchedAt)));
    }
  }));

Deno.test("cache size adds up", () =>
  withTwoCached(async (work) => {
    const total = (await fixture("greeter")).byteLength +
      (await fixture("notes")).byteLength;
    const text = await work.forge("cache", "size");
    assertEquals(text.out, `${total} B in 2 entries\n`);
    const { out } = await work.forge("cache", "size", "--json");
    assertEquals(JSON.parse(out), {
      ok: true,
      directory: work.cache,
      entries: 2,
      sizeBytes: total,
    });
  }));

Deno.test("cache verify passes sound entries and names the damaged one", () =>
  withTwoCached(async (work) => {
    const sound = await work.forge("cache", "verify");
    assertEquals(sound.status, 0);
    assertEquals(sound.out, "2 entries verified\n");

    const { entries } = JSON.parse(
      (await work.forge("cache", "list", "--json")).out,
    );
    const [victim] = entries;
    const bytes = await Deno.readFile(victim.path);
    bytes[20]! ^= 1;
    await Deno.writeFile(victim.path, bytes);

    const damaged = await work.forge("cache", "verify");
    assertEquals(damaged.status, 1);
    assertEquals(damaged.out, "1 of 2 entries damaged\n");
    assertStringIncludes(
      damaged.err,
      `Checksum verification failed for ${victim.key}`,
    );
    assertMatch(damaged.err, /hint: Run forge pull/);
    const { out, status } = await work.forge("cache", "verify", "--json");
    assertEquals(status, 1);
    const document = JSON.parse(out);
    assertEquals(document.ok, false);
    assertEquals(document.damaged.length, 1);
    assertEquals(document.damaged[0].key, victim.key);
  }));

Deno.test("a trial of cache clear removes nothing, and other actions have none", () =>
  withTwoCached(async (work) => {
    const before = work.cached();
    const { status, out } = await work.forge("cache", "clear", "--dry-run");
    assertEquals(status, 0);
    assertMatch(out, /^2 entries would be removed from /);
    assertEquals(work.cached(), before);
    for (const action of ["list", "size", "verify", "path"]) {
      const refused = await work.forge("cache", action, "--dry-run");
      assertEquals(refused.status, 2, action);
      assertMatch(refused.err, /does not take --dry-run/);
    }
    const elsewhere = await work.forge("cache", "list", "--as", "notes");
    assertEquals(elsewhere.status, 2);
  }));

Deno.test("cache clear removes every entry and no other file", () =>
  withTwoCached(async (work) => {
    await Deno.writeTextFile(`${work.cache}/notes.txt`, "mine");
    const { status, out } = await work.forge("cache", "clear");
    assertEquals(status, 0);
    assertEquals(out, `2 entries removed from ${work.cache}\n`);
    assertEquals(work.cached(), ["notes.txt"]);
    const again = await work.forge("cache", "clear", "--json");
    assertEquals(JSON.parse(again.out), {
      ok: true,
      directory: work.cache,
      removed: 0,
      dryRun: false,
    });
  }));

Deno.test("an empty cache is no error", async () => {
  await using work = await openWorkspace();
  const list = await work.forge("cache", "list");
  assertEquals(list.status, 0);
  assertStringIncludes(list.out, "is empty");
  assertEquals((await work.forge("cache", "size")).out, "0 B in 0 entries\n");
  assertEquals((await work.forge("cache", "verify")).status, 0);
  assertEquals((await work.forge("cache", "clear")).status, 0);
});

Deno.test("the commands for the cache find it where cache_dir says", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await pushWasm(registry, "acme/greeter", "v1", await fixture("greeter"));
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry(registry, "greeter", "v1"),
      settings: `cache_dir: Some("elsewhere")`,
    }),
  );
  assertEquals((await work.forge("pull")).status, 0);
  assertEquals(work.cached(), []);
  const { out } = await work.forge("cache", "list", "--json");
  assertEquals(JSON.parse(out).directory, `${work.root}/elsewhere`);
  assertEquals(JSON.parse(out).entries.length, 1);
});

// call

async function openLocal(...names: readonly string[]): Promise<Workspace> {
  const work = await openWorkspace();
  const entries: string[] = [];
  for (const name of names) {
    await work.write(`${name}.wasm`, await fixture(name));
    entries.push(`(name: "${name}", path: "${name}.wasm")`);
  }
  await work.write("forge.ron", forgeRon({ local: entries.join(", ") }));
  return work;
}

const calls: readonly (readonly [string[], string])[] = [
  [["greeter", "add", "2", "40"], "42\n"],
  [["greeter", "add", "0x10", "0x0f"], "31\n"],
  [["greeter", "add", "--", "-2", "44"], "42\n"],
  [["greeter", "add", "4294967295", "1"], "0\n"],
  [["greeter", "fib", "90"], "2880067194370816120\n"],
  [["greeter", "half", "0.5"], "0.25\n"],
  [["greeter", "half", "--", "-1e3"], "-500\n"],
  [["notes", "add_note", "9007199254740993"], "1\n"],
  [["notes", "add_note", "--", "-9223372036854775808"], "1\n"],
  [["notes", "sum_notes"], "0\n"],
];

for (const [args, expected] of calls) {
  Deno.test(`"forge call ${args.join(" ")}" prints ${expected.trim()}`, async () => {
    await using work = await openLocal("greeter", "notes");
    const { status, out, err } = await work.forge("call", ...args);
    assertEquals(status, 0, err);
    assertEquals(out, expected);
  });
}

Deno.test("call --json gives 64-bit integers as strings", async () => {
  await using work = await openLocal("greeter");
  const call = async (...args: string[]) =>
    JSON.parse((await work.forge("call", "--json", "greeter", ...args)).out);
  assertEquals(await call("fib", "90"), {
    ok: true,
    name: "greeter",
    export: "fib",
    results: ["2880067194370816120"],
  });
  assertEquals((await call("add", "1", "2")).results, [3]);
  assertEquals((await call("half", "Infinity")).results, ["Infinity"]);
});

Deno.test("call of _start prints what the program prints and ends with its status", async () => {
  await using work = await openLocal("command", "exit3");
  const ran = await work.forge("call", "command", "_start");
  assertEquals(ran.status, 0, ran.err);
  assertStringIncludes(ran.err, "[command] command ran\n");
  assertStringIncludes(ran.err, "[command] and warned\n");
  assertEquals((await work.forge("call", "exit3", "_start")).status, 3);
  const { out } = await work.forge("call", "exit3", "_start", "--json");
  assertEquals(JSON.parse(out), {
    ok: false,
    name: "exit3",
    export: "_start",
    results: [],
    exitStatus: 3,
  });
});

Deno.test("a trap in a call is told without a stack trace", async () => {
  await using work = await openLocal("trap");
  const { status, err } = await work.forge("call", "trap", "divide", "1", "0");
  assertEquals(status, 1);
  assertStringIncludes(err, "Cannot finish divide of trap");
  assertMatch(err, /hint: /);
  assertFalse(/^ {4}at /m.test(err));
});

Deno.test("run does not run the program of a command module", async () => {
  await using work = await openLocal("command");
  const { status, err } = await work.forge("run");
  assertEquals(status, 0);
  assertFalse(err.includes("command ran"));
});

Deno.test("call takes one extension and needs none of the others", async () => {
  await using work = await openLocal("greeter");
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry("registry.invalid", "other", "v1"),
      local: `(name: "greeter", path: "greeter.wasm")`,
    }),
  );
  const { status, out, err } = await work.forge(
    ...["call", "greeter", "add", "2", "40"],
  );
  assertEquals(status, 0, err);
  assertEquals(out, "42\n");
});

Deno.test("call --json of an extension that cannot be had is one JSON document", async () => {
  await using work = await openWorkspace();
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry("ghcr.io", "greeter", "v1") }),
  );
  const { status, out } = await work.forge(
    ...["call", "--offline", "--json", "greeter", "add", "1", "2"],
  );
  assertEquals(status, 1);
  assertEquals(JSON.parse(out).ok, false);
  assertEquals(JSON.parse(out).error.code, "NOT_CACHED");
});

// version, help, quiet

Deno.test("--version is the version of deno.json", async () => {
  await using work = await openWorkspace();
  const { version } = JSON.parse(
    await Deno.readTextFile(new URL("../../deno.json", import.meta.url)),
  );
  assertEquals((await work.forge("--version")).out, `forge ${version}\n`);
  assertEquals((await work.forge("-V")).out, `forge ${version}\n`);
});

/** The overview has a line for each command; the help of one is a screen. */
function assertFitsTheTerminal(text: string, rows = 24): void {
  const lines = text.trimEnd().split("\n");
  assertLessOrEqual(lines.length, rows, text);
  for (const line of lines) assertLessOrEqual(line.length, 80, line);
}

Deno.test("help names every command, with examples, and fits a terminal", async () => {
  await using work = await openWorkspace();
  for (const args of [[], ["--help"], ["-h"], ["help"]]) {
    const { status, out, err } = await work.forge(...args);
    assertEquals(status, 0);
    assertEquals(err, "");
    for (const { name, summary } of COMMANDS) {
      assertMatch(out, new RegExp(`^ {2}${name} `, "m"));
      assertStringIncludes(out, summary);
    }
    assertStringIncludes(out, "Examples:\n  forge ");
    assertFitsTheTerminal(out, 40);
  }
});

Deno.test("the first steps of the help are command lines that forge takes", async () => {
  for (const [line] of FIRST_STEPS) {
    const [, word = "", rest = ""] = /\bforge (\w+) ?([^)]*)/.exec(line) ?? [];
    const command = await COMMANDS.find(({ name }) => name === word)?.load();
    assert(command !== undefined, line);
    readArguments(command, rest.split(" ").filter((each) => each !== ""));
  }
});

for (const { name: word, summary, load } of COMMANDS) {
  Deno.test(`forge ${word} --help shows its options and examples, and fits a terminal`, async () => {
    await using work = await openWorkspace();
    const { status, out } = await work.forge(word, "--help");
    const command = await load();
    assertEquals(command.name, word);
    assertStringIncludes(out, `${summary}.\n`);
    assertEquals(status, 0);
    assertEquals((await work.forge("help", word)).out, out);
    for (const name of Object.keys(command.options)) {
      assertStringIncludes(out, `--${name}`);
    }
    assert(command.examples.length > 0);
    for (const [line] of command.examples) assertStringIncludes(out, line);
    assertFitsTheTerminal(out);
  });
}

Deno.test("--help wins over what is missing, and is an operand after --", async () => {
  await using work = await openWorkspace();
  assertEquals((await work.forge("digest", "--help")).status, 0);
  assertEquals((await work.forge("digest", "--", "--help")).status, 2);
});

Deno.test("--quiet leaves the result, warnings and what extensions print", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await pushWasm(registry, "acme/greeter", "v1", await fixture("greeter"));
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry(registry, "greeter", "v1") }),
  );
  const { out, err } = await work.forge("run", "--quiet");
  assertEquals(err, "[greeter] hello from greeter\n");
  assertStringIncludes(out, "pulled, loaded");
});
