/**
 * One registry that misbehaves, one project that pulls from it, and what may
 * and may not be left of that.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertFalse,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import type { ForgeErrorCode } from "../../src/errors.ts";
import { digestBytes, digestHex } from "../../src/oci/mod.ts";
import { platform } from "../../src/platform/deno.ts";
import type { Platform } from "../../src/platform/types.ts";
import {
  pushWasm,
  type PushWasmOptions,
  type Registry,
  startRegistry,
  type StartRegistryOptions,
} from "../../src/testing/mod.ts";
import {
  type CommandResult,
  fixture,
  forgeRon,
  ociEntry,
  openWorkspace,
  type Workspace,
} from "../cli/workspace.ts";
import { TrafficClock } from "./traffic_clock.ts";
import { PASSWORD, Witness } from "./witness.ts";

export { PASSWORD };

/** The module that is published. */
export const GREETER: Uint8Array<ArrayBuffer> = await fixture("greeter");
const GREETER_SHA256 = digestHex(await digestBytes(GREETER));

/** The stage of a fault. */
export interface Scene extends AsyncDisposable {
  /** The registry that the project names. */
  readonly registry: Registry;
  /** The project. */
  readonly work: Workspace;
  /** Its time. */
  readonly clock: TrafficClock;
  /** Pulls; a credential that goes to any other origin than the registry's fails the test. */
  readonly pull: (...args: readonly string[]) => Promise<CommandResult>;
}

/** Options of {@linkcode openScene}. */
export interface SceneOptions {
  /** How the registry is. */
  readonly registry?: StartRegistryOptions;
  /** How the module is published; `false`: not at all. */
  readonly push?: PushWasmOptions | false;
  /** Whether the project has credentials. */
  readonly isLoggedIn?: boolean;
  /** What Docker's login file keeps for the registry. */
  readonly dockerLogin?: Readonly<Record<string, string>>;
  /** What to pull; `v1` if absent. */
  readonly reference?: string;
  /** Settings of the registry in `forge.ron`. */
  readonly settings?: string;
  /** Parts of the platform to replace. */
  readonly platform?: Partial<Platform>;
}

/** Opens a stage. */
export async function openScene(options: SceneOptions = {}): Promise<Scene> {
  const clock = new TrafficClock();
  const witness = new Witness();
  const registry = await startRegistry({ clock, ...options.registry });
  const env: Record<string, string> = options.isLoggedIn
    ? { FORGE_USER: "ada", FORGE_TOKEN: PASSWORD }
    : {};
  const work = await openWorkspace({
    env,
    platform: {
      clock,
      ...options.platform,
      fetch: clock.watch(
        witness.watch(options.platform?.fetch ?? platform.fetch),
      ),
      files: clock.watchFiles(options.platform?.files ?? platform.files),
    },
  });
  if (options.push !== false) {
    await pushWasm(registry, "acme/greeter", "v1", GREETER, options.push);
  }
  await work.write("forge.ron", configOf(registry, options));
  if (options.dockerLogin !== undefined) {
    env["DOCKER_CONFIG"] = join(work.root, "docker");
    const auths = { [registry.host]: options.dockerLogin };
    await work.write("docker/config.json", JSON.stringify({ auths }));
  }
  const pull = async (...args: readonly string[]) => {
    const result = await work.forge("pull", ...args);
    assertEquals(witness.strangers([registry.origin]), []);
    return result;
  };
  return {
    registry,
    work,
    clock,
    pull,
    async [Symbol.asyncDispose]() {
      await registry.close();
      await work[Symbol.asyncDispose]();
    },
  };
}

function configOf(registry: Registry, options: SceneOptions): string {
  const { host } = registry;
  const oci = ociEntry(registry, "greeter", options.reference ?? "v1");
  const auth = options.isLoggedIn
    ? `"${host}": RegistryAuth(username_env: Some("FORGE_USER"), token_env: Some("FORGE_TOKEN"))`
    : "";
  const config = forgeRon({ oci, auth });
  if (options.settings === undefined) return config;
  const registries =
    `registries: {"${host}": RegistrySettings(${options.settings})},`;
  return config.replace("    settings:", `    ${registries}\n    settings:`);
}

