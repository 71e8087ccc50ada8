/**
 * Messages that quote something, spelled as the Rust crate spells them.
 */
import {
  isIdentifierPart,
  isIdentifierStart,
  isRawIdentifierPart,
} from "./chars.ts";
import { Failure } from "./codes.ts";

const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\p{Mn}\p{Me}]|(?! )\p{Zs}/u;
const NAMED_ESCAPES: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
  "\\": "\\\\",
};

function debugText(text: string, quote: string): string {
  let out = quote;
  for (const char of text) {
    const named = NAMED_ESCAPES[char];
    if (named !== undefined) out += named;
    else if (char === quote) out += "\\" + quote;
    else if (INVISIBLE.test(char)) {
      out += `\\u{${char.codePointAt(0)!.toString(16)}}`;
    } else out += char;
  }
  return out + quote;
}

/** A string as Rust's `{:?}` prints it. */
export function debugString(text: string): string {
  return debugText(text, '"');
}

/** A char as Rust's `{:?}` prints it. */
export function debugChar(char: string): string {
  return debugText(char, "'");
}

/** Bytes as the inside of a Rust byte string. */
export function debugBytes(bytes: Uint8Array): string {
  let out = "";
  for (const byte of bytes) {
    const char = String.fromCharCode(byte);
    const named = byte === 0 ? undefined : NAMED_ESCAPES[char];
    if (named !== undefined) out += named;
    else if (char === '"' || char === "'") out += "\\" + char;
    else if (byte >= 0x20 && byte < 0x7f) out += char;
    else out += "\\x" + byte.toString(16).padStart(2, "0");
  }
  return out;
}

/** A name in backquotes, with `r#` where the grammar needs it. */
export function quoteIdentifier(name: string): string {
  const points = Array.from(name, (char) => char.codePointAt(0)!);
  if (points.length === 0 || !points.every(isRawIdentifierPart)) {
    return `${debugString(name)}_[invalid identifier]`;
  }
  const plain = isIdentifierStart(points[0]!) &&
    points.slice(1).every(isIdentifierPart);
  return plain ? `\`${name}\`` : `\`r#${name}\``;
}

function oneOf(names: readonly string[], none: string): string {
  const quoted = names.map(quoteIdentifier);
  if (quoted.length === 0) return `there are no ${none}`;
  if (quoted.length === 1) return `expected ${quoted[0]} instead`;
  if (quoted.length === 2) {
    return `expected either ${quoted[0]} or ${quoted[1]} instead`;
  }
  const last = quoted[quoted.length - 1];
  return `expected one of ${
    quoted.slice(0, -1).join(", ")
  }, or ${last} instead`;
}

/** A variant that the enum does not have. */
export function noSuchVariant(
  found: string,
  variants: readonly string[],
  enumName: string,
): Failure {
  const where = enumName === ""
    ? `enum variant named ${quoteIdentifier(found)}`
    : `variant named ${quoteIdentifier(found)} in enum ${
      quoteIdentifier(enumName)
    }`;
  return new Failure(
    "NoSuchEnumVariant",
    `Unexpected ${where}, ${oneOf(variants, "variants")}`,
    { candidates: variants, found },
  );
}

function inside(outer: string | undefined): string {
  return outer === undefined ? "" : ` in ${quoteIdentifier(outer)}`;
}

/** A field that a strict struct does not have. */
export function noSuchField(
  found: string,
  fields: readonly string[],
  outer: string | undefined,
): Failure {
  return new Failure(
    "NoSuchStructField",
    `Unexpected field named ${quoteIdentifier(found)}${inside(outer)}, ${
      oneOf(fields, "fields")
    }`,
    { candidates: fields, found },
  );
}

/** A required field that is not there, beside names that are no fields. */
export function missingField(
  field: string,
  outer: string | undefined,
  strangers: readonly string[],
): Failure {
  return new Failure(
    "MissingStructField",
    `Unexpected missing field named ${quoteIdentifier(field)}${inside(outer)}`,
    { found: field, candidates: strangers },
  );
}

/** A field given twice. */
export function duplicateField(
  field: string,
  outer: string | undefined,
): Failure {
  return new Failure(
    "DuplicateStructField",
    `Unexpected duplicate field named ${quoteIdentifier(field)}${
      inside(outer)
    }`,
    { found: field },
  );
}

/** `{}` or nothing where the parentheses of a struct should open. */
export function namedStructLike(name: string): Failure {
  if (name === "") {
    return new Failure(
      "ExpectedNamedStructLike",
      "Expected only opening `(`, no name, for un-nameable struct",
      { slot: "struct" },
    );
  }
  return new Failure(
    "ExpectedNamedStructLike",
    `Expected opening \`(\` for struct ${quoteIdentifier(name)}`,
    { candidates: [name], slot: "struct" },
  );
}

/** A struct name other than the one asked for. */
export function differentStructName(expected: string, found: string): Failure {
  return new Failure(
    "ExpectedDifferentStructName",
    `Expected struct ${quoteIdentifier(expected)} but found ${
      quoteIdentifier(found)
    }`,
    { candidates: [expected], found },
  );
}

/** No struct name where `explicit_struct_names` demands one. */
export function structNameMissing(name: string): Failure {
  return new Failure(
    "ExpectedStructName",
    `Expected the explicit struct name ${
      quoteIdentifier(name)
    }, but none was found`,
    { candidates: [name] },
  );
}

/** A name that only a raw identifier may have. */
export function suggestRawIdentifier(found: string): Failure {
  return new Failure(
    "SuggestRawIdentifier",
    `Found invalid std identifier ${
      debugString(found)
    }, try the raw identifier \`r#${found}\` instead`,
    { found },
  );
}

/** An attribute asks for an extension that does not exist. */
export function noSuchExtension(
  name: string,
  extensions: readonly string[],
): Failure {
  return new Failure(
    "NoSuchExtension",
    `No RON extension named ${quoteIdentifier(name)}`,
    { candidates: extensions, found: name },
  );
}

/** A tuple or array of the wrong length. */
export function differentLength(expected: string, found: number): Failure {
  const elements = found === 0
    ? "zero elements"
    : found === 1
    ? "one element"
    : `${found} elements`;
  return new Failure(
    "ExpectedDifferentLength",
    `Expected ${expected} but found ${elements} instead`,
  );
}

/** A value that is well-formed, but of another type. */
export function invalidValue(expected: string, found: string): Failure {
  return new Failure(
    "InvalidValueForType",
    `Expected ${expected} but found ${found} instead`,
  );
}

/** A digit that the base does not have. */
export function invalidDigit(digit: string, base: number): Failure {
  return new Failure(
    "InvalidIntegerDigit",
    `Invalid digit ${debugChar(digit)} for base ${base} integers`,
  );
}

/** A character that starts nothing. */
export function unexpectedChar(char: string): Failure {
  return new Failure("UnexpectedChar", `Unexpected char ${debugChar(char)}`, {
    found: char,
  });
}

/** Something wrong after a backslash. */
export function invalidEscape(message: string): Failure {
  return new Failure("InvalidEscape", message);
}
