/**
 * The main job on a registry in this process: cold, cached, offline.
 *
 * Uses loopback only, and a temporary directory that it removes.
 *
 * @module
 */

import { join } from "@std/path";
import { pushWasm, startRegistry } from "../src/testing/mod.ts";

const SAMPLE = new URL("../tests/fixtures/notes.wasm", import.meta.url);
const CLI = new URL("../src/cli/main.ts", import.meta.url);

const directory = await Deno.makeTempDir({ prefix: "forge-demo-" });
try {
  const status = await demo(directory);
  if (status !== 0) Deno.exitCode = status;
} finally {
  await Deno.remove(directory, { recursive: true });
}

async function demo(directory: string): Promise<number> {
  const registry = await startRegistry();
  say(`A registry is listening on ${registry.host}.`);
  const sample = await Deno.readFile(SAMPLE);
  const pushed = await pushWasm(registry, "demo/notes", "v1.0.0", sample);
  say(
    `The sample extension is published as ${registry.host}/demo/notes:v1.0.0`,
  );
  say(`(manifest ${pushed.manifestDigest}).`);

  const config = join(directory, "forge.ron");
  await Deno.writeTextFile(config, forgeRon(registry.host));
  say("\nThis is forge.ron:\n\n" + indent(forgeRon(registry.host)));

  let status = await step("1. Cold: pulled, verified, cached, loaded", [
    ...["run", "--config", config],
  ]);
  status ||= await step("2. Again: from the cache, checksum verified", [
    ...["run", "--config", config],
  ]);
  await registry.close();
  status ||= await step("3. Offline, with the registry gone", [
    ...["run", "--offline", "--config", config],
  ]);
  status ||= await step("And a call into the extension, still offline", [
    ...["call", "notes", "add", "2", "40", "--offline", "--config", config],
  ]);
  return status;
}

/** Runs the command as a person would, its output indented. */
async function step(title: string, args: readonly string[]): Promise<number> {
  say(`\n${title}`);
  say(`$ forge ${args.join(" ")}`);
  const flags = JSON.parse(Deno.env.get("FORGE_RESTART_FLAGS") ?? "[]");
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...flags, CLI.pathname, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [status] = await Promise.all([
    child.status,
    printIndented(child.stdout),
    printIndented(child.stderr),
  ]);
  return status.code;
}

async function printIndented(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<void> {
  for await (const chunk of stream) {
    const bytes = new TextEncoder().encode(
      indent(new TextDecoder().decode(chunk)),
    );
    for (let at = 0; at < bytes.length;) {
      at += Deno.stdout.writeSync(bytes.subarray(at));
    }
  }
}

function forgeRon(registry: string): string {
  return `Config(
    extensions: Extensions(
        oci: [
            OciExtension(
                name: "notes",
                registry: "${registry}",
                image: "demo/notes",
                reference: Tag("v1.0.0"),
            ),
        ],
    ),
)
`;
}

function say(text: string): void {
  console.log(text);
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "    ");
}
