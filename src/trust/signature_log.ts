/**
 * Whether a transparency log has an entry: its promise (SET), and the proof
 * that the entry is in a tree that the log signed.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { encodeBase64 } from "./base64.ts";
import { areEqual } from "./certificate.ts";
import { parseCheckpoint } from "./checkpoint.ts";
import type { InclusionProof, LogEntry } from "./log_entry.ts";
import { isSignedBy } from "./read_public_key.ts";
import { DO_NOT_USE, malformed, refusal } from "./refusal.ts";
import { isWithin } from "./read_trusted_root.ts";
import type { TrustedLog, TrustedRoot } from "./trusted_root.ts";

const HASH_BYTES = 32;

/** What a log vouches for. */
export interface LogVerdict {
  /** When the log took the entry, in milliseconds since the epoch; absent when it signed no time. */
  readonly integratedMs?: number;
}

/**
 * Checks that a log of the trusted root has an entry. What the entry is about
 * is not looked at.
 *
 * @throws {ForgeError} `SIGNATURE_LOG_INVALID`.
 */
export async function checkLogEntry(
  entry: LogEntry,
  root: Pick<TrustedRoot, "signatureLogs" | "name">,
): Promise<LogVerdict> {
  const log = root.signatureLogs.find(({ id }) => areEqual(id, entry.logId));
  if (log === undefined) {
    throw logInvalid(`the trusted root "${root.name}" does not know the log`);
  }
  const { promise, proof } = entry;
  if (promise === undefined && proof === undefined) {
    throw logInvalid("it comes with neither promise nor proof");
  }
  try {
    // Whatever is there has to be right.
    if (proof !== undefined) await checkProof(entry.body, proof, log);
    if (promise === undefined) return {};
    await checkPromise(entry, promise, log);
  } catch (cause) {
    if (cause instanceof ForgeError && cause.code === "SIGNATURE_MALFORMED") {
      throw logInvalid(cause.message, cause);
    }
    throw cause;
  }
  return { integratedMs: entry.integratedTime * 1000 };
}

/** The error for a log that does not vouch for a signature. */
export function logInvalid(why: string, cause?: unknown): ForgeError {
  const message = `Cannot accept the entry of the transparency log: ${why}`;
  return cause === undefined
    ? refusal("SIGNATURE_LOG_INVALID", message)
    : new ForgeError("SIGNATURE_LOG_INVALID", message, {
      hint: DO_NOT_USE,
      cause,
    });
}

/** What the log signs is JSON with its keys in order and no spaces (Rekor, openapi.yaml, `signedEntryTimestamp`; RFC 8785). */
async function checkPromise(
  entry: LogEntry,
  promise: Uint8Array<ArrayBuffer>,
  log: TrustedLog,
): Promise<void> {
  const { integratedTime, logIndex } = entry;
  const logId = Array.from(
    entry.logId,
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
  const signed =
    `{"body":"${
      encodeBase64(entry.body)
    }","integratedTime":${integratedTime},` +
    `"logID":"${logId}","logIndex":${logIndex}}`;
  const bytes = new TextEncoder().encode(signed);
  if (!await isSignedBy(log.key, bytes, promise)) {
    throw logInvalid("its promise was not made by the log");
  }
  if (!isWithin(integratedTime * 1000, log.validFor)) {
    throw logInvalid("the log was not to be trusted when it took it");
  }
}

/** RFC 6962, section 2.1.1, and the signature of the tree. */
async function checkProof(
  body: Uint8Array<ArrayBuffer>,
  proof: InclusionProof,
  log: TrustedLog,
): Promise<void> {
  const root = await rootFrom(body, proof);
  if (!areEqual(root, proof.rootHash)) {
    throw logInvalid("its proof leads to another tree");
  }
  const checkpoint = parseCheckpoint(proof.checkpoint);
  if (
    checkpoint.size !== proof.treeSize || !areEqual(checkpoint.rootHash, root)
  ) {
    throw logInvalid("its checkpoint is of another tree");
  }
  const { signed, signatures } = checkpoint;
  for (const each of signatures) {
    if (!areEqual(each.hint, log.id.subarray(0, 4))) continue;
    if (await isSignedBy(log.key, signed, each.signature)) return;
  }
  throw logInvalid("its checkpoint was not signed by the log");
}

/** The root of the tree that an entry is in, if the hashes beside its path are right (RFC 9162, section 2.1.3.2). */
async function rootFrom(
  body: Uint8Array<ArrayBuffer>,
  { index, treeSize, hashes }: InclusionProof,
): Promise<Uint8Array<ArrayBuffer>> {
  if (index >= treeSize) {
    throw malformed("the inclusion proof", "its place is not in the tree");
  }
  let node = index;
  let last = treeSize - 1n;
  let hash = await sha256(0, body);
  for (const beside of hashes) {
    if (beside.byteLength !== HASH_BYTES) {
      throw malformed("the inclusion proof", "a hash has a wrong length");
    }
    if (last === 0n) throw malformed("the inclusion proof", "it is too long");
    if (node % 2n === 1n || node === last) {
      hash = await sha256(1, beside, hash);
      while (node % 2n === 0n && node !== 0n) {
        node >>= 1n;
        last >>= 1n;
      }
    } else {
      hash = await sha256(1, hash, beside);
    }
    node >>= 1n;
    last >>= 1n;
  }
  if (last !== 0n) throw malformed("the inclusion proof", "it is too short");
  return hash;
}

/** Leaves and nodes are hashed with a different byte in front, so that none passes for the other. */
async function sha256(
  prefix: number,
  ...parts: readonly Uint8Array[]
): Promise<Uint8Array<ArrayBuffer>> {
  const size = parts.reduce((sum, part) => sum + part.byteLength, 1);
  const bytes = new Uint8Array(size);
  bytes[0] = prefix;
  let at = 1;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}
