/** Signatures that cosign made, recorded by scripts/cosign_round_trips.ts. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { ForgeError } from "../../src/errors.ts";
import type { Digest } from "../../src/oci/mod.ts";
import {
  generateKeyPair,
  type ImageSignature,
  parsePublicKey,
  verifySignatures,
} from "../../src/trust/mod.ts";

interface Recording {
  readonly cosign: string;
  readonly publicKey: string;
  readonly recorded: readonly {
    readonly subject: Digest;
    readonly signatures: readonly {
      readonly form: ImageSignature["form"];
      readonly content: string;
      readonly signature?: string;
    }[];
  }[];
}

const DIRECTORY = new URL("../fixtures/cosign/", import.meta.url);
const OTHER: Digest = `sha256:${"0".repeat(64)}`;

function signatureOf(
  { form, content, signature = "" }:
    Recording["recorded"][number]["signatures"][number],
): ImageSignature {
  const bytes = Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
  return form === "bundle"
    ? { form, bundle: bytes }
    : { form, payload: bytes, signature };
}

async function policyOf(pem: string) {
  return { keys: [await parsePublicKey(pem, "cosign.pub")], identities: [] };
}

for (const version of ["2.5.0", "2.6.1", "3.1.3"]) {
  Deno.test(`what cosign ${version} signed is verified, and only with its key, for its image`, async () => {
    const text = await Deno.readTextFile(new URL(`${version}.json`, DIRECTORY));
    const { cosign, publicKey, recorded }: Recording = JSON.parse(text);
    assertEquals(cosign, version);
    const policy = await policyOf(publicKey);
    const stranger = await policyOf((await generateKeyPair("")).publicPem);
    assertEquals(recorded.length, 2);
    for (const { subject, signatures } of recorded) {
      const all = signatures.map(signatureOf);
      assert(all.length > 0);
      const { signer, subject: signed } = await verifySignatures(all, {
        subjects: [subject],
        policy,
      });
      assertEquals([signer.kind, signed], ["key", subject]);
      for (
        const options of [
          { subjects: [OTHER], policy },
          { subjects: [subject], policy: stranger },
        ]
      ) {
        await assertRejects(() => verifySignatures(all, options), ForgeError);
      }
    }
  });
}
