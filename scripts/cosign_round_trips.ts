/**
 * Signatures between forge and cosign, both ways, in both forms.
 *
 * ```sh
 * deno run -A scripts/with_jsr.ts run -A scripts/cosign_round_trips.ts cosign --write
 * ```
 *
 * Each argument is a cosign to try. With `--write` the results go into
 * `docs/interoperability.md`, and what each cosign signed to
 * `tests/fixtures/cosign/`, where the tests verify it again and again.
 *
 * @module
 */

import { join } from "@std/path";
import { fetchSignatures } from "../src/install/fetch_signatures.ts";
import { platform } from "../src/platform/deno.ts";
import { createRegistryClient } from "../src/registry/mod.ts";
import { pushWasm, type Registry, startRegistry } from "../src/testing/mod.ts";
import type { Digest } from "../src/oci/mod.ts";
import {
  fixture,
  openWorkspace,
  type Workspace,
} from "../tests/cli/workspace.ts";

const PASSWORD = "correct horse battery staple";
const FORMS = ["bundle", "simplesigning"] as const;
type Form = typeof FORMS[number];

interface Scene {
  readonly cosign: string;
  readonly version: string;
  readonly registry: Registry;
  readonly work: Workspace;
}

interface Ran {
  readonly ok: boolean;
  readonly text: string;
}

async function run(
  command: string,
  args: readonly string[],
  cwd: string,
): Promise<Ran> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    cwd,
    env: { COSIGN_PASSWORD: PASSWORD, COSIGN_YES: "true" },
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { ok: success, text: decode(stdout) + decode(stderr) };
}

async function publish({ registry }: Scene, tag: string) {
  const { digest } = await pushWasm(
    registry,
    "acme/notes",
    tag,
    await fixture("greeter"),
  );
  return { digest, reference: `${registry.host}/acme/notes@${digest}` };
}

const HTTP = ["--allow-http-registry", "--allow-insecure-registry"];

/** Options of this cosign, as its help has them. */
async function optionsFor(
  { cosign, work }: Scene,
  command: "sign" | "verify",
  form: Form,
): Promise<readonly string[]> {
  const { text } = await run(cosign, [command, "--help"], work.root);
  const isNew = form === "bundle";
  return [
    ...HTTP,
    ...(text.includes("--new-bundle-format")
      ? [`--new-bundle-format=${isNew}`]
      : []),
    ...(command === "verify"
      ? ["--insecure-ignore-tlog=true"]
      : text.includes("--use-signing-config")
      ? ["--use-signing-config=false", "--tlog-upload=false"]
      : ["--tlog-upload=false"]),
  ];
}

/** Signed by forge, verified by cosign. */
async function there(scene: Scene, form: Form): Promise<Ran> {
  const { work, cosign } = scene;
  const { reference } = await publish(scene, `there-${form}`);
  const signed = await work.forge(
    "sign",
    reference,
    "--key",
    "forge.key",
    ...(form === "simplesigning" ? ["--legacy"] : []),
  );
  if (signed.status !== 0) return { ok: false, text: signed.err };
  const options = [...await optionsFor(scene, "verify", form)];
  // Before 3.0 it asks Sigstore's server for one even where a key is given.
  if (form === "bundle" && scene.version.startsWith("2.")) {
    await work.write(
      "root.json",
      `{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}`,
    );
    options.push("--trusted-root", "root.json");
  }
  return await run(cosign, [
    "verify",
    "--key",
    "forge.pub",
    ...options,
    reference,
  ], work.root);
}

/** Signed by cosign, verified by forge. */
async function back(
  scene: Scene,
  form: Form,
): Promise<Ran & { readonly digest: Digest }> {
  const { work, cosign } = scene;
  const { reference, digest } = await publish(scene, `back-${form}`);
  const options = await optionsFor(scene, "sign", form);
  const signed = await run(cosign, [
    "sign",
    "--key",
    "cosign.key",
    ...options,
    reference,
  ], work.root);
  if (!signed.ok) return { ...signed, digest };
  const { status, err } = await work.forge(
    "verify",
    reference,
    "--key",
    "cosign.pub",
    "--json",
  );
  return { ok: status === 0, text: err, digest };
}

/** What cosign left in the registry, for the tests. */
async function record(scene: Scene, digest: Digest) {
  const client = createRegistryClient(platform);
  const repository = client.repository(scene.registry.host, "acme/notes");
  const signatures = [];
  for await (const group of fetchSignatures(repository, digest)) {
    for (const each of group.signatures) {
      const bytes = each.form === "bundle" ? each.bundle : each.payload;
      const content = btoa(String.fromCharCode(...bytes));
      const { form } = each;
      signatures.push(
        each.form === "bundle"
          ? { form, content }
          : { form, content, signature: each.signature },
      );
    }
  }
  return signatures;
}

async function tryOut(cosign: string) {
  const registry = await startRegistry();
  await using work = await openWorkspace({
    env: { COSIGN_PASSWORD: PASSWORD },
  });
  try {
    const { text } = await run(cosign, ["version"], work.root);
    const version = /GitVersion:\s*v?(\S+)/.exec(text)?.[1] ?? "unknown";
    const scene = { cosign, version, registry, work };
    await work.forge("keygen");
    await run(cosign, ["generate-key-pair"], work.root);
    const results: Record<string, boolean> = {};
    const recorded = [];
    for (const form of FORMS) {
      const out = await there(scene, form);
      if (!out.ok) {
        console.error(`${version} ${form}, forge to cosign:\n${out.text}`);
      }
      const home = await back(scene, form);
      if (!home.ok) {
        console.error(`${version} ${form}, cosign to forge:\n${home.text}`);
      }
      results[`there ${form}`] = out.ok;
      results[`back ${form}`] = home.ok;
      if (home.ok) {
        recorded.push({
          subject: home.digest,
          signatures: await record(scene, home.digest),
        });
      }
    }
    const publicKey = await Deno.readTextFile(join(work.root, "cosign.pub"));
    return {
      version,
      results,
      fixture: { cosign: version, publicKey, recorded },
    };
  } finally {
    await registry.close();
  }
}

if (import.meta.main) {
  const cosigns = Deno.args.filter((arg) => arg !== "--write");
  const all = [];
  for (const cosign of cosigns) all.push(await tryOut(cosign));
  const yes = (is: boolean | undefined) => is ? "yes" : "no";
  const table = [
    "| cosign | signed by forge | signed by forge --legacy | bundle of cosign | old form of cosign |",
    "| --- | --- | --- | --- | --- |",
    ...all.map(({ version, results }) =>
      `| ${version} | ${yes(results["there bundle"])} | ${
        yes(results["there simplesigning"])
      } | ${yes(results["back bundle"])} | ${
        yes(results["back simplesigning"])
      } |`
    ),
  ].join("\n");
  console.log(table);
  if (Deno.args.includes("--write")) {
    const page = new URL("../docs/interoperability.md", import.meta.url);
    const text = await Deno.readTextFile(page);
    await Deno.writeTextFile(
      page,
      text.replace(
        /<!-- signed -->[^]*?<!-- end -->/,
        `<!-- signed -->\n\n${table}\n\n<!-- end -->`,
      ),
    );
    for (const { version, fixture } of all) {
      const file = new URL(
        `../tests/fixtures/cosign/${version}.json`,
        import.meta.url,
      );
      await Deno.mkdir(new URL(".", file), { recursive: true });
      await Deno.writeTextFile(file, JSON.stringify(fixture, null, 2) + "\n");
    }
  }
}
