/**
 * The codes of diagnostics. Error codes are the variant names of the Rust
 * crate's `ron::Error`, so that a search for one finds both worlds.
 */

/** Why a text is not RON, or not of the shape asked for. */
export type RonErrorCode =
  | "DuplicateStructField"
  | "Eof"
  | "ExceededRecursionLimit"
  | "ExpectedArray"
  | "ExpectedAttribute"
  | "ExpectedAttributeEnd"
  | "ExpectedBoolean"
  | "ExpectedByteLiteral"
  | "ExpectedByteString"
  | "ExpectedChar"
  | "ExpectedComma"
  | "ExpectedDifferentLength"
  | "ExpectedDifferentStructName"
  | "ExpectedFloat"
  | "ExpectedIdentifier"
  | "ExpectedInteger"
  | "ExpectedMap"
  | "ExpectedMapColon"
  | "ExpectedNamedStructLike"
  | "ExpectedOption"
  | "ExpectedOptionEnd"
  | "ExpectedString"
  | "ExpectedStringEnd"
  | "ExpectedStructLike"
  | "ExpectedStructLikeEnd"
  | "ExpectedStructName"
  | "ExpectedUnit"
  | "FloatUnderscore"
  | "IntegerOutOfBounds"
  | "InvalidEscape"
  | "InvalidIntegerDigit"
  | "InvalidValueForType"
  | "MissingStructField"
  | "NoSuchEnumVariant"
  | "NoSuchExtension"
  | "NoSuchStructField"
  | "SuggestRawIdentifier"
  | "TrailingCharacters"
  | "UnclosedBlockComment"
  | "UnderscoreAtBeginning"
  | "UnexpectedChar";

/** What is accepted, but worth a look. */
export type RonWarningCode =
  | "ByteOrderMark"
  | "DuplicateKey"
  | "LegacyAccepts"
  | "LegacyReadsDifferently"
  | "LegacyRejects"
  | "UnknownField";

/** Where a failure wants help from what the caller asked for. */
export interface FailureDetail {
  /** Words that would have been right: fields, variants, names. */
  readonly candidates?: readonly string[];
  /** The word that was found instead. */
  readonly found?: string;
  /** What a number may be: `0 to 255`. */
  readonly range?: string;
  /** What the slot should hold, for the hint. */
  readonly slot?: "enum" | "list" | "map" | "string" | "struct" | "variant";
}

/**
 * An error on its way up to whoever knows the text. Not an `Error`: thousands
 * are thrown while recovering, and a stack would say nothing.
 */
export class Failure {
  /** The crate's variant name. */
  readonly code: RonErrorCode;
  /** The crate's message. */
  readonly message: string;
  /** What the hint may use. */
  readonly detail: FailureDetail | undefined;

  constructor(code: RonErrorCode, message: string, detail?: FailureDetail) {
    this.code = code;
    this.message = message;
    this.detail = detail;
  }
}

const SIMPLE = {
  Eof: "Unexpected end of RON",
  ExceededRecursionLimit:
    "Exceeded recursion limit, try increasing `ron::Options::recursion_limit` and using `serde_stacker` to protect against a stack overflow",
  ExpectedArray: "Expected opening `[`",
  ExpectedAttribute: "Expected an `#![enable(...)]` attribute",
  ExpectedAttributeEnd: "Expected closing `)]` after the enable attribute",
  ExpectedBoolean: "Expected boolean",
  ExpectedByteLiteral: "Expected byte literal",
  ExpectedByteString: "Expected byte string",
  ExpectedChar: "Expected char",
  ExpectedComma: "Expected comma",
  ExpectedFloat: "Expected float",
  ExpectedIdentifier: "Expected identifier",
  ExpectedInteger: "Expected integer",
  ExpectedMap: "Expected opening `{`",
  ExpectedMapColon: "Expected colon",
  ExpectedOption: "Expected option",
  ExpectedOptionEnd: "Expected closing `)`",
  ExpectedString: "Expected string",
  ExpectedStringEnd: "Expected end of string",
  ExpectedStructLike: "Expected opening `(`",
  ExpectedStructLikeEnd: "Expected closing `)`",
  ExpectedUnit: "Expected unit",
  FloatUnderscore: "Unexpected underscore in float",
  IntegerOutOfBounds: "Integer is out of bounds",
  TrailingCharacters: "Non-whitespace trailing characters",
  UnclosedBlockComment: "Unclosed block comment",
  UnderscoreAtBeginning: "Unexpected leading underscore in a number",
} as const;

/** Codes whose message never varies. */
export type SimpleCode = keyof typeof SIMPLE;

/** Throws the failure of a code whose message never varies. */
export function fail(code: SimpleCode, detail?: FailureDetail): never {
  throw new Failure(code, SIMPLE[code], detail);
}
