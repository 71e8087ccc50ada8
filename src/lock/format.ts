/**
 * From a {@linkcode Lock} to the text of `forge.lock`.
 *
 * The layout is made for git. One extension is one block, so that two branches
 * that change different extensions change different lines; an empty line ends
 * each block, so that neighbours do not touch. No line of a block is the same
 * in the block of another image, so that `merge=union` does not weave two new
 * blocks into one.
 *
 * @module
 */

import { encodeRon, string } from "../ron/mod.ts";
import { type Lock, LOCK_VERSION, type LockedExtension } from "./model.ts";

const HEADER =
  "// Written by forge from forge.ron: commit it, leave the editing to forge.";

/**
 * Writes a lock: sorted by name, one block an extension, the same text for the
 * same content whatever the order.
 *
 * @example
 * ```ts
 * import { formatLock, parseLock } from "@forgepoint/forge";
 *
 * const lock = parseLock(formatLock({ extensions: [] }));
 * lock.extensions.length; // 0
 * ```
 */
export function formatLock(lock: Lock): string {
  const blocks = [...lock.extensions].sort(inOrder).map(formatBlock);
  const list = blocks.length === 0 ? "[]" : `[\n${blocks.join("")}    ]`;
  return `${HEADER}
Lock(
    version: ${LOCK_VERSION},
    extensions: ${list},
)
`;
}

function formatBlock(locked: LockedExtension): string {
  return `        (name: ${quoted(locked.name)},
            reference: ${quoted(locked.reference)},
            manifest_digest: ${quoted(locked.manifestDigest)},
            layer_digest: ${quoted(locked.layerDigest)},
            sha256: ${quoted(locked.sha256)}, size_bytes: ${locked.sizeBytes}),

`;
}

function quoted(text: string): string {
  return encodeRon(text, string());
}

/** By code units: the same on every machine, whatever its language. */
function inOrder(a: LockedExtension, b: LockedExtension): number {
  return compare(a.name, b.name) || compare(a.reference, b.reference);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
