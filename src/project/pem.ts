/**
 * Certificates and keys in files.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import type { Files } from "../platform/types.ts";

/** What a file has to hold. */
export type PemContent = "certificate" | "private key";

/** Options of {@linkcode readPem}. */
export interface ReadPemOptions {
  /** The disk. */
  readonly files: Pick<Files, "read">;
  /** What the file has to hold. */
  readonly holds: PemContent;
}

/** The first line of each (RFC 7468, sections 5 and 10; older ones name the kind of key). */
const FIRST_LINE: Readonly<Record<PemContent, RegExp>> = {
  certificate: /^-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/m,
  "private key": /^-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/m,
};

/** A key that wants a passphrase (RFC 7468, section 11; RFC 1421, section 4.6.1.1). */
const ENCRYPTED = /BEGIN ENCRYPTED PRIVATE KEY|^Proc-Type: 4,ENCRYPTED/m;

/**
 * Reads a file that `forge.ron` names, and looks whether it can be what it
 * should: the runtimes take any text, and then trust nobody without a word.
 *
 * @throws {ForgeError} `FILE_UNREADABLE`.
 */
export async function readPem(
  path: string,
  options: ReadPemOptions,
): Promise<string> {
  const { files, holds } = options;
  let text: string;
  try {
    text = new TextDecoder().decode(await files.read(path));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ForgeError(
      "FILE_UNREADABLE",
      `Cannot read the ${holds} "${path}": ${reason}`,
      { hint: "Correct its path under registries in forge.ron", cause },
    );
  }
  if (holds === "private key" && ENCRYPTED.test(text)) {
    throw new ForgeError(
      "FILE_UNREADABLE",
      `Cannot use the private key "${path}": it is encrypted`,
      {
        hint:
          "Name a key without a passphrase, readable by this user only: openssl pkey -in KEY -out KEY.plain",
      },
    );
  }
  if (FIRST_LINE[holds].test(text)) return text;
  throw new ForgeError(
    "FILE_UNREADABLE",
    `Cannot use "${path}": it holds no ${holds} in PEM`,
    {
      hint:
        `Name a file with "-----BEGIN ..." under registries in forge.ron; DER is turned into PEM by openssl x509 -inform der`,
    },
  );
}
