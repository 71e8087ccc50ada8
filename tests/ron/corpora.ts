/** The recorded answers of two versions of the Rust crate, and ours beside. */
import type { RonDiagnostic, RonValue, Schema } from "../../src/ron/mod.ts";
import { toSerdeJson, tryDecodeRon } from "../../src/ron/mod.ts";
import { Config, SHAPES } from "./shapes.ts";

/** One recorded case. */
export interface CorpusCase {
  readonly id: string;
  readonly category: string;
  readonly type?: string;
  readonly input: string;
  readonly ok: boolean;
  readonly value?: unknown;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly line: number;
    readonly col: number;
    readonly endLine: number;
    readonly endCol: number;
  };
  readonly versionsAgree?: boolean;
  readonly versionsAgreeOk?: boolean;
}

/** The three corpora. */
export const CORPORA = ["config", "value", "shapes"] as const;

/** The name of a corpus. */
export type CorpusName = typeof CORPORA[number];

/** Stands in front of the digits of a long integer; no corpus has it. */
const EXACT = "exact integer: ";

const HERE = new URL("../corpora/ron/", import.meta.url);

/** Loads a corpus from the repository, or from another directory. */
export async function loadCorpus(
  name: CorpusName,
  directory: URL = HERE,
): Promise<CorpusCase[]> {
  const text = await Deno.readTextFile(new URL(`${name}.jsonl`, directory));
  return text.split("\n").filter((line) => line.trim() !== "")
    .map((line) => parseExactly(line) as CorpusCase);
}

/** Parses JSON; integers beyond what a JSON number keeps become bigints. */
function parseExactly(line: string): unknown {
  const marked = line.replace(
    /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g,
    (token) => token.startsWith('"') ? token : `"${EXACT}${token}"`,
  );
  return JSON.parse(marked, (_key, value: unknown) => {
    if (typeof value !== "string" || !value.startsWith(EXACT)) return value;
    const digits = value.slice(EXACT.length);
    const number = Number(digits);
    return Number.isSafeInteger(number) ? number : BigInt(digits);
  });
}

/** The shape that a case is decoded to. */
export function schemaOf(name: CorpusName, each: CorpusCase): Schema<unknown> {
  if (name === "config") return Config;
  return SHAPES[name === "value" ? "any" : each.type!]!;
}

/** How often we agree with the crate. */
export interface Agreement {
  cases: number;
  ok: number;
  goodCases: number;
  values: number;
  badCases: number;
  codes: number;
  messages: number;
  positions: number;
  spans: number;
  legacyWarnings: number;
  /** The ids of the cases with any disagreement. */
  readonly misses: string[];
}

/** Runs a corpus. The crate refuses a byte order mark, so here we do too. */
export function measure(
  name: CorpusName,
  cases: readonly CorpusCase[],
): Agreement {
  const tally: Agreement = {
    cases: cases.length,
    ok: 0,
    goodCases: 0,
    values: 0,
    badCases: 0,
    codes: 0,
    messages: 0,
    positions: 0,
    spans: 0,
    legacyWarnings: 0,
    misses: [],
  };
  for (const each of cases) {
    if (!measureCase(tally, name, each)) tally.misses.push(each.id);
  }
  return tally;
}

function measureCase(
  tally: Agreement,
  name: CorpusName,
  each: CorpusCase,
): boolean {
  const schema = schemaOf(name, each);
  const result = tryDecodeRon(each.input, schema, { byteOrderMark: "reject" });
  const found = result.ok ? result.warnings : result.diagnostics;
  const warned = legacyWarned(name, found);
  const agree = each.versionsAgree ?? each.versionsAgreeOk;
  const checks = { warned: warned !== agree, same: result.ok === each.ok };
  if (checks.warned) tally.legacyWarnings++;
  if (checks.same) tally.ok++;
  if (each.ok) {
    tally.goodCases++;
    const same = result.ok && sameValue(name, each, result.value, schema);
    if (same) tally.values++;
    return checks.warned && checks.same && same;
  }
  tally.badCases++;
  const [first] = found;
  const same = !result.ok && measureError(tally, each, first!);
  return checks.warned && checks.same && same;
}

