/**
 * The sessions that `docs/cli.md` shows, and the project and registry in which
 * they happen.
 *
 * @module
 */

import { join } from "@std/path";
import {
  pushWasm,
  type Registry,
  startRegistry,
} from "../../src/testing/mod.ts";
import { VERSION } from "../../src/version.ts";

/** Command lines in their order; `HOST` is the registry. */
export const LINES: readonly string[] = [
  "forge init --extension greeter=HOST/acme/greeter:v1.0.0",
  "forge doctor",
  "forge pull",
  "forge run",
  "forge call greeter add 2 40",
  "forge lock",
  "forge publish notes.wasm HOST/acme/notes:v1.0.0",
  "forge init --extension notes=HOST/acme/notes:v1.0.0",
  "forge outdated",
  "forge pin",
  "forge pull --quiet",
  "forge check",
  "forge doctor",
  "forge cache list",
  "forge tags HOST/acme/greeter",
  "forge digest HOST/acme/gone:v1.0.0",
  "forge run --ofline",
];

/** Below the ports that systems give away by themselves. */
const PORT = 15000;
/** The registry, as the command lines name it. */
export const HOST = `127.0.0.1:${PORT}`;

/** A project and its registry. */
export interface Scene extends AsyncDisposable {
  /** The directory of the project. */
  readonly root: string;
  /** The registry that stands for all. */
  readonly registry: Registry;
}

/**
 * Makes an empty project beside a registry with two versions of an extension.
 *
 * @param port Where the registry listens, if not at {@linkcode HOST}.
 */
export async function openScene(port: number = PORT): Promise<Scene> {
  const registry = await startRegistry({ port });
  const root = await Deno.makeTempDir({ prefix: "forge-session-" });
  const greeter = await fixture("greeter");
  for (const tag of ["v1.0.0", "v1.1.0"]) {
    await pushWasm(registry, "acme/greeter", tag, greeter);
  }
  await Deno.writeFile(join(root, "notes.wasm"), await fixture("notes"));
  return {
    root,
    registry,
    async [Symbol.asyncDispose]() {
      await registry.close();
      await Deno.remove(root, { recursive: true });
    },
  };
}

/** The arguments of a line. */
export function argumentsOf(line: string): string[] {
  return line.replaceAll("HOST", HOST).split(" ").slice(1);
}

/** What differs from run to run, made the same: times, paths, versions. */
export function normalize(text: string, { root }: Scene): string {
  return text
    .replaceAll(root, "/srv/app")
    .replace(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z/g, "2026-01-31T12:00:00Z")
    .replace(/\b\d+(?:\.\d+)? ms\b/g, "12 ms")
    .replace(/\b\d+(?:\.\d+)? s\b/g, "1 s")
    .replace(/\b\d+(?:\.\d+)? ([KMG]?i?B)\/s/g, "9 $1/s")
    .replaceAll(`forge ${VERSION} on`, "forge 1.0.0 on")
    .replace(/\bDeno \d+\.\d+\.\d+/g, "Deno 2.9.6");
}

async function fixture(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const url = new URL(`../../tests/fixtures/${name}.wasm`, import.meta.url);
  return await Deno.readFile(url);
}
