/**
 * Why a signature is not accepted, in the words of this room.
 *
 * @module
 */

import { ForgeError, type ForgeErrorCode } from "../errors.ts";

/** What people should do when something was changed: nothing with it. */
export const DO_NOT_USE =
  "Do not use the image before you know why: ask its publisher";

/** The error for what does not have the form that it claims to have. */
export function malformed(
  what: string,
  why: string,
  cause?: unknown,
): ForgeError {
  return new ForgeError("SIGNATURE_MALFORMED", `Cannot read ${what}: ${why}`, {
    hint: "Sign the image again; if other tools read it, report it",
    cause,
  });
}

/** The error for what is well made and cannot be verified here. */
export function unsupported(what: string, hint?: string): ForgeError {
  return new ForgeError("SIGNATURE_UNSUPPORTED", `Cannot verify ${what}`, {
    hint: hint ??
      "Verify it with cosign, or have the image signed with a P-256 key",
  });
}

/** Any other refusal. */
export function refusal(
  code: ForgeErrorCode,
  message: string,
  hint: string = DO_NOT_USE,
): ForgeError {
  return new ForgeError(code, message, { hint });
}

/** Text from outside, for a message: no control characters, of bearable length. */
export function quoted(text: string): string {
  const safe = JSON.stringify(text.slice(0, 200));
  return safe.replace(
    /[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    "?",
  );
}
