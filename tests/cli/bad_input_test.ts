/**
 * Bad input: each of it gives one message with the cause and the next step,
 * the right exit status, no stack trace, and leaves nothing in the cache.
 */

import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { platform } from "../../src/platform/deno.ts";
import type { Clock } from "../../src/platform/types.ts";
import {
  type FaultAction,
  pushWasm,
  type PushWasmOptions,
  type Registry,
  startRegistry,
} from "../../src/testing/mod.ts";
import {
  type CommandResult,
  fixture,
  forgeRon,
  ociEntry,
  openWorkspace,
  type Workspace,
} from "./workspace.ts";

/** Waits take no time. */
const impatient: Clock = {
  now: () => Date.now(),
  sleep: (_milliseconds, options) => {
    options?.signal?.throwIfAborted();
    return Promise.resolve();
  },
  random: () => Math.random(),
};

/** What one bad input has to lead to. */
interface Expected {
  readonly status: 1 | 2;
  /** In the message: what failed, and why. */
  readonly says: readonly string[];
  /** In the hint: what to do next. */
  readonly hint: RegExp;
}

function assertOneClearMessage(
  { status, out, err }: CommandResult,
  expected: Expected,
): void {
  assertEquals(status, expected.status, err);
  const errors = err.split("\n").filter((line) => line.startsWith("error"));
  assertEquals(errors.length, 1, err);
  for (const text of expected.says) assertStringIncludes(errors[0]!, text);
  const hint = err.split("\n").find((line) => line.startsWith("  hint: "));
  assertMatch(hint ?? "", expected.hint, err);
  assertFalse(/^ {4}at |Error:|\[object|undefined/m.test(err), err);
  assertFalse(/^ {4}at /m.test(out), out);
}

function assertNothingCached(work: Workspace): void {
  assertEquals(work.cached(), []);
}

async function openBadWorkspace(
  env: Readonly<Record<string, string>> = {},
): Promise<Workspace> {
  return await openWorkspace({ env, platform: { clock: impatient } });
}

async function pushGreeter(
  registry: Registry,
  options: PushWasmOptions & { readonly bytes?: Uint8Array } = {},
) {
  const bytes = options.bytes ?? await fixture("greeter");
  return await pushWasm(registry, "acme/greeter", "v1", bytes, options);
}

// The configuration

Deno.test("a --config that is not there is a configuration error", async () => {
  await using work = await openBadWorkspace();
  assertOneClearMessage(await work.forge("run", "--config", "none.ron"), {
    status: 2,
    says: ["Cannot find the configuration", `"none.ron"`, "--config"],
    hint: /Check the path/,
  });
  assertNothingCached(work);
});

Deno.test("a FORGE_CONFIG_PATH that is not there is an error, although forge.ron is", async () => {
  await using work = await openBadWorkspace({ FORGE_CONFIG_PATH: "none.ron" });
  await work.write("forge.ron", forgeRon({}));
  assertOneClearMessage(await work.forge("run"), {
    status: 2,
    says: ["Cannot find the configuration", "FORGE_CONFIG_PATH"],
    hint: /unset FORGE_CONFIG_PATH/,
  });
});

Deno.test("a directory as the configuration is an error", async () => {
  await using work = await openBadWorkspace();
  await work.write("conf/forge.ron", forgeRon({}));
  assertOneClearMessage(await work.forge("run", "--config", "conf"), {
    status: 2,
    says: ["Cannot read the configuration", "it is not a file"],
    hint: /conf\/forge\.ron/,
  });
});

Deno.test("a configuration that is not text is an error", async () => {
  await using work = await openBadWorkspace();
  await work.write("forge.ron", Uint8Array.of(0xff, 0xfe, 0x00, 0xd8));
  assertOneClearMessage(await work.forge("run"), {
    status: 2,
    says: ["Cannot read the configuration", "not UTF-8"],
    hint: /UTF-8/,
  });
});

Deno.test("a syntax error is shown in its place", async () => {
  await using work = await openBadWorkspace();
  await work.write(
    "forge.ron",
    `Config(\n  extensions: Extensions(\n    local: [(name: "a" path: "a.wasm")],\n  ),\n)\n`,
  );
  const { status, err } = await work.forge("run");
  assertEquals(status, 2);
  assertStringIncludes(err, "error: Failed to parse RON configuration: ");
  assertStringIncludes(err, "forge.ron:3:");
  assertStringIncludes(err, `3 |     local: [(name: "a" path: "a.wasm")],`);
  assertMatch(err, /\^/);
  assertMatch(err, /^hint: /m);
  assertFalse(/^ {4}at /m.test(err), err);
});

Deno.test("every finding of a configuration is shown, not only the first", async () => {
  await using work = await openBadWorkspace();
  await work.write(
    "forge.ron",
    forgeRon({
      local: `(name: "Bad Name", path: "a.wasm"), (name: "b", path: "")`,
    }),
  );
  const { status, err } = await work.forge("run");
  assertEquals(status, 2);
  assertEquals(err.match(/^error\[InvalidConfig\]/gm)?.length, 2);
  assertStringIncludes(err, `Write "bad-name"`);
  assertStringIncludes(err, "Path is empty");
});

// The command line

const usageErrors: readonly (readonly [string[], Expected])[] = [
  [["run", "--ofline"], {
    status: 2,
    says: ["--ofline"],
    hint: /Did you mean --offline/,
  }],
  [["rnu"], { status: 2, says: [`"rnu"`], hint: /Did you mean forge run/ }],
  [["xyzzy"], { status: 2, says: [`"xyzzy"`], hint: /forge --help/ }],
  [["run", "surplus"], {
    status: 2,
    says: [`does not take "surplus"`],
    hint: /forge run --help/,
  }],
  [["digest"], { status: 2, says: ["needs REF"], hint: /digest --help/ }],
  [["call", "greeter"], {
    status: 2,
    says: ["needs NAME EXPORT"],
    hint: /call --help/,
  }],
  [["cache"], { status: 2, says: ["needs ACTION"], hint: /cache --help/ }],
  [["cache", "burn"], {
    status: 2,
    says: [`"burn"`, "list, size, verify"],
    hint: /cache --help/,
  }],
  [["run", "--config"], {
    status: 2,
    says: ["--config"],
    hint: /forge run --help/,
  }],
  [["digest", "Not A Reference"], {
    status: 2,
    says: ["Not A Reference"],
    hint: /./,
  }],
  [["call", "nobody", "add"], {
    status: 2,
    says: [`an extension named "nobody"`],
    hint: /It names greeter/,
  }],
  [["call", "greeter", "add", "1"], {
    status: 2,
    says: ["with 1 argument:", "it takes 2"],
    hint: /\(i32, i32\)/,
  }],
  [["call", "greeter", "add", "one", "2"], {
    status: 2,
    says: [`"one"`, "not an integer"],
    hint: /decimal or 0x/,
  }],
  [["call", "greeter", "add", "4294967296", "2"], {
    status: 2,
    says: ["out of the range of i32"],
    hint: /./,
  }],
  [["call", "greeter", "half", "much"], {
    status: 2,
    says: [`"much"`, "not a number"],
    hint: /./,
  }],
  [["call", "greeter", "_start", "x"], {
    status: 2,
    says: ["_start of greeter", "no arguments"],
    hint: /./,
  }],
  [["call", "greeter", "subtract"], {
    status: 1,
    says: [`Cannot call "subtract" of greeter`],
    hint: /It exports add, fib, half, count/,
  }],
];

for (const [args, expected] of usageErrors) {
  Deno.test(`"forge ${args.join(" ")}" says what is wrong with it`, async () => {
    await using work = await openBadWorkspace();
    await work.write("greeter.wasm", await fixture("greeter"));
    await work.write(
      "forge.ron",
      forgeRon({ local: `(name: "greeter", path: "greeter.wasm")` }),
    );
    assertOneClearMessage(await work.forge(...args), expected);
    assertNothingCached(work);
  });
}

// The network

Deno.test("a registry whose name nobody knows", async () => {
  await using work = await openWorkspace({
    platform: {
      clock: impatient,
      fetch: () =>
        Promise.reject(
          new TypeError("error sending request", {
            cause: new Error(
              "dns error: failed to lookup address information: Name or service not known",
            ),
          }),
        ),
    },
  });
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry("registry.invalid", "greeter", "v1") }),
  );
  assertOneClearMessage(await work.forge("run"), {
    status: 1,
    says: [
      `Failed to fetch OCI extension "greeter"`,
      "Failed to pull OCI image",
      "Failed to reach registry.invalid: unknown host",
    ],
    hint: /name of the registry/,
  });
  assertNothingCached(work);
});

