/**
 * `forge call NAME resolve-field`: a GraphQL field of an extension.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import type { Extension, FieldRequest } from "../runtime/mod.ts";
import type { Arguments, OptionSpec } from "./command.ts";
import { EXIT_OK, type Io } from "./io.ts";
import { documentWith } from "./json_text.ts";
import { withoutControls } from "./plain_text.ts";

/** What stands for the function in the place of an export. */
export const FIELD_EXPORT = "resolve-field";

/** Options that only this takes. */
export const FIELD_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  context: {
    type: "string",
    value: "JSON",
    summary: "resolve-field: on whose behalf, as a RequestContext",
  },
  parent: {
    type: "string",
    value: "JSON",
    summary: "resolve-field: the object that has the field",
  },
};

/**
 * Resolves a field and prints its value.
 *
 * @throws {ForgeError} `FIELD_REFUSED` when the extension says no.
 */
export async function callField(
  extension: Extension,
  request: FieldRequest,
  args: Arguments,
  io: Io,
): Promise<number> {
  const { name } = extension;
  const { fieldName, parentType } = request;
  const answer = await extension.resolveField(request, { signal: io.signal });
  if (answer.status === "error") {
    throw new ForgeError(
      "FIELD_REFUSED",
      `Cannot resolve ${parentType}.${fieldName} of ${name}: ${answer.message}`,
      { hint: `See what it has: forge schema ${name}` },
    );
  }
  requireJson(name, answer.json);
  if (args.options["json"] === true) {
    const document = { ok: true, name, export: FIELD_EXPORT };
    io.out(documentWith(document, "result", answer.json));
  } else io.out(`${withoutControls(answer.json)}\n`);
  return EXIT_OK;
}

function requireJson(name: string, json: string): void {
  try {
    JSON.parse(json);
  } catch (cause) {
    throw new ForgeError(
      "EXTENSION_ABI",
      `Cannot read the answer of ${name}: it is not JSON`,
      { hint: "This is a fault in the extension: tell its author", cause },
    );
  }
}
