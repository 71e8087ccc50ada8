/**
 * One registry, one project, one cache, and a counter of all that happens to
 * them.
 *
 * @module
 */

import { digestBytes, digestHex } from "../../src/oci/mod.ts";
import {
  pushWasm,
  type Registry,
  startRegistry,
  type WasmShape,
} from "../../src/testing/mod.ts";
import {
  fixture,
  forgeRon,
  ociEntry,
  openWorkspace,
  type Workspace,
} from "../cli/workspace.ts";
import { withPadding } from "../faults/padding.ts";
import type { Moment } from "./round_plan.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
/** Layers of this size are sent in pieces that are counted. */
const PIECE_BYTES = 256 * KIB;

/** A module to publish. */
export interface ModuleToPublish {
  /** Bytes beside those of the fixture. */
  readonly paddingBytes: number;
  /** How it is wrapped. */
  readonly shape: WasmShape;
}

/** A few of every kind: plain and packed, too small to resume and large. */
export const MANY_MODULES: readonly ModuleToPublish[] = [
  ...[1, 2, 4, 8, 16, 32, 64, 128].map((size) => ({
    paddingBytes: size * KIB,
    shape: "cncf" as const,
  })),
  { paddingBytes: 20 * KIB, shape: "crane-append" },
  { paddingBytes: 20 * KIB, shape: "docker-build" },
  { paddingBytes: 1.5 * MIB, shape: "cncf" },
  { paddingBytes: 3 * MIB, shape: "tar" },
  { paddingBytes: 5 * MIB, shape: "estargz" },
  { paddingBytes: 8 * MIB, shape: "wasm-to-oci" },
  { paddingBytes: 12 * MIB, shape: "docker-build" },
  { paddingBytes: 40 * MIB, shape: "cncf" },
];

/** Enough for a short look. */
export const FEW_MODULES: readonly ModuleToPublish[] = [
  { paddingBytes: KIB, shape: "cncf" },
  { paddingBytes: 20 * KIB, shape: "docker-build" },
  { paddingBytes: 3 * MIB, shape: "cncf" },
  { paddingBytes: 4 * MIB, shape: "tar" },
];

/** Where a campaign is played. */
export interface Stage extends AsyncDisposable {
  /** The project. */
  readonly work: Workspace;
  /** The registry that it names. */
  readonly registry: Registry;
  /** SHA-256 of the module of each image, in hex. */
  readonly expected: ReadonlyMap<string, string>;
  /** Calls back at every change, request and piece; gives the way to stop that. */
  readonly listen: (
    onEvent: (kind: Moment["at"]) => void,
  ) => () => void;
}

/** Publishes modules, and writes a project that names them. */
export async function openStage(
  modules: readonly ModuleToPublish[],
): Promise<Stage> {
  const registry = await startRegistry();
  const work = await openWorkspace();
  const expected = await publish(registry, modules);
  const entries = [...expected.keys()].map((image) =>
    ociEntry(registry, image.slice("acme/".length), "v1")
  );
  await work.write(
    "forge.ron",
    forgeRon({
      oci: entries.join(""),
      // The largest is four times what a module may have otherwise.
      settings:
        "docker_credentials: false, limits: Some(Limits(module_mib: Some(64)))",
    }),
  );
  await Deno.mkdir(work.cache, { recursive: true });
  const listeners = new Set<(kind: Moment["at"]) => void>();
  const tell = (kind: Moment["at"]) => {
    for (const listener of listeners) listener(kind);
  };
  tellOfRequests(registry, tell);
  const watcher = Deno.watchFs(work.cache);
  const watching = tellOfFiles(watcher, tell);
  return {
    work,
    registry,
    expected,
    listen(onEvent) {
      listeners.add(onEvent);
      return () => void listeners.delete(onEvent);
    },
    async [Symbol.asyncDispose]() {
      watcher.close();
      await watching;
      await registry.close();
      await work[Symbol.asyncDispose]();
    },
  };
}

async function publish(
  registry: Registry,
  modules: readonly ModuleToPublish[],
): Promise<ReadonlyMap<string, string>> {
  const greeter = await fixture("greeter");
  const published = new Map<string, string>();
  for (const [i, { paddingBytes, shape }] of modules.entries()) {
    const bytes = withPadding(greeter, paddingBytes, i + 1);
    const image = `acme/m${i}`;
    await pushWasm(registry, image, "v1", bytes, { shape });
    published.set(image, digestHex(await digestBytes(bytes)));
  }
  return published;
}

function tellOfRequests(
  registry: Registry,
  tell: (kind: Moment["at"]) => void,
): void {
  registry.fault({
    match: {
      path: /\/blobs\/sha256:/,
      when() {
        tell("request");
        return true;
      },
    },
    action: {
      kind: "drip",
      chunkBytes: PIECE_BYTES,
      pace() {
        tell("piece");
        return Promise.resolve();
      },
    },
  });
}

async function tellOfFiles(
  watcher: Deno.FsWatcher,
  tell: (kind: Moment["at"]) => void,
): Promise<void> {
  for await (const { kind, paths } of watcher) {
    if (kind === "access") continue;
    const isLock = kind === "create" &&
      paths.some((path) => path.endsWith(".lock"));
    if (isLock) tell("lock");
    tell("file");
  }
}
