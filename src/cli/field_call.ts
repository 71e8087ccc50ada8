/**
 * `forge call NAME resolve-field`: a GraphQL field of an extension.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import type {
  Extension,
  FieldRequest,
  JsonObject,
  RequestContext,
} from "../runtime/mod.ts";
import {
  type Arguments,
  type Command,
  type OptionSpec,
  textOption,
  usage,
} from "./command.ts";
import { EXIT_OK, type Io } from "./io.ts";
import { withoutControls } from "./plain_text.ts";

/** What stands for the function in the place of an export. */
export const FIELD_EXPORT = "resolve-field";

/** The type whose fields are meant when none is named. */
const ROOT_TYPE = "Query";

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

/** Properties of a request, as it is written in one piece. */
const PROPERTIES = [
  "fieldName",
  "parentType",
  "arguments",
  "context",
  "parent",
] as const;

/** What stands for standard input in the place of JSON. */
const INPUT = "-";

/**
 * Reads what follows `resolve-field`: `FIELD [ARGUMENTS]`, where the field may
 * have its type in front, or the whole request as one JSON object. One of the
 * JSON texts may be `-`, and is on standard input then.
 *
 * @throws {ForgeError} `USAGE`; `TOO_LARGE` when standard input is.
 */
export async function readFieldCall(
  command: Command,
  args: Arguments,
  given: readonly string[],
  io: Io,
): Promise<FieldRequest> {
  const [first, second, surplus] = given;
  if (first === undefined || surplus !== undefined) {
    throw usage(
      command,
      first === undefined
        ? `"${FIELD_EXPORT}" needs FIELD [ARGUMENTS], or a request as JSON`
        : `"${FIELD_EXPORT}" does not take "${surplus}"`,
    );
  }
  const texts = {
    ...{ first, second, isRequest: /^\s*\{/.test(first) || first === INPUT },
    context: textOption(args, "context"),
    parent: textOption(args, "parent"),
  };
  const places = [first, second, texts.context, texts.parent];
  const wanted = places.filter((text) => text === INPUT).length;
  if (wanted === 0) return readTexts(command, texts);
  if (wanted > 1) {
    throw usage(command, `Cannot read standard input twice: one "-" is enough`);
  }
  if (io.input === undefined) {
    throw usage(command, `Cannot read "-": there is no standard input`);
  }
  const input = await io.input();
  const filled = <T>(text: T) => text === INPUT ? input : text;
  return readTexts(command, {
    ...texts,
    first: filled(first),
    second: filled(second),
    context: filled(texts.context),
    parent: filled(texts.parent),
  });
}

interface FieldTexts {
  readonly first: string;
  readonly second: string | undefined;
  /** Whether the first is a whole request. */
  readonly isRequest: boolean;
  readonly context: string | undefined;
  readonly parent: string | undefined;
}

function readTexts(
  command: Command,
  { first, second, isRequest, ...texts }: FieldTexts,
): FieldRequest {
  const object = (what: string, text: string | undefined) =>
    text === undefined ? undefined : parseObject(command, what, text);
  const context = object("--context", texts.context);
  const parent = object("--parent", texts.parent);
  const given = isRequest
    ? readWhole(command, first, second)
    : { ...readName(first), arguments: object("the arguments", second) };
  return {
    ...given,
    parentType: given.parentType ?? ROOT_TYPE,
    context: (context ?? given.context) as RequestContext | undefined,
    parent: parent ?? given.parent,
  };
}

type Given = Pick<FieldRequest, "fieldName"> & Partial<FieldRequest>;

function readName(text: string): Given {
  const dot = text.lastIndexOf(".");
  return dot < 0
    ? { fieldName: text }
    : { fieldName: text.slice(dot + 1), parentType: text.slice(0, dot) };
}

function readWhole(
  command: Command,
  text: string,
  surplus: string | undefined,
): Given {
  if (surplus !== undefined) {
    throw usage(command, `A whole request does not take "${surplus}" as well`);
  }
  const request = parseObject(command, "the request", text);
  const unknown = Object.keys(request).find((name) =>
    !PROPERTIES.some((known) => known === name)
  );
  if (unknown !== undefined) {
    throw usage(
      command,
      `Cannot read the request: it has "${unknown}", and may have ${
        PROPERTIES.join(", ")
      }`,
    );
  }
  for (const name of ["fieldName", "parentType"]) {
    const value = request[name];
    if (typeof value === "string") continue;
    if (name === "parentType" && value === undefined) continue;
    throw usage(command, `Cannot read the request: "${name}" must be a text`);
  }
  return request as unknown as Given;
}

function parseObject(
  command: Command,
  what: string,
  text: string,
): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw usage(command, `Cannot read ${what} as JSON: ${reason}`);
  }
  if (value !== null && typeof value === "object" && !Array.isArray(value)) {
    return value as JsonObject;
  }
  throw usage(command, `Cannot use ${what}: expected a JSON object`);
}

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
  const result = parseAnswer(name, answer.json);
  if (args.options["json"] === true) {
    const document = { ok: true, name, export: FIELD_EXPORT, result };
    io.out(JSON.stringify(document, null, 2) + "\n");
  } else io.out(`${withoutControls(answer.json)}\n`);
  return EXIT_OK;
}

function parseAnswer(name: string, json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new ForgeError(
      "EXTENSION_ABI",
      `Cannot read the answer of ${name}: it is not JSON`,
      { hint: "This is a fault in the extension: tell its author", cause },
    );
  }
}
