/** The network, the disk and the variables: only what forge.ron says. */

import {
  assert,
  assertEquals,
  assertFalse,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
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
import {
  FREE,
  guest,
  type GuestParts,
  RESULT,
} from "../runtime/hostile/guest.ts";
import {
  readAudit,
  restartFlags,
  runForge,
  type RunForgeOptions,
} from "./real_process.ts";

const VARIABLES = { FORGE_TEST_USER: "ada", FORGE_TEST_TOKEN: "t0ken" };

function authFor(registry: Registry): string {
  return `"${registry.host}": RegistryAuth(username_env: Some("FORGE_TEST_USER"), token_env: Some("FORGE_TEST_TOKEN")),`;
}

/** Flags as `--kind=a,b`, taken apart into `kind value`. */
function grants(flags: string): string[] {
  return flags.trim().split(" ").flatMap((flag) => {
    const [, kind = "", list = ""] = /^--allow-([a-z]+)=(.*)$/.exec(flag) ?? [];
    return list.split(",").map((value) => `${kind} ${value}`);
  });
}

/** Uses that a grant does not cover, and grants that no use needed. */
function compare(granted: readonly string[], used: readonly string[]) {
  // Each fetch is recorded twice: by its host, and by its URL. Where the code
  // itself comes from, JSR or a mirror, is between Deno and its user.
  const uses = used.filter((use) => !/^(?:net https?:|import )/.test(use));
  const covers = (grant: string, use: string) =>
    use === grant || use.startsWith(`${grant}/`);
  return {
    uncovered: uses.filter((use) =>
      !granted.some((grant) => covers(grant, use))
    ),
    unneeded: granted.filter((grant) =>
      !uses.some((use) => covers(grant, use))
    ),
  };
}

Deno.test("a run touches exactly what forge permissions prints, in both modes", async () => {
  await using one = await startRegistry({
    auth: { kind: "basic", users: { ada: "t0ken" } },
  });
  await using two = await startRegistry();
  await using work = await openWorkspace();
  const bytes = await fixture("greeter");
  await pushWasm(one, "acme/first", "v1", bytes);
  await pushWasm(two, "acme/second", "v1", bytes);
  // It makes its database as soon as it is loaded.
  await work.write("local.wasm", await fixture("tracker"));
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry(one, "first", "v1") + ociEntry(two, "second", "v1"),
      local: `(name: "mine", path: "./local.wasm")`,
      auth: authFor(one),
      settings: "docker_credentials: false",
    }),
  );
  const printed = await runForge(["permissions"], {
    cwd: work.root,
    env: VARIABLES,
  });
  assertEquals(printed.status, 0, printed.err);
  const granted = grants(printed.out);
  for (const mode of ["process", "inherited"]) {
    const audit = join(work.root, `${mode}.jsonl`);
    const flags = mode === "process" ? ["-A"] : printed.out.trim().split(" ");
    // Audits a process of its own, not the one that starts it with -A.
    const { status, err, out } = await runForge(["run", "--json"], {
      cwd: work.root,
      flags,
      env: { ...VARIABLES, DENO_AUDIT_PERMISSIONS: audit },
    });
    assertEquals(status, 0, err);
    assertEquals(JSON.parse(out).sandbox, mode);
    const used = await readAudit(audit);
    assertEquals(compare(granted, ownUses(used, mode)), {
      uncovered: [],
      unneeded: [],
    });
    await Deno.remove(join(work.cache, ".."), { recursive: true });
  }
});

/** Without what the first process does to start the second. */
function ownUses(used: readonly string[], mode: string): string[] {
  if (mode === "inherited") return [...used];
  return used.filter((use) =>
    !use.startsWith("run ") && use !== "env FORGE_RESTART_FLAGS" &&
    use !== `read ${Deno.execPath()}` && use !== "read <exec_path>"
  );
}

Deno.test("while foreign code runs, nothing is granted that it could use but its data", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await pushWasm(registry, "acme/greeter", "v1", await fixture("greeter"));
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry(registry, "greeter", "v1"),
      settings: "docker_credentials: false",
    }),
  );
  const printed = await runForge(["permissions"], { cwd: work.root });
  const exact = printed.out.trim().split(" ");
  const others = [work.root, join(work.root, "forge.ron"), "/"];
  const kinds = ["net", "env", "run", "ffi", "write", "sys"];
  const never = [...kinds, "registry", "cache", ...others];
  const withoutWrite = exact.filter((flag) => !flag.includes("-write"));
  const table: readonly [flags: readonly string[], data: string][] = [
    [exact, "granted"],
    // What cannot be narrowed is given up.
    [[...withoutWrite, "--allow-write"], "prompt"],
    [[...withoutWrite, `--allow-write=${work.root}`], "prompt"],
  ];
  for (const [flags, data] of table) {
    const states = await probe(work, [registry.host, ...others], flags);
    for (const kind of never) {
      assert(states[kind] !== "granted", `${kind} is ${states[kind]}`);
      assert(states[kind] !== undefined, kind);
    }
    assertEquals(states["data"], data, flags.join(" "));
  }
});