/** Untyped values are only compared for being accepted. */
function legacyWarned(
  name: CorpusName,
  found: readonly RonDiagnostic[],
): boolean {
  return found.some(({ code }) =>
    code === "LegacyRejects" || code === "LegacyAccepts" ||
    (code === "LegacyReadsDifferently" && name !== "value")
  );
}

function measureError(
  tally: Agreement,
  each: CorpusCase,
  first: RonDiagnostic,
): boolean {
  const { code, message, line, col, endLine, endCol } = each.error!;
  const checks = [
    first.code === code,
    first.message === message,
    isWithin(first, [line, col], [endLine, endCol]),
    spanOfFirst(first, each.input) === [line, col, endLine, endCol].join(),
  ];
  if (checks[0]) tally.codes++;
  if (checks[1]) tally.messages++;
  if (checks[2]) tally.positions++;
  if (checks[3]) tally.spans++;
  return checks.every((check) => check);
}

type Place = readonly [line: number, column: number];

function isWithin(first: RonDiagnostic, from: Place, to: Place): boolean {
  const order = (a: Place, b: Place) => a[0] - b[0] || a[1] - b[1];
  const at: Place = [first.line, first.column];
  return order(from, at) <= 0 && order(at, to) <= 0;
}

function spanOfFirst(first: RonDiagnostic, text: string): string {
  const place = (offset: number): string => {
    const lines = text.slice(0, offset).split("\n");
    return `${lines.length},${Array.from(lines[lines.length - 1]!).length + 1}`;
  };
  return `${place(first.span.start)},${place(first.span.end)}`;
}

function sameValue(
  name: CorpusName,
  each: CorpusCase,
  value: unknown,
  schema: Schema<unknown>,
): boolean {
  if (name === "value") {
    return canonical(encode(value as RonValue)) === canonical(each.value);
  }
  if (each.type === "f32" || each.type === "f64") {
    return floatText(value as number) === floatText(each.value as string);
  }
  return canonical(toSerdeJson(value, schema)) === canonical(each.value);
}

/** The corpus writes an untyped value as tagged JSON. */
function encode(value: RonValue): unknown {
  switch (value.type) {
    case "string":
      return { str: value.value };
    case "unit":
      return { unit: true };
    case "option":
      return value.value === undefined
        ? { none: true }
        : { some: encode(value.value) };
    case "seq":
      return { seq: value.items.map(encode) };
    case "map":
      return { map: value.entries.map(([k, v]) => [encode(k), encode(v)]) };
    case "bytes":
      return { bytes: Array.from(value.value) };
    case "number":
      return { [value.kind]: String(value.value) };
    default:
      return { [value.type]: value.value };
  }
}

function floatText(value: number | string): string {
  if (value === "inf") return "Infinity";
  if (value === "-inf") return "-Infinity";
  const number = Number(value);
  return Object.is(number, -0) ? "-0" : String(number);
}

/** JSON with sorted keys; tagged maps as sets, floats by value. */
function canonical(value: unknown): string {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const entries = Object.entries(value).map(([key, each]) => {
    if (key === "f32" || key === "f64") return `${key}:${floatText(each)}`;
    return key === "map" && Array.isArray(each)
      ? `map:{${each.map(canonical).sort().join()}}`
      : `${JSON.stringify(key)}:${canonical(each)}`;
  });
  return `{${entries.sort().join()}}`;
}

function percent(part: number, whole: number): string {
  return `${(100 * part / whole).toFixed(2)} %`;
}

/** The figures of a corpus in one line. */
export function report(name: string, tally: Agreement): string {
  const { cases, goodCases, badCases } = tally;
  return [
    `${name}: ${cases} cases`,
    `ok/not ok ${percent(tally.ok, cases)}`,
    `values ${percent(tally.values, goodCases)}`,
    `codes ${percent(tally.codes, badCases)}`,
    `messages ${percent(tally.messages, badCases)}`,
    `positions in span ${percent(tally.positions, badCases)}`,
    `spans ${percent(tally.spans, badCases)}`,
    `0.8.1 warnings ${percent(tally.legacyWarnings, cases)}`,
  ].join(", ");
}
