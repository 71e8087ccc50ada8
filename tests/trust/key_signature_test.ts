/** Signatures made with a key: what is accepted, and everything else that is refused. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { ForgeError } from "../../src/errors.ts";
import type { Digest } from "../../src/oci/mod.ts";
import {
  generateKeyPair,
  type ImageSignature,
  parsePublicKey,
  parseSigningKey,
  signBundle,
  signSimple,
  type TrustPolicy,
  verifySignature,
  verifySignatures,
} from "../../src/trust/mod.ts";
import { type BundleJson, pae, statement } from "./keyless.ts";
import { base64 } from "./sigstore.ts";

const IMAGE: Digest = `sha256:${"ab".repeat(32)}`;
const OTHER: Digest = `sha256:${"cd".repeat(32)}`;
const IN_TOTO = "application/vnd.in-toto+json";
const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const pair = await generateKeyPair("");
const key = await parseSigningKey(pair.privatePem, "acme.key");
const policy: TrustPolicy = {
  keys: [await parsePublicKey(pair.publicPem, "acme.pub")],
  identities: [],
};
const stranger: TrustPolicy = {
  keys: [
    await parsePublicKey((await generateKeyPair("")).publicPem, "stranger.pub"),
  ],
  identities: [],
};

/** A bundle whose payload is ours and whose signature holds. */
function bundleOf(
  payload: Uint8Array<ArrayBuffer>,
  alter: (json: BundleJson) => void = () => {},
  payloadType = IN_TOTO,
): ImageSignature {
  const json = {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { publicKey: { hint: "x" } },
    dsseEnvelope: {
      payload: base64(payload),
      payloadType,
      signatures: [{ sig: base64(key.sign(pae(payloadType, payload))) }],
    },
  };
  alter(json);
  return { form: "bundle", bundle: encode(JSON.stringify(json)) };
}

function simpleOf(payload: unknown): ImageSignature {
  const bytes = typeof payload === "string"
    ? encode(payload)
    : encode(JSON.stringify(payload));
  const signature = base64(key.sign(bytes, { form: "simplesigning" }));
  return { form: "simplesigning", payload: bytes, signature };
}

async function codeOf(
  signature: ImageSignature,
  trust: TrustPolicy = policy,
): Promise<string> {
  const error = await assertRejects(
    () => verifySignature(signature, { subjects: [IMAGE], policy: trust }),
    ForgeError,
  );
  return error.code;
}

const critical = {
  identity: { "docker-reference": "ghcr.io/acme/notes" },
  image: { "docker-manifest-digest": IMAGE },
  type: "cosign container image signature",
};

Deno.test("both forms are accepted from the trusted key", async () => {
  const signatures = [
    await signBundle(IMAGE, key),
    signSimple({ digest: IMAGE, dockerReference: "ghcr.io/acme/notes" }, key),
    bundleOf(statement(IMAGE)),
    simpleOf({ critical, optional: { a: 1 } }),
  ];
  for (const signature of signatures) {
    const verified = await verifySignature(signature, {
      subjects: [OTHER, IMAGE],
      policy,
    });
    assertEquals(verified.form, signature.form);
    assertEquals(verified.subject, IMAGE);
    assertEquals(verified.signer, {
      kind: "key",
      name: "acme.pub",
      fingerprint: policy.keys[0]!.fingerprint,
    });
  }
});

Deno.test("another key is not trusted, whatever it signs", async () => {
  assertEquals(
    await codeOf(await signBundle(IMAGE, key), stranger),
    "SIGNATURE_UNTRUSTED",
  );
  assertEquals(
    await codeOf(simpleOf({ critical }), stranger),
    "SIGNATURE_UNTRUSTED",
  );
  const none: TrustPolicy = { keys: [], identities: [] };
  assertEquals(
    await codeOf(simpleOf({ critical }), none),
    "SIGNATURE_UNTRUSTED",
  );
});

Deno.test("the signature of another image is refused as that", async () => {
  assertEquals(
    await codeOf(await signBundle(OTHER, key)),
    "SIGNATURE_SUBJECT_MISMATCH",
  );
  const replayed = signSimple({ digest: OTHER, dockerReference: "" }, key);
  assertEquals(await codeOf(replayed), "SIGNATURE_SUBJECT_MISMATCH");
  assertEquals(
    await codeOf(bundleOf(statement(IMAGE, { subject: [] }))),
    "SIGNATURE_SUBJECT_MISMATCH",
  );
  const upper = { subject: [{ digest: { sha256: "AB".repeat(32) } }] };
  assertEquals(
    await codeOf(bundleOf(statement(IMAGE, upper))),
    "SIGNATURE_SUBJECT_MISMATCH",
  );
});

