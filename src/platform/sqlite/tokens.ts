/**
 * SQL text taken apart the way SQLite does it, as far as finding statements
 * and their first words needs: comments, strings, the four ways to quote a
 * name, and nothing of the grammar.
 *
 * @module
 */

/** A piece of SQL that is neither space nor comment. */
export interface SqlToken {
  /** `word` is an unquoted name or keyword, `quoted` a string or quoted name. */
  readonly kind: "word" | "quoted" | "semicolon" | "other";
  /** A word in upper case, what is between quotes, or the character itself. */
  readonly text: string;
  /** Where it starts. */
  readonly start: number;
  /** Where it ends. */
  readonly end: number;
}

/** Spaces of SQLite; it also skips a byte order mark wherever a token may start. */
const SPACE = /[\t\n\f\r \uFEFF]/;
/** SQLite takes every character beyond ASCII as a letter. */
const WORD = /[\w$\u0080-\uFFFF]/;

const CLOSING: Readonly<Record<string, string>> = {
  "'": "'",
  '"': '"',
  "`": "`",
  "[": "]",
};

/** Gives the tokens of a text, one after the other. */
export function* sqlTokens(sql: string): Generator<SqlToken> {
  let position = 0;
  while (position < sql.length) {
    const start = position;
    const character = sql[position]!;
    if (SPACE.test(character)) {
      position++;
    } else if (sql.startsWith("--", position)) {
      position = endAfter(sql, "\n", position + 2);
    } else if (isBlockComment(sql, position)) {
      position = endAfter(sql, "*/", position + 2);
    } else if (character in CLOSING) {
      position = endOfQuoted(sql, position);
      const text = sql.slice(start + 1, position - 1);
      yield { kind: "quoted", text, start, end: position };
    } else if (WORD.test(character)) {
      while (position < sql.length && WORD.test(sql[position]!)) position++;
      const text = sql.slice(start, position).toUpperCase();
      yield { kind: "word", text, start, end: position };
    } else {
      const kind = character === ";" ? "semicolon" : "other";
      yield { kind, text: character, start, end: ++position };
    }
  }
}

/** At the very end of a text SQLite reads the two characters as operators. */
function isBlockComment(sql: string, position: number): boolean {
  return sql.startsWith("/*", position) && position + 2 < sql.length;
}

function endAfter(sql: string, mark: string, from: number): number {
  const found = sql.indexOf(mark, from);
  return found < 0 ? sql.length : found + mark.length;
}

/** A doubled quote stands for itself, but not within square brackets. */
function endOfQuoted(sql: string, start: number): number {
  const close = CLOSING[sql[start]!]!;
  let position = start + 1;
  while (true) {
    const found = sql.indexOf(close, position);
    if (found < 0) return sql.length;
    if (close === "]" || sql[found + 1] !== close) return found + 1;
    position = found + 2;
  }
}