/** What is granted while an extension is on the stack. */
async function probe(
  work: Workspace,
  [host = "", ...others]: readonly string[],
  flags: readonly string[],
): Promise<Record<string, string>> {
  const main = new URL("./probe_main.ts", import.meta.url).pathname;
  const data = join(work.cache, "../data");
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", ...restartFlags(), ...flags],
      ...[main, host, work.cache, data, ...others],
    ],
    cwd: work.root,
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Runs the name of the field as SQL: it is the one text that need not be JSON. */
const RUNS_ITS_NAME: GuestParts = {
  resolve: `
    (call $query
      (i32.load (local.get $request)) (i32.load offset=4 (local.get $request))
      (i32.const 512) (i32.const 0) (i32.const ${FREE}))
    (if (i32.eqz (i32.load8_u (i32.const ${FREE})))
      (then (return (i32.const ${RESULT}))))
    ;; What the host says of it is the answer.
    (i32.store (i32.const ${FREE}) (i32.const 1))
    (i32.const ${FREE})`,
};

/** A project of an extension that runs what SQL it is asked, under these limits. */
async function openHostile(limits: string) {
  const work = await openWorkspace();
  await work.write("hostile.wasm", await guest(RUNS_ITS_NAME));
  await work.write(
    "forge.ron",
    forgeRon({
      local: `(name: "hostile", path: "./hostile.wasm")`,
      settings: `limits: Some(Limits(${limits}))`,
    }),
  );
  return {
    ask: (sql: string, options: Omit<RunForgeOptions, "cwd"> = {}) =>
      runForge(
        ["call", "hostile", "resolve-field", stringify({ fieldName: sql })],
        { ...options, cwd: work.root },
      ),
    [Symbol.asyncDispose]: () => work[Symbol.asyncDispose](),
  };
}

const { stringify } = JSON;

Deno.test("a statement that never ends is ended in the process with no rights, too", async () => {
  await using hostile = await openHostile(
    "database_steps: Some(1000000), timeout_ms: Some(60000)",
  );
  const endless = await hostile.ask(
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c",
  );
  assertEquals(endless.status, 1);
  assertStringIncludes(endless.err, "Cannot finish SQL: it takes more than");
  // What the first one left is no hindrance to the next.
  const next = await hostile.ask("SELECT name FROM sqlite_schema");
  assertEquals([next.status, next.out], [0, "1\n"], next.err);
});

Deno.test("a single instruction that never ends is ended there, without any flag for it", async () => {
  await using hostile = await openHostile("timeout_ms: Some(1000)");
  // The configuration of this checkout has the flag.
  const map = new URL("../../deno.json", import.meta.url).pathname;
  const flags = [...restartFlags(), "--no-config"];
  if (!flags.includes("--import-map")) flags.push("--import-map", map);
  const zeros = "hex(zeroblob(800000))";
  const { status, err } = await hostile.ask(
    `SELECT instr(${zeros}, substr(${zeros}, 1, 400000) || '1')`,
    {
      flags: ["-A", ...flags],
      env: { FORGE_RESTART_FLAGS: stringify(flags) },
    },
  );
  assertEquals(status, 1, err);
  assertStringIncludes(err, "a single step of its SQL takes too long");
});

Deno.test("standard input reaches the process with few permissions, up to a limit", async () => {
  await using work = await openWorkspace();
  await work.write("world.wasm", await fixture("world"));
  const local = `(name: "world", path: "./world.wasm")`;
  await work.write("forge.ron", forgeRon({ local }));
  const ask = (input: Uint8Array) =>
    runForge(["call", "world", "resolve-field", "echo", "-"], {
      cwd: work.root,
      input,
    });
  const text = JSON.stringify({ text: "é".repeat(1_000_000) });
  const echo = await ask(new TextEncoder().encode(text));
  assertEquals([echo.status, echo.out === `${text}\n`], [0, true], echo.err);

  const latin = await ask(Uint8Array.of(0x7b, 0xe9, 0x7d));
  assertEquals(latin.status, 2);
  assertStringIncludes(latin.err, "standard input: it is no UTF-8 text");
  const large = await ask(new Uint8Array(65 * 1024 * 1024));
  assertEquals(large.status, 1);
  assertStringIncludes(large.err, "it has more than 67108864 bytes");
});