Deno.test("what the trusted key signed for another purpose is refused as that", async () => {
  const provenance = statement(IMAGE, {
    predicateType: "https://slsa.dev/provenance/v1",
  });
  assertEquals(await codeOf(bundleOf(provenance)), "SIGNATURE_TYPE_MISMATCH");
  const typed = statement(IMAGE, { _type: "https://example.test/Statement" });
  assertEquals(await codeOf(bundleOf(typed)), "SIGNATURE_TYPE_MISMATCH");
  const other = bundleOf(statement(IMAGE), undefined, "application/json");
  assertEquals(await codeOf(other), "SIGNATURE_TYPE_MISMATCH");
  const atomic = {
    critical: { ...critical, type: "atomic container signature" },
  };
  assertEquals(await codeOf(simpleOf(atomic)), "SIGNATURE_TYPE_MISMATCH");
});

Deno.test("an encoding of one form does not pass for the other", async () => {
  // A DSSE encoding as a payload of the old form.
  const payload = pae(IN_TOTO, statement(IMAGE));
  const signature = base64(key.sign(payload));
  assertEquals(
    await codeOf({ form: "simplesigning", payload, signature }),
    "SIGNATURE_MALFORMED",
  );
  // A signature of the bare statement, without the encoding.
  const bare = bundleOf(statement(IMAGE), (json) => {
    json.dsseEnvelope.signatures[0].sig = base64(key.sign(statement(IMAGE)));
  });
  assertEquals(await codeOf(bare), "SIGNATURE_UNTRUSTED");
  // The boundary between type and payload, moved by one byte.
  const shifted = bundleOf(statement(IMAGE), (json) => {
    json.dsseEnvelope.payloadType = IN_TOTO;
    const moved = encode(` ${decode(statement(IMAGE))}`);
    json.dsseEnvelope.payload = base64(moved);
  });
  assertEquals(await codeOf(shifted), "SIGNATURE_UNTRUSTED");
});

Deno.test("a payload with a key twice is refused although it is signed", async () => {
  const twice = decode(statement(IMAGE)).replace(
    `"subject":`,
    `"subject":[{"digest":{"sha256":"${"cd".repeat(32)}"}}],"subject":`,
  );
  assertEquals(await codeOf(bundleOf(encode(twice))), "SIGNATURE_MALFORMED");
  const simple = `{"critical":${JSON.stringify(critical)},"critical":{}}`;
  assertEquals(await codeOf(simpleOf(simple)), "SIGNATURE_MALFORMED");
});

Deno.test("envelopes and bundles that are not well formed are refused", async () => {
  const good = statement(IMAGE);
  const cases: Readonly<
    Record<string, readonly [string, (json: BundleJson) => void]>
  > = {
    "no signature": [
      "SIGNATURE_MALFORMED",
      (json) => json.dsseEnvelope.signatures = [],
    ],
    "two signatures": [
      "SIGNATURE_MALFORMED",
      (json) =>
        json.dsseEnvelope.signatures.push(json.dsseEnvelope.signatures[0]),
    ],
    "signatures that are no list": [
      "SIGNATURE_MALFORMED",
      (json) => json.dsseEnvelope.signatures = {},
    ],
    "no envelope": [
      "SIGNATURE_UNSUPPORTED",
      (json) => delete json.dsseEnvelope,
    ],
    "two contents": [
      "SIGNATURE_MALFORMED",
      (json) => json.messageSignature = {},
    ],
    "no material": [
      "SIGNATURE_MALFORMED",
      (json) => delete json.verificationMaterial,
    ],
    "two signers": [
      "SIGNATURE_MALFORMED",
      (json) => json.verificationMaterial.certificate = { rawBytes: "AAAA" },
    ],
    "another type": [
      "SIGNATURE_UNSUPPORTED",
      (json) => json.mediaType = "application/json",
    ],
    "base64 with spare bits": [
      "SIGNATURE_MALFORMED",
      (json) =>
        json.dsseEnvelope.payload = json.dsseEnvelope.payload.slice(0, -4) +
          "AB==",
    ],
    "many log entries": [
      "SIGNATURE_MALFORMED",
      (json) => json.verificationMaterial.tlogEntries = Array(100).fill({}),
    ],
    "a huge bundle": [
      "SIGNATURE_MALFORMED",
      (json) => json.padding = "x".repeat(300_000),
    ],
  };
  for (const [name, [code, alter]] of Object.entries(cases)) {
    assertEquals(await codeOf(bundleOf(good, alter)), code, name);
  }
  for (const text of ["", "null", "[]", "<html>", `{"mediaType":1}`]) {
    const error = await assertRejects(
      () =>
        verifySignature({ form: "bundle", bundle: encode(text) }, {
          subjects: [IMAGE],
          policy,
        }),
      ForgeError,
    );
    assert(/MALFORMED|UNSUPPORTED/.test(error.code), text);
  }
});