Deno.test("a registry that refuses connections", async () => {
  const gone = await startRegistry();
  const { host } = gone;
  await gone.close();
  await using work = await openBadWorkspace();
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry(host, "greeter", "v1") }),
  );
  assertOneClearMessage(await work.forge("run"), {
    status: 1,
    says: ["Failed to pull OCI image", `${host}: connection refused`],
    hint: /registry runs and that the port is right/,
  });
  assertNothingCached(work);
});

Deno.test("credentials wanted and none given", async () => {
  await using registry = await startRegistry({
    auth: { kind: "basic", users: { ada: "secret" } },
  });
  await using work = await openBadWorkspace();
  await pushGreeter(registry);
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry(registry, "greeter", "v1") }),
  );
  assertOneClearMessage(await work.forge("run"), {
    status: 1,
    says: ["Failed to pull OCI image: authentication failed", "401"],
    hint: /auth/,
  });
  assertNothingCached(work);
});

Deno.test("an image that the registry does not have", async () => {
  await using registry = await startRegistry();
  await using work = await openBadWorkspace();
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry(registry, "greeter", "v1") }),
  );
  assertOneClearMessage(await work.forge("run"), {
    status: 1,
    says: ["Failed to pull OCI image", "does not have it", "404"],
    hint: /Check registry, image and reference/,
  });
  assertNothingCached(work);
});

