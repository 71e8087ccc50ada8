/** What docs/migration.md says of a cache that the original server has filled. */

import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { createHash } from "node:crypto";
import { digestBytes, digestHex } from "../../src/oci/mod.ts";
import { fixture, forgeRon, openWorkspace } from "./workspace.ts";

/** The server's name for an entry, reckoned here by hand. */
function keyOf(name: string): string {
  return createHash("sha256")
    .update(`ghcr.io:acme/extensions/${name}@v1.0.0`).digest("hex");
}

/** An entry as the server writes it: both files, its key, its times, its nulls. */
async function fillAsServer(
  directory: string,
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  await Deno.mkdir(directory, { recursive: true });
  const image = `acme/extensions/${name}`;
  const key = keyOf(name);
  const metadata = {
    registry: "ghcr.io",
    image,
    reference: "v1.0.0",
    content_digest: null,
    fetched_at: { secs_since_epoch: 1_700_000_000, nanos_since_epoch: 42 },
    size_bytes: bytes.byteLength,
    sha256: digestHex(await digestBytes(bytes)),
  };
  await Deno.writeFile(join(directory, `${key}.wasm`), bytes);
  await Deno.writeTextFile(
    join(directory, `${key}.metadata.json`),
    JSON.stringify(metadata, undefined, 2),
  );
}

const SERVER_RON = forgeRon({
  oci:
    `OciExtension(name: "greeter", registry: "ghcr.io", image: "acme/extensions/greeter", reference: Tag("v1.0.0")),`,
  settings: "docker_credentials: false",
});

Deno.test("a cache that the server has filled runs without a network, and stays as it was", async () => {
  await using work = await openWorkspace();
  await work.write("forge.ron", SERVER_RON);
  const bytes = await fixture("greeter");
  await fillAsServer(work.cache, "greeter", bytes);
  const before = await listing(work.cache);

  const { status, err, json } = await work.forge("run", "--offline", "--json");
  assertEquals(status, 0, err);
  const [greeter] = json().extensions;
  assertEquals([greeter?.status, greeter?.loaded], ["cached", true]);
  assertEquals(greeter?.sizeBytes, bytes.byteLength);
  assertEquals(await listing(work.cache), before);
});

Deno.test("a module that was changed in the server's cache is not run", async () => {
  await using work = await openWorkspace();
  await work.write("forge.ron", SERVER_RON);
  await fillAsServer(work.cache, "greeter", await fixture("greeter"));
  const path = join(work.cache, `${keyOf("greeter")}.wasm`);
  await Deno.writeFile(path, await fixture("notes"));

  const { json } = await work.forge("run", "--offline", "--json");
  const [greeter] = json().extensions;
  assertEquals([greeter?.loaded, greeter?.error?.code], [
    false,
    "CACHE_CORRUPT",
  ]);
});

/** Names and sizes of what is in a directory. */
async function listing(directory: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir(directory)) {
    const { size } = await Deno.stat(join(directory, name));
    found.push(`${name} ${size}`);
  }
  return found.sort();
}
