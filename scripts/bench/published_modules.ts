/**
 * Modules in a registry, and the `forge.ron` that names them.
 *
 * @module
 */

import { join } from "@std/path";
import { buildArtifact } from "../../src/artifact/mod.ts";
import { forgeRon, ociEntry } from "../../tests/cli/workspace.ts";
import { EMPTY_MODULE, padModule } from "../../tests/interop/padded_module.ts";
import { plainClient, pushArtifact } from "../../tests/interop/push.ts";

/** A module in the registry. */
export interface PublishedModule {
  /** Its name in `forge.ron`. */
  readonly name: string;
  /** The image, as people write it. */
  readonly image: string;
  /** Where its bytes are. */
  readonly url: string;
}

/** The least that is beside the random bytes of a module: a preamble and the head of a section. */
const FRAME_BYTES = 18;

/** Pushes modules of random bytes and writes `forge.ron` into `root`. */
export async function publishModules(
  host: string,
  root: string,
  { count, size }: { readonly count: number; readonly size: number },
): Promise<readonly PublishedModule[]> {
  const published: PublishedModule[] = [];
  for (let i = 0; i < count; i++) {
    published.push(await publish(host, `m${i}-${size}`, size));
  }
  const entries = published.map(({ name }) => ociEntry(host, name, "v1"));
  await Deno.writeTextFile(
    join(root, "forge.ron"),
    forgeRon({ oci: entries.join("") }),
  );
  return published;
}

async function publish(
  host: string,
  name: string,
  size: number,
): Promise<PublishedModule> {
  const repository = `acme/${name}`;
  const artifact = await buildArtifact(
    padModule(EMPTY_MODULE, size - FRAME_BYTES),
    {
      title: `${name}.wasm`,
    },
  );
  await pushArtifact(
    plainClient().repository(host, repository),
    "v1",
    artifact,
  );
  const { digest } = artifact.layer.descriptor;
  return {
    name,
    image: `${host}/${repository}:v1`,
    url: `http://${host}/v2/${repository}/blobs/${digest}`,
  };
}
