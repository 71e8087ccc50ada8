/**
 * What follows `forge call NAME resolve-field`: a request, in pieces or whole.
 *
 * @module
 */

import type {
  FieldRequest,
  JsonObject,
  RequestContext,
} from "../runtime/mod.ts";
import { readContext } from "../runtime/request_context.ts";
import { type Arguments, type Command, textOption, usage } from "./command.ts";
import { FIELD_EXPORT } from "./field_call.ts";
import type { Io } from "./io.ts";
import { propertyTexts } from "./json_text.ts";

/** The type whose fields are meant when none is named. */
const ROOT_TYPE = "Query";

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
  const context = texts.context === undefined ? undefined : readContextOf(
    command,
    "--context",
    parseJson(command, "--context", texts.context),
  );
  const parent = requireObject(command, "--parent", texts.parent);
  const given = isRequest
    ? readWhole(command, first, second)
    : readName(command, first, second);
  return {
    ...given,
    context: context ?? given.context,
    parent: parent ?? given.parent,
  };
}

function readName(
  command: Command,
  text: string,
  argumentsText: string | undefined,
): FieldRequest {
  const dot = text.lastIndexOf(".");
  const fieldName = text.slice(dot + 1);
  const parentType = dot < 0 ? ROOT_TYPE : text.slice(0, dot);
  if (fieldName === "" || parentType === "") {
    throw usage(
      command,
      `Cannot read "${text}" as a field: expected FIELD, or TYPE.FIELD`,
    );
  }
  const json = requireObject(command, "the arguments", argumentsText);
  return { fieldName, parentType, arguments: json };
}

function readWhole(
  command: Command,
  text: string,
  surplus: string | undefined,
): FieldRequest {
  if (surplus !== undefined) {
    throw usage(command, `A whole request does not take "${surplus}" as well`);
  }
  requireObject(command, "the request", text);
  const request = JSON.parse(text) as JsonObject;
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
  const texts = propertyTexts(text);
  // As it is written, or written inside of a text.
  const object = (name: "arguments" | "parent") => {
    const value = request[name] ?? undefined;
    const json = typeof value === "string" ? value : texts.get(name);
    return value === undefined
      ? undefined
      : requireObject(command, `"${name}" of the request`, json);
  };
  const context = request["context"] ?? undefined;
  return {
    fieldName: requireName(command, "fieldName", request["fieldName"]),
    parentType: requireName(
      command,
      "parentType",
      request["parentType"] ?? ROOT_TYPE,
    ),
    arguments: object("arguments"),
    context: context === undefined
      ? undefined
      : readContextOf(command, "the request", context),
    parent: object("parent"),
  };
}

function requireName(command: Command, name: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw usage(
    command,
    `Cannot read the request: "${name}" must be a text that is not empty`,
  );
}

/** A context of a wrong shape is a mistake of who calls, and no failure of the extension. */
function readContextOf(
  command: Command,
  what: string,
  value: unknown,
): RequestContext {
  try {
    return readContext(value, { place: "context", exact: true });
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw usage(command, `Cannot use ${what}: ${cause.message}`);
  }
}

/** Gives the text back as it is: numbers that were read would be rounded. */
function requireObject<T extends string | undefined>(
  command: Command,
  what: string,
  text: T,
): T {
  if (text === undefined) return text;
  const value = parseJson(command, what, text);
  if (value !== null && typeof value === "object" && !Array.isArray(value)) {
    return text;
  }
  throw usage(command, `Cannot use ${what}: expected a JSON object`);
}

function parseJson(command: Command, what: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw usage(command, `Cannot read ${what} as JSON: ${reason}`);
  }
}