Deno.test("offline and fully cached runs need no network at all", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await pushWasm(registry, "acme/greeter", "v1", await fixture("greeter"));
  const ron = (settings: string) =>
    forgeRon({
      oci: ociEntry(registry, "greeter", "v1"),
      settings: `docker_credentials: false, ${settings}`,
    });
  await work.write("forge.ron", ron("offline_mode: true"));
  const offline = await runForge(["permissions"], { cwd: work.root });
  assertFalse(offline.out.includes("--allow-net"), offline.out);
  assertEquals(
    grants(offline.out).filter((grant) => grant.startsWith("write ")),
    [`write ${join(work.root, ".forge/extensions/data")}`],
  );

  await work.write("forge.ron", ron(""));
  assertEquals((await runForge(["pull"], { cwd: work.root })).status, 0);
  const audit = join(work.root, "audit.jsonl");
  registry.requests.clear();
  const cached = await runForge(["run"], {
    cwd: work.root,
    env: { DENO_AUDIT_PERMISSIONS: audit },
  });
  assertEquals(cached.status, 0, cached.err);
  const used = await readAudit(audit);
  assertEquals(used.filter((use) => use.startsWith("net ")), []);
  assertEquals(used.filter((use) => use.startsWith("write ")), []);
  assertEquals(registry.requests.length, 0);
});

Deno.test("a process that lacks something says so before it starts, without a prompt", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry(registry, "greeter", "v1"),
      settings: "docker_credentials: false",
    }),
  );
  const { status, err } = await runForge(["run"], {
    cwd: work.root,
    flags: [`--allow-read=${work.root}`, "--allow-env=FORGE_CONFIG_PATH"],
  });
  assertEquals(status, 1);
  assertStringIncludes(err, `net ${registry.host}`);
  assertStringIncludes(err, `--allow-net=${registry.host}`);
  assertEquals(registry.requests.length, 0);
});

Deno.test("--no-sandbox stays in the process and says so", async () => {
  await using work = await openWorkspace();
  await work.write("local.wasm", await fixture("greeter"));
  await work.write(
    "forge.ron",
    forgeRon({ local: `(name: "mine", path: "local.wasm")` }),
  );
  const { out, status } = await runForge(["run", "--json", "--no-sandbox"], {
    cwd: work.root,
  });
  assertEquals(status, 0);
  assertEquals(JSON.parse(out).sandbox, "none");
});

Deno.test("forge permissions --check tells less, more, and just right apart", async () => {
  await using work = await openWorkspace();
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry("ghcr.io", "notes", "v1"),
      settings: "docker_credentials: false",
    }),
  );
  const check = (flags: readonly string[]) =>
    runForge(["permissions", "--check"], { cwd: work.root, flags });
  const printed = await runForge(["permissions"], { cwd: work.root });
  const exact = printed.out.trim().split(" ");
  assertEquals((await check(exact)).status, 0);
  const more = await check(["-A"]);
  assertEquals(more.status, 1);
  assertStringIncludes(more.err, "too much: net is granted without a limit");
  const less = await check(exact.filter((flag) => !flag.includes("-net")));
  assertEquals(less.status, 1);
  assertStringIncludes(less.err, "missing: net ghcr.io:443");
});

Deno.test("the set for deno.json is the same as the flags", async () => {
  await using work = await openWorkspace();
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry("docker.io", "notes", "v1", "acme/notes") }),
  );
  const { out: flags } = await work.forge("permissions");
  const { out: set } = await work.forge(
    ...["permissions", "--format", "deno-json"],
  );
  const { forge } = JSON.parse(set).permissions;
  assertEquals(
    Object.entries(forge as Record<string, string[]>)
      .flatMap(([kind, values]) => values.map((value) => `${kind} ${value}`)),
    grants(flags),
  );
  assert(forge.net.includes("registry-1.docker.io:443"));
  assert(forge.net.includes("auth.docker.io:443"));
});

Deno.test("explain names the line of forge.ron that asks", async () => {
  await using work = await openWorkspace();
  await work.write(
    "forge.ron",
    `Config(
  extensions: Extensions(
    oci: [
      ${ociEntry("ghcr.io", "notes", "v1")}
    ],
    auth: {
      "ghcr.io": RegistryAuth(
        username_env: Some("GH_USER"),
        token_env: Some("GH_TOKEN"),
      ),
    },
  ),
)`,
  );
  const { out } = await work.forge("permissions", "--format", "explain");
  const lineOf = (value: string) =>
    out.split("\n").find((line) => line.includes(` ${value} `)) ?? "";
  assertStringIncludes(lineOf("ghcr.io:443"), "forge.ron:4");
  assertStringIncludes(lineOf("GH_USER"), "forge.ron:8");
  assertStringIncludes(lineOf("GH_TOKEN"), "forge.ron:9");
});