/** What a registry, or something before it, may do to an answer. */
const answers: readonly {
  readonly name: string;
  readonly path: RegExp;
  readonly action: FaultAction;
  readonly says: readonly string[];
  readonly hint: RegExp;
}[] = [
  {
    name: "a blob with another digest",
    path: /\/blobs\//,
    action: { kind: "corrupt" },
    says: ["Cannot accept sha256:", "the bytes received hash to sha256:"],
    hint: /do not use them/,
  },
  {
    name: "a blob that ends too early, again and again",
    path: /\/blobs\//,
    action: { kind: "cut", afterBytes: 0 },
    says: ["closed early"],
    hint: /Try again/,
  },
  {
    name: "a blob that is longer than its descriptor says",
    path: /\/blobs\//,
    action: {
      kind: "body",
      bytes: (bytes) => new Uint8Array([...bytes, 1, 2, 3]),
    },
    says: ["bytes"],
    hint: /./,
  },
  {
    name: "a blob that is shorter than its descriptor says",
    path: /\/blobs\//,
    action: { kind: "body", bytes: (bytes) => bytes.slice(0, -7) },
    says: ["bytes"],
    hint: /./,
  },
  {
    name: "a web page in place of the manifest",
    path: /\/manifests\//,
    action: {
      kind: "reply",
      status: 200,
      headers: { "content-type": "text/html" },
      body: "<!doctype html><title>Welcome to our hotel</title>",
    },
    says: ["a web page"],
    hint: /captive portal/,
  },
  {
    name: "a web page that calls itself a manifest",
    path: /\/manifests\//,
    action: {
      kind: "reply",
      status: 200,
      headers: { "content-type": "application/vnd.oci.image.manifest.v1+json" },
      body: "<!doctype html><title>Welcome to our hotel</title>",
    },
    says: ["a web page"],
    hint: /captive portal/,
  },
  {
    name: "a web page in place of the blob",
    path: /\/blobs\//,
    action: {
      kind: "reply",
      status: 200,
      headers: { "content-type": "text/html" },
      body: "<!doctype html><title>Welcome to our hotel</title>",
    },
    says: ["Failed to pull OCI image"],
    hint: /./,
  },
  {
    name: "a registry that has a problem of its own",
    path: /\/manifests\//,
    action: { kind: "reply", status: 500, body: "oops" },
    says: ["500"],
    hint: /Try again later/,
  },
];

for (const { name, path, action, says, hint } of answers) {
  Deno.test(`${name} is refused and not cached`, async () => {
    await using registry = await startRegistry();
    await using work = await openBadWorkspace();
    await pushGreeter(registry);
    registry.fault({ match: { path }, action });
    await work.write(
      "forge.ron",
      forgeRon({ oci: ociEntry(registry, "greeter", "v1") }),
    );
    assertOneClearMessage(await work.forge("run"), {
      status: 1,
      says: [`Failed to fetch OCI extension "greeter"`, ...says],
      hint,
    });
    assertNothingCached(work);
  });
}

Deno.test("a manifest with another digest than was asked for is refused", async () => {
  await using registry = await startRegistry();
  await using work = await openBadWorkspace();
  const { digest } = await pushGreeter(registry);
  registry.fault({
    match: { path: /\/manifests\// },
    action: { kind: "body", bytes: (b) => new Uint8Array([...b, 0x20]) },
  });
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry(registry, "greeter", digest) }),
  );
  assertOneClearMessage(await work.forge("run"), {
    status: 1,
    says: ["Failed to pull OCI image", digest],
    hint: /./,
  });
  assertNothingCached(work);
});

// What is not WASM

const TEXT = new TextEncoder().encode("This is not a module at all.\n");

