/**
 * Decimal text to the nearest 32-bit float. Rounding to 64 bits first and to
 * 32 after can land on the wrong side of a tie; only then is the text itself
 * looked at, with exact arithmetic.
 */

/** More digits than any tie between two 32-bit floats has. */
const MAX_DIGITS = 200;

/** The first power of two that overflows a 32-bit float. */
const OVERFLOW = 2 ** 128;

/** The 32-bit float nearest to a decimal text such as `-1.5e3`. */
export function nearestFloat32(digits: string): number {
  const wide = Number(digits);
  const narrow = Math.fround(wide);
  if (narrow === wide || !(Math.abs(wide) < OVERFLOW)) return narrow;
  const near = finite(narrow);
  const far = finite(neighbour(narrow, wide));
  if (Math.abs(wide - near) !== Math.abs(far - wide)) return narrow;
  const side = compareDecimal(digits, wide);
  if (side === 0) return narrow;
  return Math.fround(side > 0 ? Math.max(near, far) : Math.min(near, far));
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : Math.sign(value) * OVERFLOW;
}

/** The 32-bit float on the other side of `wide`. */
function neighbour(narrow: number, wide: number): number {
  const bits = new DataView(new ArrayBuffer(4));
  bits.setFloat32(0, narrow);
  const away = Math.abs(wide) > Math.abs(narrow);
  bits.setUint32(0, bits.getUint32(0) + (away ? 1 : -1));
  return bits.getFloat32(0);
}

/** The sign of `text - value`, exactly. */
function compareDecimal(text: string, value: number): number {
  const [numerator, denominator] = decimalFraction(text);
  const [n, d] = binaryFraction(value);
  const difference = numerator * d - n * denominator;
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
}

function decimalFraction(text: string): [bigint, bigint] {
  const [, sign, whole = "", part = "", exponent = "0"] =
    /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text)!;
  const all = whole + part;
  const leading = /^0*/.exec(all)![0].length;
  const kept = all.slice(leading, leading + MAX_DIGITS);
  const rest = all.slice(leading + MAX_DIGITS);
  const sticky = /[1-9]/.test(rest) ? "1" : "0";
  const scale = Number(exponent) - part.length + rest.length - 1;
  const digits = BigInt(kept + sticky) * (sign === "-" ? -1n : 1n);
  return scale >= 0
    ? [digits * 10n ** BigInt(scale), 1n]
    : [digits, 10n ** BigInt(-scale)];
}

function binaryFraction(value: number): [bigint, bigint] {
  let denominator = 1n;
  let scaled = value;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    denominator *= 2n;
  }
  return [BigInt(scaled), denominator];
}
