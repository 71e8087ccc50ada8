/** Extensions on a directory of their own, and what they say. */

import { assertEquals, fail } from "@std/assert";
import { join } from "@std/path";
import { platform } from "../../src/platform/deno.ts";
import type { JsonObject, RequestContext } from "../../src/runtime/field.ts";
import {
  type Extension,
  type ExtensionEvent,
  loadExtension,
  type LoadExtensionOptions,
  type LogLine,
} from "../../src/runtime/mod.ts";

/** A directory with databases, and the extensions that were loaded on it. */
export interface Stage extends AsyncDisposable {
  /** The directory. */
  readonly root: string;
  /** What the extensions said, in order. */
  readonly lines: readonly LogLine[];
  /** What happened to them, in order. */
  readonly events: readonly ExtensionEvent[];
  /** Loads a module, with a database and a directory of its own, `NAME.extension.db` and `NAME`. */
  readonly load: (
    bytes: Uint8Array<ArrayBuffer>,
    options?: LoadExtensionOptions & { readonly name?: string },
  ) => Promise<Extension>;
}

/** Makes a directory; when it is disposed of, so are its extensions. */
export async function openStage(): Promise<Stage> {
  const root = await Deno.makeTempDir({ prefix: "forge-runtime-" });
  const lines: LogLine[] = [];
  const events: ExtensionEvent[] = [];
  const loaded: Extension[] = [];
  const openDatabase = platform.openDatabase ?? fail("there is no SQLite");
  const openDirectory = platform.openDirectory ?? fail("there are no files");
  return {
    root,
    lines,
    events,
    async load(bytes, { name = "sample", ...options } = {}) {
      const path = join(root, `${name}.extension.db`);
      const extension = await loadExtension({ name, bytes }, {
        database: { path, open: openDatabase },
        directory: { path: join(root, name), open: openDirectory },
        onLog: (line) => lines.push(line),
        onEvent: (event) => events.push(event),
        ...options,
      });
      loaded.push(extension);
      return extension;
    },
    async [Symbol.asyncDispose]() {
      for (const extension of loaded) await extension.shutdown();
      await Deno.remove(root, { recursive: true });
    },
  };
}

/** Reads a committed module. */
export function fixture(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return Deno.readFile(
    new URL(`../fixtures/${name}.wasm`, import.meta.url),
  );
}

/** Resolves a field that must succeed, and gives its value. */
export async function ask(
  extension: Extension,
  fieldName: string,
  args: JsonObject = {},
  context?: RequestContext,
): Promise<unknown> {
  const result = await extension.resolveField({
    fieldName,
    parentType: "Query",
    arguments: args,
    context,
  });
  if (result.status === "error") fail(`${fieldName}: ${result.message}`);
  return JSON.parse(result.json);
}

/** Resolves a field that the extension must refuse, and gives its reason. */
export async function refused(
  extension: Extension,
  fieldName: string,
  args: JsonObject | string = {},
): Promise<string> {
  const result = await extension.resolveField({
    fieldName,
    parentType: "Query",
    arguments: args,
  });
  assertEquals(result.status, "error");
  return result.status === "error" ? result.message : "";
}
