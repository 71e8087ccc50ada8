/** Broken and strange texts from good ones. */
import type { Random } from "./random.ts";

/** Pieces that mean something to a RON parser, alone or in the wrong place. */
const FRAGMENTS: readonly string[] = [
  ..."()[]{},:\"'\\#!=/_-+. \n\t",
  ..."\r\v\u0085\u200e\u2028\ufeff\u0000é日😀\ud800",
  ...["r#", "b'", 'b"', 'br#"', 'r"', '"#', "'''", "'a'", "b'a'", '"x"', "//"],
  ...["/*", "*/", "..", "..=", "0x", "0b1", "1_0", "1.5", "e5", "f32", "u8"],
  ...["i64", "inf", "NaN", "-inf", "inff32", "true", "false", "None", "Some"],
  ...["Some(", "()", "[]", "{}", "[1,2]", "{1:2}", "S(a:1)", "T(1)", "a: 1"],
  ...["\\n", "\\x41", "\\xc3\\xa9", "\\u{e9}", "\\u{", "\\q", "=>", "x-y"],
  ...["300", "99999999999999999999", "9007199254740993", "1e400", "256"],
  "#![enable(implicit_some)]",
  "#![enable(unwrap_newtypes)]",
  "#![enable(unwrap_variant_newtypes)]",
  "#![enable(explicit_struct_names)]",
  '#![type = "x"]',
];

const MAX_SPLICE = 30;

/** A text a few changes away from `source`. */
export function mutate(
  source: string,
  random: Random,
  others: readonly string[],
): string {
  let text = source;
  for (let changes = 1 + random.int(4); changes > 0; changes--) {
    text = change(text, random, others);
  }
  return text;
}

function change(
  text: string,
  random: Random,
  others: readonly string[],
): string {
  const at = random.int(text.length + 1);
  const head = text.slice(0, at);
  const tail = text.slice(at);
  switch (random.int(8)) {
    case 0:
      return head + tail.slice(1);
    case 1:
      return head + tail.slice(1 + random.int(8));
    case 2:
    case 3:
      return head + random.pick(FRAGMENTS) + tail;
    case 4:
      return head + random.pick(FRAGMENTS) + tail.slice(1);
    case 5:
      return head + tail.slice(0, random.int(MAX_SPLICE)) + tail;
    case 6:
      return random.int(3) === 0 ? head : head + tail.slice(random.int(4));
    default: {
      const other = random.pick(others);
      const from = random.int(other.length + 1);
      return head + other.slice(from, from + random.int(MAX_SPLICE)) + tail;
    }
  }
}

/** A text of fragments only. */
export function soup(random: Random): string {
  let text = "";
  for (let count = random.int(24); count >= 0; count--) {
    text += random.pick(FRAGMENTS);
  }
  return text;
}
