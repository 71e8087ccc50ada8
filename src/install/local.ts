/**
 * Extensions that lie on the disk.
 *
 * @module
 */

import { Digester, digestHex } from "../oci/mod.ts";
import { ForgeError } from "../errors.ts";
import type { Files } from "../platform/types.ts";
import { checkHeader } from "../wasm/mod.ts";
import { missingFile, unreadableFile } from "./file_failure.ts";
import type { ReadyOutcome } from "./outcome.ts";
import type { PlannedLocal } from "./plan.ts";

/**
 * Looks at a local module: it is there, it is a file, it begins like a module.
 *
 * @throws {ForgeError} `FILE_NOT_FOUND`, `FILE_UNREADABLE` or `WASM_INVALID`.
 */
export async function inspectLocal(
  planned: PlannedLocal,
  options: { readonly files: Files; readonly signal?: AbortSignal | undefined },
): Promise<ReadyOutcome> {
  const { name, path, source } = planned;
  const stat = await options.files.stat(path);
  if (stat === undefined) throw missingFile(name, path);
  if (stat.kind !== "file") {
    throw new ForgeError(
      "FILE_UNREADABLE",
      `Cannot read "${path}" of ${name}: it is not a file`,
      { hint: "Name the .wasm file itself" },
    );
  }
  const digester = new Digester();
  let head: Uint8Array = new Uint8Array();
  try {
    for await (const chunk of options.files.readChunks(path)) {
      options.signal?.throwIfAborted();
      if (digester.size === 0) head = chunk;
      digester.update(chunk);
    }
  } catch (cause) {
    options.signal?.throwIfAborted();
    throw unreadableFile(name, path, cause);
  }
  checkLocalHeader(planned, head);
  return {
    name,
    source,
    status: "local",
    path,
    sha256: digestHex(digester.digest()),
    sizeBytes: digester.size,
    verified: true,
  };
}

/** Of several local extensions, the message must say which one is meant. */
function checkLocalHeader(
  { name, path }: PlannedLocal,
  head: Uint8Array,
): void {
  try {
    checkHeader(head);
  } catch (cause) {
    if (!(cause instanceof ForgeError)) throw cause;
    // Without "Cannot load WASM module", which this says better.
    const reason = cause.message.slice(cause.message.indexOf(": ") + 2);
    throw new ForgeError(
      cause.code,
      `Cannot use "${path}" of ${name}: ${reason}`,
      { hint: cause.hint, cause },
    );
  }
}
