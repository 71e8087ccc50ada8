/** Hints about scalars: the value is there, but not as it should be. */
import type { HintContext } from "./hint_context.ts";
import { quotedValue, textBefore } from "./hint_context.ts";
import type { HintTable } from "./hints.ts";

const TRUE_WORDS: ReadonlySet<string> = new Set(["true", "yes", "on", "1"]);
const FALSE_WORDS: ReadonlySet<string> = new Set(["false", "no", "off", "0"]);
const EMPTY_WORDS: ReadonlySet<string> = new Set([
  "none",
  "null",
  "nil",
  "undefined",
]);

/** The content of a plain string literal, or the word itself. */
function bare(word: string): string {
  return word.replace(/^"(.*)"$/, "$1").toLowerCase();
}

function stringHint(context: HintContext): string | undefined {
  const { kind, word, detail } = context;
  if (kind === undefined) return undefined;
  if (word.startsWith("'")) return `use double quotes: "..."`;
  if (word === "`") return `use double quotes: "..."`;
  if (word.startsWith("b")) {
    if (kind === "bytes") return "remove the b: this is text, not bytes";
  }
  if (kind === "number" || kind === "identifier") {
    const whole = quotedValue(context);
    if (whole === "None") return "write a string: it is always there";
    if (whole === undefined) return "put it in double quotes";
    if (/^Some\s*\(/.test(whole)) return "remove Some(...): it is always there";
    return `put it in double quotes: "${whole.replace(/["\\]/g, "\\$&")}"`;
  }
  return detail.slot === "string"
    ? 'strings are written in double quotes: "..."'
    : undefined;
}

function booleanHint({ word }: HintContext): string {
  const plain = bare(word);
  if (TRUE_WORDS.has(plain)) return "write `true`";
  if (FALSE_WORDS.has(plain)) return "write `false`";
  return "write `true` or `false`";
}

function optionHint(context: HintContext): string {
  const { word } = context;
  if (EMPTY_WORDS.has(word.toLowerCase())) return "write `None`";
  const value = quotedValue(context);
  if (/\bSome\s*$/.test(textBefore(context))) {
    return `put the value in parentheses: Some(${value ?? "..."})`;
  }
  if (word.toLowerCase() === "some" && value !== undefined) {
    return `write it with a capital: S${value.slice(1)}`;
  }
  return value === undefined
    ? "write None, or wrap the value in Some(...)"
    : `wrap it in Some(...): Some(${value})`;
}

function numberHint({ kind, problem, word }: HintContext): string {
  if (kind === "string" && /^"[-+]?[\d.]+"$/.test(word)) {
    return `remove the quotes: ${word.slice(1, -1)}`;
  }
  return problem.failure.code === "ExpectedFloat"
    ? "write a number such as 1.5 or 1e-5"
    : "write a whole number";
}

function escapeHint({ problem, text }: HintContext): string {
  const { message } = problem.failure;
  if (message.startsWith("Unknown")) {
    const after = text[problem.end - 1];
    if (after === "\n" || after === "\r") {
      return "a string may run over lines as it is; remove the backslash";
    }
    return 'write \\\\ for a backslash, or a raw string: r"..."';
  }
  if (message.includes("byte-escaped")) {
    return "\\x escapes must spell UTF-8; write \\u{...} for one character";
  }
  if (message.includes("hex")) {
    return "write \\xHH with two, or \\u{...} with one to six hex digits";
  }
  return "write \\u{...} with one to six hex digits";
}

function typeHint({ problem }: HintContext): string | undefined {
  const { message } = problem.failure;
  if (message.includes("base64")) return 'write bytes as b"..."';
  return "remove the suffix, or change it to the expected type";
}

/** Hints by code. */
export const VALUE_HINTS: HintTable = {
  ExpectedString: stringHint,
  ExpectedBoolean: booleanHint,
  ExpectedOption: optionHint,
  ExpectedInteger: numberHint,
  ExpectedFloat: numberHint,
  ExpectedUnit: () => "write `()` with nothing in between",
  ExpectedChar: () =>
    "one character goes between single quotes; text takes double quotes",
  ExpectedByteLiteral: () => "one ASCII character goes between b' and '",
  ExpectedByteString: () => 'write bytes as b"..." or as a list: [1, 2]',
  InvalidEscape: escapeHint,
  InvalidValueForType: typeHint,
  IntegerOutOfBounds: ({ detail }) =>
    detail.range === undefined ? undefined : `it must be ${detail.range}`,
  ExpectedDifferentLength: () => "these parentheses hold too few values",
  InvalidIntegerDigit: ({ word }) =>
    /^[.eE]/.test(word)
      ? "an integer has neither point nor exponent"
      : "remove the digit, or change the prefix: 0b, 0o or 0x",
  FloatUnderscore: () => "remove the underscore after the point",
  UnderscoreAtBeginning: () => "remove the underscore before the first digit",
};
