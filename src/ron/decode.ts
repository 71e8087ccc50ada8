/** Text to typed values. */
import type { RonErrorCode } from "./codes.ts";
import type { RonDiagnostic } from "./diagnostic.ts";
import { RonSyntaxError } from "./diagnostic.ts";
import type { ParseOptions, RonDocument } from "./document.ts";
import { parseDocument } from "./document.ts";
import { errorsOf, warningsOf } from "./findings.ts";
import { readText } from "./read.ts";
import type { Schema } from "./schema.ts";
import { any } from "./schema.ts";
import type { RonValue } from "./value.ts";

/** How to decode. */
export interface DecodeOptions extends ParseOptions {
  /**
   * Warn where version 0.8.1 of the Rust crate would reject the text or read
   * it differently. Default: true.
   */
  readonly legacyWarnings?: boolean;
}

/** A decoded value. */
export interface Decoded<T> {
  /** What the schema makes of the text. */
  readonly value: T;
  /** Unknown fields, and what 0.8.1 would not agree with. */
  readonly warnings: readonly RonDiagnostic[];
  /** The tree behind the value, for {@linkcode spanOf} and edits. */
  readonly document: RonDocument;
}

/** What came of decoding. */
export type DecodeResult<T> =
  | { readonly ok: true } & Decoded<T>
  | {
    readonly ok: false;
    /** Errors first, the crate's own at the head; then warnings. */
    readonly diagnostics: readonly RonDiagnostic[];
    readonly document: RonDocument;
  };

/**
 * Decodes a text as serde would decode it to the Rust type of the schema.
 *
 * @throws {RonSyntaxError} on the first problem, with all in `diagnostics`.
 *
 * @example
 * ```ts
 * import { decodeRon, field, integer, struct } from "@forgepoint/forge/ron";
 *
 * const Point = struct("Point", {
 *   x: field(integer("i32")),
 *   y: field(integer("i32")),
 * });
 * decodeRon("Point(x: 1, y: 2)", Point).value; // { x: 1, y: 2 }
 * ```
 */
export function decodeRon<T>(
  text: string,
  schema: Schema<T>,
  options: DecodeOptions = {},
): Decoded<T> {
  const result = tryDecodeRon(text, schema, options);
  if (result.ok) return result;
  const [first] = result.diagnostics;
  throw new RonSyntaxError(
    text,
    first as RonDiagnostic<RonErrorCode>,
    result.diagnostics,
  );
}

/**
 * As {@linkcode decodeRon}, with the problems in the result.
 *
 * @example
 * ```ts
 * import { integer, list, tryDecodeRon } from "@forgepoint/forge/ron";
 *
 * const result = tryDecodeRon("[1, 300]", list(integer("u8")));
 * if (!result.ok) result.diagnostics[0]?.message;
 * ```
 */
export function tryDecodeRon<T>(
  text: string,
  schema: Schema<T>,
  options: DecodeOptions = {},
): DecodeResult<T> {
  let document: RonDocument | undefined;
  return decode(text, schema, options, {
    get document(): RonDocument {
      return document ??= parseDocument(text, options);
    },
  });
}

/**
 * Decodes a document that is parsed already.
 *
 * @example
 * ```ts
 * import {
 *   decodeDocument,
 *   integer,
 *   list,
 *   parseDocument,
 * } from "@forgepoint/forge/ron";
 *
 * const document = parseDocument("[1, 2]");
 * const result = decodeDocument(document, list(integer("u8")));
 * if (result.ok) result.value; // [1, 2]
 * ```
 */
export function decodeDocument<T>(
  document: RonDocument,
  schema: Schema<T>,
  options: DecodeOptions = {},
): DecodeResult<T> {
  return decode(document.text, schema, options, { document });
}

function decode<T>(
  text: string,
  schema: Schema<T>,
  options: DecodeOptions,
  holder: { readonly document: RonDocument },
): DecodeResult<T> {
  const reading = readText(text, schema, options);
  const warnings = warningsOf(text, schema, reading, options);
  if (reading.problems.length === 0) {
    return {
      ok: true,
      value: reading.value as T,
      warnings,
      get document(): RonDocument {
        return holder.document;
      },
    };
  }
  return {
    ok: false,
    diagnostics: [...errorsOf(text, reading), ...warnings],
    get document(): RonDocument {
      return holder.document;
    },
  };
}

/**
 * Parses a text to an untyped value.
 *
 * @throws {RonSyntaxError} on the first problem, with all in `diagnostics`.
 *
 * @example
 * ```ts
 * import { parseRon } from "@forgepoint/forge/ron";
 *
 * parseRon("[1, 'a']");
 * // { type: "seq", items: [
 * //   { type: "number", kind: "u8", value: 1 },
 * //   { type: "char", value: "a" },
 * // ] }
 * ```
 */
export function parseRon(text: string, options: ParseOptions = {}): RonValue {
  const reading = readText(text, any(), options);
  if (reading.problems.length === 0) return reading.value as RonValue;
  const errors = errorsOf(text, reading);
  throw new RonSyntaxError(text, errors[0]!, errors);
}
