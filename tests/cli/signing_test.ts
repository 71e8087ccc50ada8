/** Keys, signatures and their verification on the command line. */

import { nodeFiles } from "../../src/platform/node_files.ts";
import {
  assert,
  assertEquals,
  assertFalse,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { main } from "../../src/cli/dispatch.ts";
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
} from "./workspace.ts";

const PASSWORD = "correct horse battery staple";

interface Scene extends AsyncDisposable {
  readonly registry: Registry;
  readonly work: Workspace;
  readonly image: string;
  readonly digest: string;
}

async function openScene(): Promise<Scene> {
  const registry = await startRegistry();
  const work = await openWorkspace({
    env: { KEY_PASSWORD: PASSWORD, EMPTY: "" },
  });
  const { digest } = await pushWasm(
    registry,
    "acme/notes",
    "v1",
    await fixture("greeter"),
  );
  return {
    registry,
    work,
    digest,
    image: `${registry.host}/acme/notes:v1`,
    async [Symbol.asyncDispose]() {
      await work[Symbol.asyncDispose]();
      await registry.close();
    },
  };
}

const read = (work: Workspace, name: string) =>
  Deno.readTextFile(join(work.root, name));

/** A command with somebody who types these answers, unseen. */
async function typing(
  work: Workspace,
  answers: readonly string[],
  ...args: string[]
) {
  let [out, err] = ["", ""];
  const left = [...answers];
  const status = await main(args, {
    platform: { ...platform, cwd: () => work.root, env: () => undefined },
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    signal: new AbortController().signal,
    color: false,
    askSecret: () => Promise.resolve(left.shift() ?? ""),
  });
  return { status, out, err, left };
}

for (const legacy of [false, true]) {
  Deno.test(`keygen, sign${legacy ? " --legacy" : ""} and verify go together, and with trust in forge.ron`, async () => {
    await using scene = await openScene();
    const { registry, work, image, digest } = scene;
    const made = await work.forge("keygen", "--password-env", "KEY_PASSWORD");
    assertEquals(made.status, 0, made.err);
    assertStringIncludes(
      await read(work, "forge.key"),
      "ENCRYPTED SIGSTORE PRIVATE KEY",
    );
    const signed = await work.forge(
      "sign",
      image,
      "--key",
      "forge.key",
      "--password-env",
      "KEY_PASSWORD",
      ...(legacy ? ["--legacy"] : []),
    );
    assertEquals(signed.status, 0, signed.err);
    assertEquals(signed.out, `${digest}\n`);
    const verified = await work.forge(
      "verify",
      image,
      "--key",
      "forge.pub",
      "--json",
    );
    assertEquals(verified.status, 0, verified.err);
    const { signature } = JSON.parse(verified.out);
    assertEquals([signature.subject, signature.form], [
      digest,
      legacy ? "simplesigning" : "bundle",
    ]);
    for (const result of [made, signed, verified]) {
      assertFalse((result.out + result.err).includes(PASSWORD));
      assertFalse((result.out + result.err).includes("PRIVATE KEY"));
    }
    await work.write(
      "forge.ron",
      forgeRon({ oci: ociEntry(registry, "notes", "v1") }).replace(
        "local:",
        `trust: Some(Trust(keys: ["forge.pub"])),\n    local:`,
      ),
    );
    const early = await work.forge("verify", "--json");
    assertEquals(
      [early.status, JSON.parse(early.out).extensions[0].error.code],
      [1, "NOT_CACHED"],
    );
    assertEquals((await work.forge("pull")).status, 0);
    registry.requests.clear();
    const cached = await work.forge("verify", "notes");
    assertEquals(cached.status, 0, cached.err);
    assertStringIncludes(cached.out, "verified");
    assertEquals(registry.requests.length, 0);
  });
}

Deno.test("a private key is for its user alone, and never overwritten", async () => {
  await using scene = await openScene();
  const { work } = scene;
  assertEquals((await work.forge("keygen", "keys", "--no-password")).status, 0);
  if (Deno.build.os !== "windows") {
    const { mode } = await Deno.stat(join(work.root, "keys.key"));
    assertEquals((mode ?? 0) & 0o777, 0o600);
  }
  const before = [await read(work, "keys.key"), await read(work, "keys.pub")];
  const again = await work.forge("keygen", "keys", "--no-password");
  assertEquals(again.status, 2);
  assertStringIncludes(again.err, "it exists");
  await Deno.remove(join(work.root, "keys.key"));
  assertEquals((await work.forge("keygen", "keys", "--no-password")).status, 2);
  await work.write("keys.key", before[0]!);
  assertEquals(
    [await read(work, "keys.key"), await read(work, "keys.pub")],
    before,
  );
});

Deno.test("a password is asked for twice where a key is made, once where one is used", async () => {
  await using scene = await openScene();
  const { work, image } = scene;
  const made = await typing(work, [PASSWORD, PASSWORD], "keygen");
  assertEquals([made.status, made.left], [0, []], made.err);
  const signed = await typing(
    work,
    [PASSWORD],
    "sign",
    image,
    "--key",
    "forge.key",
  );
  assertEquals([signed.status, signed.left], [0, []], signed.err);
  const wrong = await typing(
    work,
    ["wrong"],
    "sign",
    image,
    "--key",
    "forge.key",
    "--json",
  );
  assertEquals(JSON.parse(wrong.out).error.code, "SIGNING_KEY_PASSWORD");
  const unlike = await typing(work, [PASSWORD, "another"], "keygen", "other");
  assertEquals(unlike.status, 1);
  assertStringIncludes(unlike.err, "differ");
  assertEquals(
    await platform.files.stat(join(work.root, "other.key")),
    undefined,
  );
});

