/**
 * A project directory and a command line in this process, for tests.
 *
 * @module
 */

import { join } from "@std/path";
import { main } from "../../src/cli/dispatch.ts";
import type { Io, Terminal } from "../../src/cli/io.ts";
import { platform } from "../../src/platform/deno.ts";
import type { Platform } from "../../src/platform/types.ts";
import type { Registry } from "../../src/testing/mod.ts";

/** What a command did. */
export interface CommandResult {
  /** Its exit status. */
  readonly status: number;
  /** What it wrote to standard output. */
  readonly out: string;
  /** What it wrote to standard error. */
  readonly err: string;
  /** Standard output as JSON. */
  readonly json: () => RunDocument;
}

/** The document that `run --json` and `pull --json` print. */
export interface RunDocument {
  /** One for each extension. */
  readonly extensions: readonly {
    readonly name: string;
    readonly source: string;
    readonly registry?: string;
    readonly image?: string;
    readonly reference?: string;
    readonly manifestDigest?: string;
    readonly sha256?: string;
    readonly sizeBytes?: number;
    readonly path?: string;
    readonly status: string;
    readonly loaded: boolean;
    readonly kind?: string;
    readonly info?: {
      readonly name: string;
      readonly version: string;
      readonly capabilities: readonly string[];
    };
    readonly error?: { code: string; message: string; hint?: string };
  }[];
  /** How much the process was allowed. */
  readonly sandbox: string;
  /** Whether all is well. */
  readonly ok: boolean;
}

/** A project directory that is removed at the end. */
export interface Workspace extends AsyncDisposable {
  /** The directory. */
  readonly root: string;
  /** Its cache directory. */
  readonly cache: string;
  /** Writes a file, and the directories above it. */
  readonly write: (path: string, content: string | Uint8Array) => Promise<void>;
  /** Names in the cache directory. */
  readonly cached: () => string[];
  /** Runs `forge` in the directory. */
  readonly forge: (...args: readonly string[]) => Promise<CommandResult>;
}

/** Options of {@linkcode openWorkspace}. */
export interface WorkspaceOptions {
  /** Environment variables; no others are seen. */
  readonly env?: Readonly<Record<string, string>>;
  /** Parts of the platform to replace. */
  readonly platform?: Partial<Platform>;
  /** Aborts the commands. */
  readonly signal?: AbortSignal;
  /** What is on standard input. */
  readonly input?: string;
  /** What standard error is written to, if that can be drawn on. */
  readonly terminal?: Terminal;
}

/** Makes a project directory. */
export async function openWorkspace(
  options: WorkspaceOptions = {},
): Promise<Workspace> {
  const root = await Deno.makeTempDir({ prefix: "forge-test-" });
  const cache = join(root, ".forge", "extensions", "cache");
  return {
    root,
    cache,
    async write(path, content) {
      const file = join(root, path);
      await Deno.mkdir(join(file, ".."), { recursive: true });
      const bytes = typeof content === "string"
        ? new TextEncoder().encode(content)
        : content;
      await Deno.writeFile(file, bytes);
    },
    cached() {
      try {
        return [...Deno.readDirSync(cache)].map(({ name }) => name).sort();
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return [];
        throw error;
      }
    },
    forge: (...args) => run(args, root, options),
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

async function run(
  args: readonly string[],
  root: string,
  options: WorkspaceOptions,
): Promise<CommandResult> {
  let out = "";
  let err = "";
  const { input } = options;
  const io: Io = {
    platform: {
      ...platform,
      // The permissions of this process are those of all tests.
      sandbox: undefined,
      env: (name) => options.env?.[name],
      cwd: () => root,
      ...options.platform,
    },
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    signal: options.signal ?? new AbortController().signal,
    color: false,
    terminal: options.terminal,
    ...(input === undefined ? {} : { input: () => Promise.resolve(input) }),
  };
  const status = await main(args, io);
  return { status, out, err, json: () => JSON.parse(out) };
}

/** A fixture's bytes. */
export async function fixture(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return await Deno.readFile(
    new URL(`../fixtures/${name}.wasm`, import.meta.url),
  );
}

/** One entry of `oci` in forge.ron. */
export function ociEntry(
  registry: Registry | string,
  name: string,
  reference: string,
  image = `acme/${name}`,
): string {
  const host = typeof registry === "string" ? registry : registry.host;
  const version = reference.includes(":") ? "Digest" : "Tag";
  return `OciExtension(name: "${name}", registry: "${host}", image: "${image}", reference: ${version}("${reference}")),`;
}

/** A whole forge.ron. */
export function forgeRon(
  parts: {
    readonly oci?: string;
    readonly local?: string;
    readonly auth?: string;
    readonly settings?: string;
  },
): string {
  return `Config(
  extensions: Extensions(
    oci: [${parts.oci ?? ""}],
    local: [${parts.local ?? ""}],
    auth: {${parts.auth ?? ""}},
    settings: Settings(${parts.settings ?? ""}),
  ),
)
`;
}
