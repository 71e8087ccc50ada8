/**
 * The statements of a SQL text and what each of them may do.
 *
 * This is the wall that every engine has; where the engine asks before it
 * does something (an authorizer), that is a second one behind it.
 *
 * @module
 */

import { ForgeError } from "../../errors.ts";
import { type SqlToken, sqlTokens } from "./tokens.ts";

/** One statement. */
export interface SqlStatement {
  /** Its text without the semicolon. */
  readonly text: string;
  /** Its first word in upper case; `""` when it starts with something else. */
  readonly keyword: string;
  /** What it does: the word after the common table expressions of a `WITH`. */
  readonly verb: string;
  /** For `PRAGMA`: its name in lower case. */
  readonly pragma?: string;
}

/** Statements that reach other files. */
const REFUSED = new Set(["ATTACH", "DETACH", "VACUUM"]);

/** Pragmas that tell about the database, or set what lives in its file or connection only. */
const ALLOWED_PRAGMAS = new Set([
  ...["analysis_limit", "application_id", "case_sensitive_like"],
  ...["collation_list", "compile_options", "data_version"],
  ...["defer_foreign_keys", "foreign_key_check", "foreign_key_list"],
  ...["foreign_keys", "freelist_count", "function_list", "index_info"],
  ...["index_list", "index_xinfo", "integrity_check", "legacy_alter_table"],
  ...["module_list", "optimize", "page_count", "pragma_list", "quick_check"],
  ...["recursive_triggers", "reverse_unordered_selects", "table_info"],
  ...["table_list", "table_xinfo", "user_version"],
]);

/** Pragmas on how the file is kept. The host decides; setting them does nothing. */
const HOST_PRAGMAS = new Set([
  ...["auto_vacuum", "automatic_index", "busy_timeout", "cache_size"],
  ...["cache_spill", "encoding", "journal_mode", "journal_size_limit"],
  ...["locking_mode", "mmap_size", "page_size", "secure_delete"],
  ...["synchronous", "temp_store", "threads", "trusted_schema"],
  ...["wal_autocheckpoint", "wal_checkpoint"],
]);

const DATA_VERBS = new Set([
  ...["SELECT", "VALUES", "INSERT", "REPLACE", "UPDATE", "DELETE"],
]);

/** Whether SQLite may run a pragma for an extension; the authorizer asks the same. */
export function isAllowedPragma(name: string): boolean {
  return ALLOWED_PRAGMAS.has(name.toLowerCase());
}

/** Whether a statement only sets what the host decides: it is passed over. */
export function isForHost({ pragma }: SqlStatement): boolean {
  return pragma !== undefined && HOST_PRAGMAS.has(pragma);
}

/**
 * Takes a text apart and refuses what an extension must not do.
 *
 * @throws {ForgeError} `SQL_REFUSED`.
 */
export function readStatements(sql: string): readonly SqlStatement[] {
  // SQLite stops at a NUL: what comes after it would be read here only.
  if (sql.includes("\0")) {
    throw refused(
      "it has a NUL character in it",
      "Pass such text as parameter",
    );
  }
  const statements: SqlStatement[] = [];
  let tokens: SqlToken[] = [];
  for (const token of sqlTokens(sql)) {
    if (token.kind !== "semicolon" || isInTrigger(tokens)) {
      tokens.push(token);
    } else {
      if (tokens.length > 0) statements.push(statementOf(sql, tokens));
      tokens = [];
    }
  }
  if (tokens.length > 0) statements.push(statementOf(sql, tokens));
  return statements;
}

/** The body of a trigger has semicolons of its own, up to the one after END. */
function isInTrigger(tokens: readonly SqlToken[]): boolean {
  const [create, second, third] = tokens;
  if (!isWord(create, "CREATE")) return false;
  const isTemporary = isWord(second, "TEMP") || isWord(second, "TEMPORARY");
  if (!isWord(isTemporary ? third : second, "TRIGGER")) return false;
  return !isWord(tokens.at(-1), "END") || tokens.at(-2)?.kind !== "semicolon";
}

function isWord(token: SqlToken | undefined, text: string): boolean {
  return token?.kind === "word" && token.text === text;
}

function statementOf(sql: string, tokens: readonly SqlToken[]): SqlStatement {
  refuse(tokens);
  const first = tokens[0]!;
  const text = sql.slice(first.start, tokens.at(-1)!.end);
  const keyword = first.kind === "word" ? first.text : "";
  if (keyword !== "PRAGMA") {
    return { text, keyword, verb: verbOf(keyword, tokens) };
  }
  const pragma = pragmaOf(tokens);
  if (!HOST_PRAGMAS.has(pragma) && !ALLOWED_PRAGMAS.has(pragma)) {
    throw refused(`PRAGMA ${pragma} is not for extensions`);
  }
  return { text, keyword, verb: keyword, pragma };
}

/** Looks at the first word after every semicolon, even within a trigger, where SQLite has no such statements. */
function refuse(tokens: readonly SqlToken[]): void {
  let isFirst = true;
  for (const { kind, text } of tokens) {
    if (isFirst && kind === "word" && REFUSED.has(text)) {
      throw refused(`${text} is not for extensions`);
    }
    const isPrefix = kind === "word" &&
      (text === "EXPLAIN" || text === "QUERY" || text === "PLAN");
    isFirst = kind === "semicolon" || (isFirst && isPrefix);
  }
}

function verbOf(keyword: string, tokens: readonly SqlToken[]): string {
  if (keyword !== "WITH") return keyword;
  let depth = 0;
  for (const { kind, text } of tokens) {
    if (text === "(" && kind === "other") depth++;
    if (text === ")" && kind === "other") depth--;
    if (depth === 0 && kind === "word" && DATA_VERBS.has(text)) return text;
  }
  return keyword;
}

/** The name in `PRAGMA [schema.]name`, with what may follow. */
function pragmaOf(tokens: readonly SqlToken[]): string {
  const isQualified = tokens[2]?.text === "." && tokens[2].kind === "other";
  return tokens[isQualified ? 3 : 1]?.text.toLowerCase() ?? "";
}

function refused(why: string, hint?: string): ForgeError {
  return new ForgeError("SQL_REFUSED", `Cannot run SQL: ${why}`, {
    hint: hint ?? "An extension has one database, and only that",
  });
}
