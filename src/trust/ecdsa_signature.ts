/**
 * ECDSA signatures between their two forms: DER, as cosign stores them, and
 * the two numbers side by side, as Web Crypto takes them.
 *
 * @module
 */

import { childrenOf, readDer, TAG, unsignedInteger } from "./der.ts";
import { malformed } from "./refusal.ts";

/** Curves, by the names that Web Crypto has for them. */
export type Curve = "P-256" | "P-384";

const WHAT = "the signature";

/** Orders of the curves (FIPS 186-5 and SP 800-186, section 3.2.1). */
const ORDERS: Readonly<Record<Curve, bigint>> = {
  "P-256": 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  "P-384":
    0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
};

/** Bytes of one number. */
const WIDTHS: Readonly<Record<Curve, number>> = { "P-256": 32, "P-384": 48 };

/**
 * Takes a DER signature apart (RFC 3279, section 2.2.3).
 *
 * @returns Both numbers, each as wide as the order of the curve.
 * @throws {ForgeError} `SIGNATURE_MALFORMED` when it is not DER, when bytes
 * follow, or when a number is not from 1 to the order of the curve (FIPS
 * 186-5, section 6.4.2).
 */
export function rawFromDer(
  signature: Uint8Array<ArrayBuffer>,
  curve: Curve,
): Uint8Array<ArrayBuffer> {
  const numbers = childrenOf(readDer(signature, WHAT), TAG.sequence);
  if (numbers.length !== 2) {
    throw malformed(WHAT, `it has ${numbers.length} numbers, not two`);
  }
  const width = WIDTHS[curve];
  const raw = new Uint8Array(width * 2);
  numbers.forEach((number, i) => {
    const magnitude = unsignedInteger(number);
    const value = toBigInt(magnitude);
    if (value === 0n || value >= ORDERS[curve]) {
      throw malformed(WHAT, "one of its numbers is out of range");
    }
    raw.set(magnitude, width * (i + 1) - magnitude.byteLength);
  });
  return raw;
}

/** Makes a DER signature of the two numbers that Web Crypto gives. */
export function derFromRaw(raw: Uint8Array): Uint8Array<ArrayBuffer> {
  const half = raw.byteLength / 2;
  const content = [raw.subarray(0, half), raw.subarray(half)].flatMap(
    (number) => {
      const start = number.findIndex((byte) => byte !== 0);
      const digits = [...number.subarray(start)];
      // A leading bit of 1 would make it negative.
      if ((digits[0] ?? 0) >= 0x80) digits.unshift(0);
      return [TAG.integer, digits.length, ...digits];
    },
  );
  return Uint8Array.of(TAG.sequence, content.length, ...content);
}

function toBigInt(bytes: Uint8Array): bigint {
  let hex = "";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return BigInt(`0x${hex}`);
}
