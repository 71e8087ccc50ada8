/** Untyped values to text. */
import type { LayoutOptions, Piece } from "./layout.ts";
import { group, plainRow, render } from "./layout.ts";
import {
  bytesLiteral,
  charLiteral,
  floatLiteral,
  integerLiteral,
  stringLiteral,
} from "./literals.ts";
import type { RonNumber, RonValue } from "./value.ts";

/** How to write. */
export interface StringifyOptions {
  /** Spaces of one level; 0 puts everything on one line. Default: 4. */
  readonly indent?: number;
  /** Columns that a line should not pass. Default: 80. */
  readonly lineWidth?: number;
  /** Whether the last of several lines ends with a comma. Default: true. */
  readonly trailingComma?: boolean;
}

/** The options with their defaults. */
export function layoutOptions(options: StringifyOptions): LayoutOptions {
  const indent = options.indent ?? 4;
  return {
    indent: " ".repeat(indent),
    lineWidth: indent === 0 ? Infinity : options.lineWidth ?? 80,
    trailingComma: options.trailingComma ?? true,
  };
}

/**
 * Writes an untyped value; parsing the text gives an equal value.
 *
 * @example
 * ```ts
 * import { parseRon, stringifyRon } from "@forgepoint/forge/ron";
 *
 * stringifyRon(parseRon("S(a: 1, b: [Some('x')])")); // {"a": 1, "b": [Some('x')]}
 * ```
 */
export function stringifyRon(
  value: RonValue,
  options: StringifyOptions = {},
): string {
  return render(pieceOf(value), layoutOptions(options));
}

/** The layout of an untyped value. */
export function pieceOf(value: RonValue): Piece {
  switch (value.type) {
    case "string":
      return stringLiteral(value.value);
    case "char":
      return charLiteral(value.value);
    case "bytes":
      return bytesLiteral(value.value);
    case "bool":
      return String(value.value);
    case "unit":
      return "()";
    case "number":
      return numberText(value);
    case "option":
      return value.value === undefined
        ? "None"
        : wrap("Some(", pieceOf(value.value));
    case "seq":
      return group(
        "[",
        "]",
        value.items.map((each) => plainRow("", pieceOf(each))),
      );
    case "map":
      return group(
        "{",
        "}",
        value.entries.map(([key, each]) =>
          plainRow(`${keyText(key)}: `, pieceOf(each))
        ),
      );
  }
}

function numberText({ kind, value }: RonNumber): string {
  return kind === "f32" || kind === "f64"
    ? floatLiteral(Number(value), kind)
    : integerLiteral(value, kind);
}

/** Keys stay on one line, whatever they are. */
function keyText(key: RonValue): string {
  return render(pieceOf(key), layoutOptions({ indent: 0 }));
}

/** Puts a name and parentheses around a piece, hugging its brackets. */
export function wrap(open: string, piece: Piece): Piece {
  if (typeof piece === "string") return `${open}${piece})`;
  return group(
    open + piece.open,
    piece.close + ")",
    piece.rows,
    piece.broken,
  );
}
