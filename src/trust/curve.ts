/**
 * Whether a point is one of its curve.
 *
 * Node refuses to import a key whose point is not; Deno takes it and fails
 * when it is used. Checking it here makes both the same.
 *
 * @module
 */

import type { Curve } from "./ecdsa_signature.ts";

/** Prime and coefficient b of y^2 = x^3 - 3x + b (SP 800-186, section 3.2.1). */
const CURVES: Readonly<
  Record<Curve, { readonly p: bigint; readonly b: bigint }>
> = {
  "P-256": {
    p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  },
  "P-384": {
    p: 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffffn,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
  },
};

/**
 * Whether a point is on a curve.
 *
 * @param point Uncompressed (SEC 1, section 2.3.3): 4, x, y.
 */
export function isOnCurve(point: Uint8Array, curve: Curve): boolean {
  const { p, b } = CURVES[curve];
  const width = (point.byteLength - 1) / 2;
  const x = toBigInt(point.subarray(1, 1 + width));
  const y = toBigInt(point.subarray(1 + width));
  if (x >= p || y >= p) return false;
  return (y * y - (x * x * x - 3n * x + b)) % p === 0n;
}

function toBigInt(bytes: Uint8Array): bigint {
  let hex = "";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return BigInt(`0x${hex}`);
}