for (
  const shape of [
    "cncf",
    "oras-untyped",
    "crane-append",
    "docker-build",
  ] as const
) {
  Deno.test(`what is not WASM is refused (${shape})`, async () => {
    await using registry = await startRegistry();
    await using work = await openBadWorkspace();
    await pushGreeter(registry, { shape, bytes: TEXT });
    await work.write(
      "forge.ron",
      forgeRon({ oci: ociEntry(registry, "greeter", "v1") }),
    );
    assertOneClearMessage(await work.forge("run"), {
      status: 1,
      says: ["Failed to pull OCI image", "Invalid WASM magic number"],
      hint: /wasm32-wasip1/,
    });
    assertNothingCached(work);
  });
}

const brokenModules: readonly (readonly [string, Uint8Array, string])[] = [
  ["an empty file", new Uint8Array(), "too small"],
  ["three bytes", Uint8Array.of(0, 0x61, 0x73), "too small"],
  ["a magic number only", Uint8Array.of(0, 0x61, 0x73, 0x6d), "version"],
  [
    "a header and garbage",
    Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 99),
    "truncated",
  ],
];

for (const [name, bytes, reason] of brokenModules) {
  Deno.test(`a local module that is ${name} is refused`, async () => {
    await using work = await openBadWorkspace();
    await work.write("broken.wasm", bytes);
    await work.write(
      "forge.ron",
      forgeRon({ local: `(name: "broken", path: "broken.wasm")` }),
    );
    assertOneClearMessage(await work.forge("run"), {
      status: 1,
      says: ["broken", reason],
      hint: /./,
    });
  });
}

// The disk

Deno.test("a local extension that is not there", async () => {
  await using work = await openBadWorkspace();
  await work.write(
    "forge.ron",
    forgeRon({ local: `(name: "gone", path: "./gone.wasm")` }),
  );
  assertOneClearMessage(await work.forge("run"), {
    status: 1,
    says: ["Cannot find", join(work.root, "gone.wasm"), "of gone"],
    hint: /correct its path/,
  });
});

Deno.test("a directory as path", async () => {
  await using work = await openBadWorkspace();
  await work.write("ext/a.wasm", "");
  await work.write(
    "forge.ron",
    forgeRon({ local: `(name: "ext", path: "./ext")` }),
  );
  assertOneClearMessage(await work.forge("run"), {
    status: 1,
    says: ["Cannot read", "of ext", "it is not a file"],
    hint: /\.wasm file itself/,
  });
});

Deno.test("a file in the way of the cache directory", async () => {
  await using registry = await startRegistry();
  await using work = await openBadWorkspace();
  await pushGreeter(registry);
  await work.write(".forge/extensions", "in the way");
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry(registry, "greeter", "v1") }),
  );
  assertOneClearMessage(await work.forge("run"), {
    status: 1,
    says: ["the cache", work.cache, "a part of the path is a file"],
    hint: /cache_dir/,
  });
  assertEquals(
    await Deno.readTextFile(join(work.root, ".forge/extensions")),
    "in the way",
  );
});

Deno.test("a disk that is full", async () => {
  await using registry = await startRegistry();
  const { files } = platform;
  await using work = await openWorkspace({
    platform: {
      clock: impatient,
      files: {
        ...files,
        create: async (path) => ({
          ...await files.create(path),
          write: () =>
            Promise.reject(
              Object.assign(new Error("no space"), { code: "ENOSPC" }),
            ),
        }),
      },
    },
  });
  await pushGreeter(registry);
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry(registry, "greeter", "v1") }),
  );
  assertOneClearMessage(await work.forge("run"), {
    status: 1,
    says: ["Cannot write to the cache", "no space left on the disk"],
    hint: /Free some space/,
  });
  assertNothingCached(work);
});

// Programs as readers

Deno.test("with --json a configuration error is one JSON document", async () => {
  await using work = await openBadWorkspace();
  await work.write("forge.ron", "Config(");
  for (const command of ["run", "pull"]) {
    const { status, json, err } = await work.forge(command, "--json");
    assertEquals(status, 2);
    const { extensions, ok, error } = json() as unknown as {
      extensions: unknown[];
      ok: boolean;
      error: { code: string; message: string; hint?: string };
    };
    assertEquals(extensions, []);
    assertFalse(ok);
    assertEquals(error.code, "CONFIG_SYNTAX");
    assertStringIncludes(error.message, "Failed to parse RON configuration");
    assert(err.includes(error.message));
  }
});

Deno.test("with --json a wrong command line is one JSON document", async () => {
  await using work = await openBadWorkspace();
  for (
    const args of [["rnu", "--json"], ["run", "--json", "--ofline"], [
      "digest",
      "--json",
    ]]
  ) {
    const { status, out } = await work.forge(...args);
    assertEquals(status, 2);
    assertEquals(JSON.parse(out).error.code, "USAGE");
    assertEquals(JSON.parse(out).ok, false);
  }
});
