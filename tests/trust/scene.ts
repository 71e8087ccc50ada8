/**
 * A project, a registry and a publisher with a key, for tests of what is
 * accepted into the cache and out of it.
 *
 * @module
 */

import { join } from "@std/path";
import { createRegistryClient } from "../../src/registry/mod.ts";
import { platform } from "../../src/platform/deno.ts";
import { type SignedImage, signImage } from "../../src/publish/mod.ts";
import {
  type PushedWasm,
  pushWasm,
  type Registry,
  startRegistry,
  type StartRegistryOptions,
  type WasmShape,
} from "../../src/testing/mod.ts";
import {
  generateKeyPair,
  parseSigningKey,
  type SigningKey,
} from "../../src/trust/mod.ts";
import {
  type CommandResult,
  fixture,
  forgeRon,
  ociEntry,
  openWorkspace,
  type Workspace,
} from "../cli/workspace.ts";

/** A publisher. */
export interface Publisher {
  /** What it signs with. */
  readonly key: SigningKey;
  /** What others verify with. */
  readonly publicPem: string;
}

/** Makes a publisher. */
export async function newPublisher(): Promise<Publisher> {
  const { privatePem, publicPem } = await generateKeyPair("");
  return { key: await parseSigningKey(privatePem, "test.key"), publicPem };
}

/** Everything of a test, removed at its end. */
export interface Scene extends AsyncDisposable {
  readonly registry: Registry;
  readonly workspace: Workspace;
  readonly publisher: Publisher;
  /** Puts a module into the registry, unsigned. */
  readonly push: (options?: PushOptions) => Promise<PushedWasm>;
  /** Signs what is there. */
  readonly sign: (
    reference: string,
    options?: SignOptions,
  ) => Promise<SignedImage>;
  /** Writes forge.ron: one extension, `notes`, with this in `Extensions`. */
  readonly configure: (options?: ConfigureOptions) => Promise<void>;
  /** Pulls, and gives the one extension of the report. */
  readonly pull: (...args: readonly string[]) => Promise<PullResult>;
  /** Path of the file beside the cache entry. */
  readonly recordPath: () => string;
}

export interface PushOptions {
  readonly shape?: WasmShape;
  readonly tag?: string;
  readonly image?: string;
  readonly fixture?: string;
}

export interface SignOptions {
  readonly legacy?: boolean;
  readonly by?: Publisher;
  readonly image?: string;
}

export interface ConfigureOptions {
  /** What stands in `trust`; the publisher's key unless told otherwise. */
  readonly trust?: string;
  readonly reference?: string;
  readonly image?: string;
}

/** What came of the one extension. */
export interface PullResult extends CommandResult {
  readonly extension: {
    readonly status: string;
    readonly sha256?: string | undefined;
    readonly code?: string | undefined;
    readonly message?: string | undefined;
  };
}

export const KEYS = `Some(Trust(keys: ["publisher.pub"]))`;

export async function openScene(
  options: StartRegistryOptions = {},
): Promise<Scene> {
  const registry = await startRegistry(options);
  const workspace = await openWorkspace();
  const publisher = await newPublisher();
  await workspace.write("publisher.pub", publisher.publicPem);
  const client = createRegistryClient({
    fetch: (input, init) => platform.fetch(input, init),
    clock: platform.clock,
  });
  return {
    registry,
    workspace,
    publisher,
    async push(
      {
        shape = "cncf",
        tag = "v1",
        image = "acme/notes",
        fixture: name = "greeter",
      } = {},
    ) {
      return await pushWasm(registry, image, tag, await fixture(name), {
        shape,
      });
    },
    async sign(
      reference,
      { legacy = false, by = publisher, image = "acme/notes" } = {},
    ) {
      return await signImage(
        client.repository(registry.host, image),
        reference,
        {
          key: by.key,
          legacy,
          name: `${registry.host}/${image}`,
          now: new Date(0),
        },
      );
    },
    async configure(
      { trust = KEYS, reference = "v1", image = "acme/notes" } = {},
    ) {
      const text = forgeRon({
        oci: ociEntry(registry, "notes", reference, image),
      });
      const added = text.replace("local:", `trust: ${trust},\n    local:`);
      await workspace.write("forge.ron", added);
    },
    async pull(...args) {
      const result = await workspace.forge("pull", "--json", ...args);
      const [extension] = result.json().extensions;
      return {
        ...result,
        extension: {
          status: extension?.status ?? "none",
          sha256: extension?.sha256,
          code: extension?.error?.code,
          message: extension?.error?.message,
        },
      };
    },
    recordPath() {
      const [name] = workspace.cached().filter((each) =>
        each.endsWith(".signatures.json")
      );
      return join(workspace.cache, name ?? "none");
    },
    async [Symbol.asyncDispose]() {
      await registry.close();
      await workspace[Symbol.asyncDispose]();
    },
  };
}