/** What a fault has to lead to. */
export interface Refusal {
  /** The code for programs. */
  readonly code: ForgeErrorCode;
  /** In the message for people. */
  readonly says: string;
}

/** Checks that a pull failed in the right words, and that nothing else was said. */
export function assertRefused(
  { status, out, err, json }: CommandResult,
  { code, says }: Refusal,
): void {
  assertEquals(status, 1, err);
  const [extension] = json().extensions;
  assertEquals(extension?.status, "failed", out);
  assertEquals(extension?.error?.code, code, out);
  assertStringIncludes(extension?.error?.message ?? "", says);
  assertStringIncludes(err, says);
  assertEquals(err.match(/^error/gm)?.length, 1, err);
  assertFalse(/^ {4}at |\[object|undefined/m.test(err), err);
  assertFalse((out + err).includes(PASSWORD));
  assertFalse(UNFIT.test(err), JSON.stringify(err));
}

/** What no stranger may bring to a terminal: it moves, recolours or turns text. */
const UNFIT = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

/** Checks that nothing at all is on the disk. */
export function assertNothingLeft(work: Workspace): void {
  assertEquals(work.cached(), []);
}

/** Checks that the module was pulled and that the right bytes are on the disk. */
export async function assertPulled(
  { status, err, out, json }: CommandResult,
  work: Workspace,
): Promise<void> {
  assertEquals(status, 0, err);
  const [extension] = json().extensions;
  assertEquals(extension?.status, "pulled", out);
  assertEquals(extension?.sha256, GREETER_SHA256);
  assertFalse((out + err).includes(PASSWORD));
  await assertOneWholeEntry(work);
}

/** Checks that the cache holds one entry, all of it, and nothing else. */
export async function assertOneWholeEntry(work: Workspace): Promise<void> {
  const names = work.cached();
  assertEquals(names.length, 2, names.join());
  const [metadata, wasm] = names as [string, string];
  assert(metadata.endsWith(".metadata.json") && wasm.endsWith(".wasm"));
  const bytes = await Deno.readFile(join(work.cache, wasm));
  assertEquals(digestHex(await digestBytes(bytes)), GREETER_SHA256);
  const verified = await work.forge("cache", "verify");
  assertEquals(verified.status, 0, verified.err);
}

/** Checks that once the fault is gone the same project pulls the right bytes. */
export async function assertRecovers(scene: Scene): Promise<void> {
  scene.registry.clearFaults();
  await assertPulled(await scene.pull("--json"), scene.work);
}

/** Pulls into a fault: it must be refused, leave nothing, and be over with the fault. */
export async function playRefusal(
  scene: Scene,
  refusal: Refusal & { readonly isLasting?: boolean },
): Promise<void> {
  assertRefused(await scene.pull("--json"), refusal);
  assertNothingLeft(scene.work);
  if (refusal.isLasting !== true) await assertRecovers(scene);
}

/** Pulls through a fault: it must succeed all the same. */
export async function playRecovery(scene: Scene): Promise<void> {
  await assertPulled(await scene.pull("--json"), scene.work);
}

/** A user of a registry with Bearer. */
export const BEARER = {
  kind: "bearer",
  users: { ada: PASSWORD },
} as const;

/** A project that is logged in there. */
export const LOGGED_IN: SceneOptions = {
  isLoggedIn: true,
  registry: { auth: BEARER },
};

/** The paths of each stage of a pull. */
export const TOKEN = /^\/token/;
export const MANIFEST = /\/manifests\//;
export const BLOB = /\/blobs\//;

/** Half of the module. */
export const MIDDLE: number = Math.floor(GREETER.byteLength / 2);
