/**
 * Making signatures of images, as cosign makes them.
 *
 * @module
 */

import { type Digest, digestBytes, digestHex } from "../oci/mod.ts";
import { encodeBase64 } from "./base64.ts";
import { formatKeyBundle } from "./bundle.ts";
import { IN_TOTO_PAYLOAD, preAuthEncoding } from "./dsse.ts";
import type { ImageSignature } from "./signature.ts";
import { formatSimpleSigning } from "./simple_signing.ts";
import type { SigningKey } from "./signing_key.ts";
import { formatStatement } from "./statement.ts";

/**
 * Signs an image in the new form: a Sigstore bundle.
 *
 * @param digest What to sign: the digest that a reference resolves to.
 * @param key The key.
 */
export async function signBundle(
  digest: Digest,
  key: SigningKey,
): Promise<Extract<ImageSignature, { form: "bundle" }>> {
  const payload = formatStatement(digest);
  const signature = key.sign(preAuthEncoding(IN_TOTO_PAYLOAD, payload));
  const spki = new Uint8Array(
    await crypto.subtle.exportKey("spki", key.publicKey.key),
  );
  // What cosign puts there: the hash of the key, in base64.
  const hint = encodeBase64(fromHex(digestHex(await digestBytes(spki))));
  const envelope = { payloadType: IN_TOTO_PAYLOAD, payload, signature };
  return { form: "bundle", bundle: formatKeyBundle(envelope, hint) };
}

/**
 * Signs an image in the old form: a simple signing payload.
 *
 * @param digest What to sign: the digest that a reference resolves to.
 * @param dockerReference The name to sign it under, `ghcr.io/acme/notes`.
 */
export function signSimple(
  { digest, dockerReference }: {
    readonly digest: Digest;
    readonly dockerReference: string;
  },
  key: SigningKey,
): Extract<ImageSignature, { form: "simplesigning" }> {
  const payload = formatSimpleSigning({ digest, dockerReference });
  const signature = encodeBase64(key.sign(payload, { form: "simplesigning" }));
  return { form: "simplesigning", payload, signature };
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (each) => parseInt(each, 16));
}
