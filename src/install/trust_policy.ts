/**
 * From the files that a plan names to a policy.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import type { Files } from "../platform/types.ts";
import type { PublicKey, TrustedRoot, TrustPolicy } from "../trust/mod.ts";
import type { PlannedTrust, TrustFile } from "./plan.ts";

/**
 * Reads the keys and the trusted root of a plan.
 *
 * @throws {ForgeError} `FILE_NOT_FOUND`, `FILE_UNREADABLE`,
 * `TRUST_KEY_INVALID` or `TRUST_ROOT_INVALID`.
 *
 * @example
 * ```ts
 * import { openProject, platform, readTrustPolicy } from "@forgepoint/forge";
 *
 * const { plan } = await openProject({ platform });
 * for (const planned of plan.extensions) {
 *   if (planned.source !== "oci" || planned.trust === undefined) continue;
 *   const policy = await readTrustPolicy(planned.trust, platform.files);
 *   policy.keys.map(({ fingerprint }) => fingerprint);
 * }
 * ```
 */
export async function readTrustPolicy(
  trust: PlannedTrust,
  files: Pick<Files, "read" | "stat">,
): Promise<TrustPolicy> {
  const { keys, identities, trustedRoot } = trust;
  return {
    keys: await Promise.all(keys.map((key) => readKey(key, files))),
    identities,
    root: trustedRoot === undefined
      ? undefined
      : await readRoot(trustedRoot, files),
  };
}

async function readKey(
  file: TrustFile,
  files: Pick<Files, "read" | "stat">,
): Promise<PublicKey> {
  const { MAX_KEY_BYTES, parsePublicKey } = await import("../trust/mod.ts");
  const bytes = await readTrustFile(file, MAX_KEY_BYTES, files);
  return await parsePublicKey(new TextDecoder().decode(bytes), file.name);
}

async function readRoot(
  file: TrustFile,
  files: Pick<Files, "read" | "stat">,
): Promise<TrustedRoot> {
  const { MAX_TRUSTED_ROOT_BYTES, parseTrustedRoot } = await import(
    "../trust/mod.ts"
  );
  const bytes = await readTrustFile(file, MAX_TRUSTED_ROOT_BYTES, files);
  return await parseTrustedRoot(bytes, file.name);
}

async function readTrustFile(
  { name, path }: TrustFile,
  maxBytes: number,
  files: Pick<Files, "read" | "stat">,
): Promise<Uint8Array<ArrayBuffer>> {
  const hint =
    "Correct its path under trust in forge.ron: relative paths start at the directory of the configuration";
  const stat = await files.stat(path).catch(() => undefined);
  if (stat === undefined) {
    throw new ForgeError(
      "FILE_NOT_FOUND",
      `Cannot find "${path}", which says whose signatures to trust`,
      { hint },
    );
  }
  try {
    if (stat.size > maxBytes) throw new Error(`it has ${stat.size} bytes`);
    return await files.read(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ForgeError(
      "FILE_UNREADABLE",
      `Cannot read "${name}", which says whose signatures to trust: ${reason}`,
      { hint, cause },
    );
  }
}