for (
  const [what, args, text] of [
    ["nobody to ask", ["keygen"], "--no-password"],
    [
      "a variable that is not set",
      ["keygen", "--password-env", "NOT_SET"],
      `"NOT_SET"`,
    ],
    ["an empty password", ["keygen", "--password-env", "EMPTY"], "empty"],
    [
      "no directory to write to",
      ["keygen", "no/such/dir", "--no-password"],
      "no/such/dir.key",
    ],
    ["both ways at once", [
      "keygen",
      "--no-password",
      "--password-env",
      "EMPTY",
    ], "--no-password"],
  ] as const
) {
  Deno.test(`keygen with ${what} makes nothing and says what to do`, async () => {
    await using work = await openWorkspace({ env: { EMPTY: "" } });
    const { status, err } = await work.forge(...args);
    assert(status !== 0);
    assertStringIncludes(err, text);
    assertEquals(
      [...Deno.readDirSync(work.root)].filter(({ name }) =>
        /\.(key|pub)$/.test(name)
      ),
      [],
    );
  });
}

Deno.test("a key may come from a variable, as with cosign", async () => {
  await using scene = await openScene();
  const { work, image } = scene;
  assertEquals((await work.forge("keygen", "--no-password")).status, 0);
  const text = await read(work, "forge.key");
  await using other = await openWorkspace({ env: { SIGNING_KEY: text } });
  const signed = await other.forge("sign", image, "--key", "env://SIGNING_KEY");
  assertEquals(signed.status, 0, signed.err);
  assertEquals(
    (await work.forge("verify", image, "--key", "forge.pub")).status,
    0,
  );
  const absent = await other.forge("sign", image, "--key", "env://OTHER");
  assertEquals(absent.status, 1);
  assertStringIncludes(absent.err, `"OTHER"`);
});

for (
  const [what, args, code] of [
    ["no key", ["sign", "IMAGE"], "USAGE"],
    ["no version", ["sign", "PLACE", "--key", "a.key"], "USAGE"],
    [
      "a key that is not there",
      ["sign", "IMAGE", "--key", "none.key"],
      "FILE_NOT_FOUND",
    ],
    [
      "a file that is no key",
      ["sign", "IMAGE", "--key", "forge.ron"],
      "SIGNING_KEY_INVALID",
    ],
    [
      "a public key",
      ["sign", "IMAGE", "--key", "a.pub"],
      "SIGNING_KEY_INVALID",
    ],
    ["a directory", ["sign", "IMAGE", "--key", "."], "FILE_UNREADABLE"],
    [
      "an image that is not there",
      ["sign", "IMAGE2", "--key", "a.key"],
      "REGISTRY_NOT_FOUND",
    ],
    ["nobody to trust", ["verify", "IMAGE"], "USAGE"],
    [
      "half an identity",
      ["verify", "IMAGE", "--identity", "a@b.test"],
      "USAGE",
    ],
    [
      "a private key to verify with",
      ["verify", "IMAGE", "--key", "a.key"],
      "TRUST_KEY_INVALID",
    ],
    [
      "no signature",
      ["verify", "IMAGE", "--key", "a.pub"],
      "SIGNATURE_MISSING",
    ],
    ["a key for names", ["verify", "notes", "--key", "a.pub"], "USAGE"],
    ["a name that is not there", ["verify", "nobody"], "EXTENSION_NOT_FOUND"],
    ["two images", ["verify", "IMAGE", "IMAGE", "--key", "a.pub"], "USAGE"],
  ] as const
) {
  Deno.test(`${args[0]} refuses ${what}`, async () => {
    await using scene = await openScene();
    const { registry, work, image } = scene;
    await work.write(
      "forge.ron",
      forgeRon({ oci: ociEntry(registry, "notes", "v1") }),
    );
    assertEquals((await work.forge("keygen", "a", "--no-password")).status, 0);
    const meant = args.map((arg) =>
      arg === "IMAGE"
        ? image
        : arg === "IMAGE2"
        ? `${image}2`
        : arg === "PLACE"
        ? image.replace(/:v1$/, "")
        : arg
    );
    const { status, out } = await work.forge(...meant, "--json");
    assert(status !== 0);
    assertEquals(JSON.parse(out).error.code, code);
  });
}

Deno.test("a signature of somebody else is refused", async () => {
  await using scene = await openScene();
  const { work, image } = scene;
  for (const name of ["ours", "theirs"]) {
    assertEquals((await work.forge("keygen", name, "--no-password")).status, 0);
  }
  assertEquals(
    (await work.forge("sign", image, "--key", "theirs.key")).status,
    0,
  );
  const { status, out } = await work.forge(
    "verify",
    image,
    "--key",
    "ours.pub",
    "--json",
  );
  assertEquals([status, JSON.parse(out).error.code], [
    1,
    "SIGNATURE_UNTRUSTED",
  ]);
  const both = await work.forge(
    "verify",
    image,
    "--key",
    "ours.pub",
    "--key",
    "theirs.pub",
  );
  assertEquals(both.status, 0, both.err);
  assertStringIncludes(both.err, "theirs.pub");
});

Deno.test("a disk that is full leaves no half of a key", async () => {
  const full = Object.assign(new Error("no space left"), { code: "ENOSPC" });
  for (const victim of [".key", ".pub"]) {
    await using work = await openWorkspace({
      platform: {
        files: {
          ...nodeFiles,
          create: async (path, options) => {
            const sink = await nodeFiles.create(path, options);
            return path.endsWith(victim)
              ? { ...sink, write: () => Promise.reject(full) }
              : sink;
          },
        },
      },
    });
    const { status, err } = await work.forge("keygen", "--no-password");
    assertEquals(status, 1);
    assertStringIncludes(err, `forge${victim}": no space left`);
    assertEquals([...Deno.readDirSync(work.root)], []);
  }
});
