/**
 * Where the programs of the documents run: a project directory, and a registry
 * in memory that stands for `ghcr.io`.
 *
 * @module
 */

import { join } from "@std/path";
import { pushWasm, startRegistry } from "../../src/testing/mod.ts";

const FIXTURES = new URL("../fixtures/", import.meta.url);

/** The registry that the documents name. */
const NAMED = "ghcr.io";
/** Another one, where something is copied to; it is the same here. */
const OTHER = "registry.company.com";

const FORGE_RON = `Config(
    extensions: Extensions(
        oci: [
            OciExtension(
                name: "notes",
                registry: "${NAMED}",
                image: "acme/extensions/notes",
                reference: Tag("v1.0.0"),
            ),
            OciExtension(
                name: "greeter",
                registry: "${NAMED}",
                image: "acme/extensions/greeter",
                reference: Tag("v1.0.0"),
            ),
        ],
        settings: Settings(docker_credentials: false),
    ),
)
`;

/** The registry, and projects that use it. */
export interface Scene extends AsyncDisposable {
  /** Puts the registry's address in the place of its name. */
  readonly localize: (text: string) => string;
  /** The reverse. */
  readonly delocalize: (text: string) => string;
  /** Makes a project with a `forge.ron` and some modules; returns its directory. */
  readonly openProject: () => Promise<string>;
}

/** Starts the registry. */
export async function openScene(): Promise<Scene> {
  const root = await Deno.makeTempDir({ prefix: "forge-scene-" });
  const registry = await startRegistry();
  for (const name of ["notes", "greeter"]) {
    const bytes = await Deno.readFile(new URL(`${name}.wasm`, FIXTURES));
    await pushWasm(registry, `acme/extensions/${name}`, "v1.0.0", bytes);
  }
  let projects = 0;
  const localize = (text: string) =>
    text.replaceAll(NAMED, registry.host).replaceAll(OTHER, registry.host);
  return {
    localize,
    delocalize: (text) => text.replaceAll(registry.host, NAMED),
    async openProject() {
      const directory = join(root, String(projects++));
      await Deno.mkdir(directory);
      await Deno.writeTextFile(
        join(directory, "forge.ron"),
        localize(FORGE_RON),
      );
      for (const name of ["notes.wasm", "greeter.wasm", "world.wasm"]) {
        await Deno.copyFile(new URL(name, FIXTURES), join(directory, name));
      }
      return directory;
    },
    async [Symbol.asyncDispose]() {
      await registry.close();
      await Deno.remove(root, { recursive: true });
    },
  };
}
