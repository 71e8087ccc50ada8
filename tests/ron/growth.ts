/** Texts of any size, friendly and hostile, and how long they take. */
import {
  formatDiagnostic,
  formatRon,
  parseDocument,
  parseRon,
  RonSyntaxError,
  tryDecodeRon,
} from "../../src/ron/mod.ts";
import { Config } from "./shapes.ts";

/** A way to make a text of a given size. */
export interface TextFamily {
  readonly name: string;
  /** Makes a text of about `size` UTF-16 units. */
  readonly make: (size: number) => string;
  /** Formatting would write far more than it reads: deep margins. */
  readonly unformatted?: boolean;
}

function repeat(
  name: string,
  unit: string,
  around: readonly [head: string, tail?: string] = [""],
): TextFamily {
  const [head, tail = ""] = around;
  const make = (size: number): string =>
    head + unit.repeat(Math.max(1, Math.ceil(size / unit.length))) + tail;
  return { name, make };
}

const EXTENSION =
  `(name: "n", registry: "r", image: "i", reference: Tag("v")), // why\n`;
const UNWRAP = "#![enable(unwrap_variant_newtypes)]";

/** What the parser is fed. */
export const TEXT_FAMILIES: readonly TextFamily[] = [
  repeat("a config", EXTENSION, ["(extensions: (oci: [\n", "]))"]),
  repeat("numbers", "12, -3.5, ", ["[", "]"]),
  repeat("escapes", "\\n\\u{e9}", ['["', '"]']),
  repeat("quotes", '"a" "', ["["]),
  repeat("one open string", "abc ", ['["']),
  repeat("open strings on lines", '"abc,\n', ["["]),
  repeat("raw hashes", "#", ["[r"]),
  repeat("open brackets", "(["),
  repeat("closed brackets", ")]"),
  repeat("comments", "/**/ // x\n", ["", "1"]),
  repeat("open comments", "/*"),
  repeat("missing commas", "1 ", ["[", "]"]),
  repeat("commas", ",", ["[", "]"]),
  repeat("map keys", "'a': 1, {1: 2}: 3, ", ["{", "}"]),
  repeat("unknown fields", "😀a: 1, b: 2, ", ["(", ")"]),
  repeat("fields nobody knows", "b: 2, ", ["(", ")"]),
  repeat("wrong types", "(name: 1), ", ["(extensions: (oci: [", "]))"]),
  repeat("apostrophes", "'", ["["]),
  repeat("one long name", "a"),
  repeat("one long number", "1"),
  repeat("spaces", " "),
  repeat("surrogates", "\ud800", ["[", "]"]),
  {
    name: "unwrapped newtypes",
    unformatted: true,
    make: (size) =>
      UNWRAP + "Some(".repeat(60) + "[" + "1, ".repeat(size / 3) + "]" +
      ")".repeat(60),
  },
];

/** A measurement. */
export interface Growth {
  readonly size: number;
  readonly millis: number;
  readonly nanosPerUnit: number;
}

/** What is done to a text: reading it once, or all that can be done. */
export type GrowthTask = "everything" | "parseRon";

function perform(task: GrowthTask, text: string, format: boolean): void {
  if (task === "everything") return exercise(text, format);
  try {
    parseRon(text);
  } catch (error) {
    if (!(error instanceof RonSyntaxError)) throw error;
  }
}

/** Everything that can be done to a text without knowing it. */
function exercise(text: string, format: boolean): void {
  const document = parseDocument(text);
  const untyped = document.diagnostics;
  for (const each of untyped.slice(0, 50)) formatDiagnostic(each, text);
  const typed = tryDecodeRon(text, Config);
  const found = typed.ok ? typed.warnings : typed.diagnostics;
  for (const each of found.slice(0, 50)) formatDiagnostic(each, text);
  const good = !untyped.some(({ severity }) => severity === "error");
  if (format && good) formatRon(text);
}

/** Small texts run up to twenty times, one of 1 MiB three times. */
const UNITS_PER_FAMILY = 3 * 1024 * 1024;

/** Measures a family; small texts run several times, for the best of them. */
export function growthOf(
  family: TextFamily,
  sizes: readonly number[],
  options: { readonly task?: GrowthTask; readonly budget?: number } = {},
): Growth[] {
  const { task = "everything", budget = UNITS_PER_FAMILY } = options;
  return sizes.map((size) => {
    const text = family.make(size);
    const least = task === "parseRon" ? 4 : 1;
    const rounds = Math.max(least, Math.min(20, Math.floor(budget / size)));
    let millis = Infinity;
    for (let round = 0; round < rounds; round++) {
      const started = performance.now();
      perform(task, text, family.unformatted !== true);
      millis = Math.min(millis, performance.now() - started);
    }
    return { size, millis, nanosPerUnit: millis * 1e6 / text.length };
  });
}