Deno.test("a signature in another spelling of DER is refused", async () => {
  const games: Readonly<Record<string, (der: number[]) => number[]>> = {
    "bytes after the end": (der) => [...der, 0],
    "a long length": (der) => [0x30, 0x81, der[1]!, ...der.slice(2)],
    "an indefinite length": (der) => [0x30, 0x80, ...der.slice(2), 0, 0],
    "a zero in front of a number": (der) => {
      const size = der[3]!;
      const padded = [0x02, size + 1, 0, ...der.slice(4, 4 + size)];
      return [0x30, der[1]! + 1, ...padded, ...der.slice(4 + size)];
    },
    "nothing": () => [],
  };
  for (const [name, change] of Object.entries(games)) {
    const signature = bundleOf(statement(IMAGE), (json) => {
      const [only] = json.dsseEnvelope.signatures;
      const der = [...atob(only.sig)].map((char) => char.charCodeAt(0));
      only.sig = base64(Uint8Array.from(change(der)));
    });
    assertEquals(await codeOf(signature), "SIGNATURE_MALFORMED", name);
  }
});

Deno.test("no bit of what is signed, nor of the signature, can be flipped", async () => {
  const signed = await signBundle(IMAGE, key);
  const json = JSON.parse(decode(signed.bundle));
  for (const place of ["payload", "sig"] as const) {
    const holder = place === "payload"
      ? json.dsseEnvelope
      : json.dsseEnvelope.signatures[0];
    const original = holder[place];
    const bytes = Uint8Array.from(atob(original), (char) => char.charCodeAt(0));
    for (let i = 0; i < bytes.byteLength * 8; i++) {
      const flipped = bytes.slice();
      flipped[i >> 3]! ^= 1 << (i & 7);
      holder[place] = base64(flipped);
      const bundle = encode(JSON.stringify(json));
      const code = await codeOf({ form: "bundle", bundle });
      assert(
        code === "SIGNATURE_UNTRUSTED" || code === "SIGNATURE_MALFORMED",
        `${place} ${i}: ${code}`,
      );
    }
    holder[place] = original;
  }
});

Deno.test("no bit of an old payload can be flipped", async () => {
  const signed = signSimple({
    digest: IMAGE,
    dockerReference: "ghcr.io/acme/notes",
  }, key);
  for (let i = 0; i < signed.payload.byteLength * 8; i++) {
    const payload = signed.payload.slice();
    payload[i >> 3]! ^= 1 << (i & 7);
    assertEquals(
      await codeOf({ ...signed, payload }),
      "SIGNATURE_UNTRUSTED",
      String(i),
    );
  }
});

Deno.test("one signature that holds is enough, whatever lies beside it", async () => {
  const strange = { form: "bundle", bundle: encode("?") } as const;
  const good = await signBundle(IMAGE, key);
  const options = { subjects: [IMAGE], policy };
  const verified = await verifySignatures([
    strange,
    simpleOf({ critical: 1 }),
    good,
  ], options);
  assertEquals(verified.subject, IMAGE);
});

Deno.test("of several refusals the one that says most is told", async () => {
  const options = { subjects: [IMAGE], policy };
  const replayed = await signBundle(OTHER, key);
  const strange = { form: "bundle", bundle: encode("?") } as const;
  const error = await assertRejects(
    () => verifySignatures([strange, replayed], options),
    ForgeError,
  );
  assertEquals(error.code, "SIGNATURE_SUBJECT_MISMATCH");
  const none = await assertRejects(
    () => verifySignatures([], options),
    ForgeError,
  );
  assertEquals(none.code, "SIGNATURE_MISSING");
});
