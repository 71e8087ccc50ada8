/**
 * JSON that all readers read alike: UTF-8, no key twice, of bearable depth.
 *
 * Of two equal keys some readers take the first and some the last, so that a
 * signed text could mean one thing to the signer and another here.
 *
 * @module
 */

import { malformed } from "./refusal.ts";

/** Containers within containers; the formats of this room have about ten. */
const MAX_DEPTH = 64;

/** A JSON object. */
export type JsonObject = { readonly [key: string]: unknown };

/**
 * Reads a JSON object.
 *
 * @param source Its bytes, or its text.
 * @param what Its name, for the message.
 * @throws {ForgeError} `SIGNATURE_MALFORMED`.
 */
export function parseStrictJson(
  source: Uint8Array | string,
  what: string,
): JsonObject {
  const text = typeof source === "string" ? source : decodeUtf8(source, what);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw malformed(what, "it is not JSON", cause);
  }
  refuseDuplicateKeys(text, what);
  return objectOf(value, what);
}

/** Text of bytes that must be UTF-8, a byte order mark not among them. */
export function decodeUtf8(bytes: Uint8Array, what: string): string {
  try {
    const options = { fatal: true, ignoreBOM: true };
    return new TextDecoder("utf-8", options).decode(bytes);
  } catch (cause) {
    throw malformed(what, "it is not UTF-8", cause);
  }
}

/** A value that must be an object. */
export function objectOf(value: unknown, what: string): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as JsonObject;
  }
  throw malformed(what, "it is not a JSON object");
}

/** A value that must be a list, of so many elements at most. */
export function listOf(
  value: unknown,
  what: string,
  max: number,
): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed(what, "it is not a list");
  if (value.length <= max) return value;
  throw malformed(what, `it has ${value.length} elements, the limit is ${max}`);
}

/** A value that must be text. */
export function textOf(value: unknown, what: string): string {
  if (typeof value === "string") return value;
  throw malformed(what, "it is not text");
}

/** Walks text that is known to be JSON; only keys and nesting matter. */
function refuseDuplicateKeys(text: string, what: string): void {
  const open: (Set<string> | undefined)[] = [];
  const token = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g;
  for (const [piece, isKey] of text.matchAll(token)) {
    if (piece === "{" || piece === "[") {
      open.push(piece === "{" ? new Set() : undefined);
      if (open.length > MAX_DEPTH) {
        throw malformed(what, `it is nested more than ${MAX_DEPTH} deep`);
      }
    } else if (piece === "}" || piece === "]") {
      open.pop();
    } else if (isKey !== undefined) {
      // "a" and "\u0061" are the same key.
      const key = JSON.parse(piece.slice(0, piece.lastIndexOf('"') + 1));
      const keys = open.at(-1);
      if (keys?.has(key)) {
        throw malformed(what, `it has the key "${key}" twice`);
      }
      keys?.add(key);
    }
  }
}
