/**
 * Requests that were looked through, with their JSON written out.
 *
 * That happens where the request was made, before an instance is asked: what
 * is wrong there is a mistake of the program, which says nothing about the
 * extension, and text is the same wherever the extension runs.
 *
 * @module
 */

import type { FieldRequest } from "./field.ts";
import { readContext } from "./request_context.ts";

/** A {@linkcode FieldRequest} that is text where it may be an object. */
export interface TextRequest
  extends Omit<FieldRequest, "arguments" | "parent"> {
  /** Arguments of the field, as JSON. */
  readonly arguments: string;
  /** The object that has the field, as JSON. */
  readonly parent: string | undefined;
}

/**
 * Looks through a request and writes out its JSON.
 *
 * @throws {TypeError} When it is none, or has something that JSON cannot say;
 * names the place.
 */
export function writeRequest(request: FieldRequest): TextRequest {
  const { fieldName, parentType, context, parent } = Object(request);
  requireText("fieldName", fieldName);
  requireText("parentType", parentType);
  return {
    fieldName,
    parentType,
    context: context === undefined
      ? undefined
      : readContextOf(fieldName, context),
    arguments: jsonText(request.arguments ?? "{}", "arguments", fieldName),
    parent: parent === undefined
      ? undefined
      : jsonText(parent, "parent", fieldName),
  };
}

function requireText(name: string, value: unknown): void {
  if (typeof value === "string") return;
  const found = value === null ? "null" : typeof value;
  throw new TypeError(
    `Cannot ask for a field: ${name}: expected a string, got ${found}`,
  );
}

function readContextOf(field: string, context: unknown) {
  try {
    return readContext(context, { place: "context", exact: false });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TypeError(`Cannot ask for ${field}: ${reason}`, { cause });
  }
}

function jsonText(value: object | string, what: string, field: string): string {
  if (typeof value === "string") return value;
  let text: string | undefined;
  let cause: unknown;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    cause = error;
  }
  if (text !== undefined) return text;
  const reason = cause instanceof Error ? cause.message : "it is no object";
  throw new TypeError(
    `Cannot write the ${what} of ${field} as JSON: ${reason}`,
    { cause },
  );
}
