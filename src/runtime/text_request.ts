/**
 * Requests with their JSON written out.
 *
 * That happens where the request was made, before an instance is asked: what
 * cannot be written is a mistake of the program, which says nothing about the
 * extension, and text is the same wherever the extension runs.
 *
 * @module
 */

import type { FieldRequest } from "./field.ts";

/** A {@linkcode FieldRequest} that is text where it may be an object. */
export interface TextRequest
  extends Omit<FieldRequest, "arguments" | "parent"> {
  /** Arguments of the field, as JSON. */
  readonly arguments: string;
  /** The object that has the field, as JSON. */
  readonly parent: string | undefined;
}

/**
 * Writes out the JSON of a request.
 *
 * @throws {TypeError} When it has something that JSON cannot say.
 */
export function writeRequest(request: FieldRequest): TextRequest {
  const { fieldName, parentType, context, parent } = request;
  return {
    fieldName,
    parentType,
    context,
    arguments: jsonText(request.arguments ?? "{}", "arguments", fieldName),
    parent: parent === undefined
      ? undefined
      : jsonText(parent, "parent", fieldName),
  };
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
