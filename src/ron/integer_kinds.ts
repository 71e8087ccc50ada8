/** The integer types of Rust and how far they reach. */

/** The integer types, by their Rust names. */
export type IntegerKind =
  | "i8"
  | "i16"
  | "i32"
  | "i64"
  | "u8"
  | "u16"
  | "u32"
  | "u64";

/** All of them. */
export const INTEGER_KINDS: readonly IntegerKind[] = [
  "i8",
  "i16",
  "i32",
  "i64",
  "u8",
  "u16",
  "u32",
  "u64",
];

/** How far a type reaches, as exact numbers. */
export function integerRange(
  kind: IntegerKind,
): { readonly min: bigint; readonly max: bigint } {
  const bits = BigInt(kind.slice(1));
  return kind[0] === "u"
    ? { min: 0n, max: (1n << bits) - 1n }
    : { min: -(1n << (bits - 1n)), max: (1n << (bits - 1n)) - 1n };
}

/** The same as far as JavaScript numbers are exact. */
export const SAFE_LIMITS: ReadonlyMap<
  IntegerKind,
  readonly [low: number, high: number]
> = new Map(INTEGER_KINDS.map((kind) => {
  const { min, max } = integerRange(kind);
  const safe = Number.MAX_SAFE_INTEGER;
  return [kind, [
    Math.max(Number(min), -safe),
    Math.min(Number(max), safe),
  ]];
}));

/** The narrowest type that holds an integer without a suffix. */
export function smallestKind(
  value: number | bigint,
  negative: boolean,
): IntegerKind {
  if (typeof value === "bigint") return negative ? "i64" : "u64";
  const candidates: readonly IntegerKind[] = negative
    ? ["i8", "i16", "i32"]
    : ["u8", "u16", "u32"];
  for (const kind of candidates) {
    const [low, high] = SAFE_LIMITS.get(kind)!;
    if (value >= low && value <= high) return kind;
  }
  return negative ? "i64" : "u64";
}
