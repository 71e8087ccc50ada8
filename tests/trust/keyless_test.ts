/** Signatures made with a certificate: everything that must hold, each broken once. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { ForgeError } from "../../src/errors.ts";
import type { Digest } from "../../src/oci/mod.ts";
import { childrenOf, type DerElement, readDer } from "../../src/trust/der.ts";
import {
  type ImageSignature,
  parseTrustedRoot,
  type TrustPolicy,
  verifySignature,
} from "../../src/trust/mod.ts";
import {
  booleanTrue,
  der,
  objectId,
  sequence,
  utf8String,
} from "../../src/testing/der.ts";
import {
  keylessBundle,
  type KeylessOptions,
  keylessSimple,
  statement,
} from "./keyless.ts";
import {
  base64,
  dsseBody,
  extension,
  IDENTITY,
  ISSUER,
  SIGNED_AT,
  Sigstore,
} from "./sigstore.ts";

const IMAGE: Digest = `sha256:${"ab".repeat(32)}`;
const OTHER: Digest = `sha256:${"cd".repeat(32)}`;
const MINUTE = 60_000;
const encode = (text: string) => new TextEncoder().encode(text);

const sigstore = new Sigstore();
const root = await parseTrustedRoot(sigstore.trustedRootBytes(), "root.json");
const policy: TrustPolicy = {
  keys: [],
  identities: [{ identity: IDENTITY, issuer: ISSUER }],
  root,
};

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

const bundle = (options?: KeylessOptions) =>
  keylessBundle(sigstore, IMAGE, options);

Deno.test("an identity is accepted in both forms, with the time of the log", async () => {
  for (const signature of [bundle(), keylessSimple(sigstore, IMAGE)]) {
    const verified = await verifySignature(signature, {
      subjects: [IMAGE],
      policy,
    });
    assertEquals(verified.signer, {
      kind: "identity",
      identity: IDENTITY,
      issuer: ISSUER,
    });
    assertEquals(verified.signedAtMs, SIGNED_AT);
  }
});

Deno.test("a log that proves and promises nothing else is enough with a timestamp", async () => {
  const signature = bundle({
    log: { promise: false },
    timestampMs: SIGNED_AT + MINUTE,
  });
  const verified = await verifySignature(signature, {
    subjects: [IMAGE],
    policy,
  });
  assertEquals(verified.signedAtMs, SIGNED_AT + MINUTE);
});

Deno.test("a promise without a proof is enough, as in cosign's old form", async () => {
  const signature = bundle({ log: { proof: false } });
  await verifySignature(signature, { subjects: [IMAGE], policy });
});

Deno.test("identities may be trusted by what they begin with", async () => {
  const trust = (identity: string, issuer = ISSUER): TrustPolicy => ({
    ...policy,
    identities: [{ identity, issuer }],
  });
  const begins =
    "https://github.com/acme/notes/.github/workflows/release.yml@refs/tags/*";
  await verifySignature(bundle(), { subjects: [IMAGE], policy: trust(begins) });
  const refused = [
    trust("https://github.com/acme/other/*"),
    trust("*"),
    trust("https://*.com/acme/notes"),
    trust("https://*"),
    // Anybody may have a host that begins so.
    trust("https://github.com*"),
    trust("https*"),
    trust(IDENTITY.slice(0, -1)),
    trust(IDENTITY.toUpperCase()),
    trust(IDENTITY, "https://accounts.google.com"),
    trust(IDENTITY, `${ISSUER}/`),
  ];
  for (const each of refused) {
    assertEquals(await codeOf(bundle(), each), "CERTIFICATE_IDENTITY_MISMATCH");
  }
});

Deno.test("a mail address is an identity too", async () => {
  const identity = "ada@example.test";
  const trust = { ...policy, identities: [{ identity, issuer: ISSUER }] };
  const signature = bundle({ certificate: { identity } });
  await verifySignature(signature, { subjects: [IMAGE], policy: trust });
});

Deno.test("without a trusted root no certificate is accepted", async () => {
  const { root: _, ...trust } = policy;
  assertEquals(await codeOf(bundle(), trust), "CERTIFICATE_UNTRUSTED");
});

Deno.test("another instance is not trusted", async () => {
  const foreign = new Sigstore();
  const signature = keylessBundle(foreign, IMAGE);
  // Its log is the first thing that is not known here.
  assertEquals(await codeOf(signature), "SIGNATURE_LOG_INVALID");
  const mixed = {
    ...root,
    signatureLogs:
      (await parseTrustedRoot(foreign.trustedRootBytes(), "f")).signatureLogs,
  };
  assertEquals(
    await codeOf(signature, { ...policy, root: mixed }),
    "CERTIFICATE_UNTRUSTED",
  );
});

const CERTIFICATES: Readonly<
  Record<string, readonly [code: string, KeylessOptions]>
> = {
  "issued by nobody": ["CERTIFICATE_UNTRUSTED", {
    certificate: { isForged: true },
  }],
  "in no log": ["CERTIFICATE_NOT_LOGGED", {
    certificate: { isUnlogged: true },
  }],
  "expired before it signed": [
    "CERTIFICATE_EXPIRED",
    { certificate: { notAfter: SIGNED_AT - 1000 } },
  ],
  "not valid yet": [
    "CERTIFICATE_EXPIRED",
    { certificate: { notBefore: SIGNED_AT + MINUTE } },
  ],
  "used after it expired, by the time of the log": [
    "CERTIFICATE_EXPIRED",
    { log: { timeMs: SIGNED_AT + 60 * MINUTE } },
  ],
  "used after it expired, by one of two times": [
    "CERTIFICATE_EXPIRED",
    { timestampMs: SIGNED_AT + 60 * MINUTE },
  ],
  "not for signing code": without("2.5.29.37"),
  "not for digital signatures": without("2.5.29.15"),
  "of nobody": without("2.5.29.17"),
  "without an issuer of the identity": [
    "CERTIFICATE_INVALID",
    {
      certificate: {
        alterExtensions(found) {
          found.delete("1.3.6.1.4.1.57264.1.1");
          found.delete("1.3.6.1.4.1.57264.1.8");
        },
      },
    },
  ],
  "of two issuers": withExtension(
    "1.3.6.1.4.1.57264.1.1",
    encode("https://evil.test"),
  ),
  "of two people": withExtension(
    "2.5.29.17",
    sequence(der(0x81, encode("a@b.test")), der(0x86, encode(IDENTITY))),
  ),
  "of a DNS name": withExtension(
    "2.5.29.17",
    sequence(der(0x82, encode("acme.test"))),
  ),
  "of a name with a zero in it": withExtension(
    "2.5.29.17",
    sequence(der(0x86, encode(`${IDENTITY}\0`))),
  ),
  "of a mail address that reads like a URI": withExtension(
    "2.5.29.17",
    sequence(der(0x81, encode(IDENTITY))),
  ),
  "of a URI that reads like a mail address": withExtension(
    "2.5.29.17",
    sequence(der(0x86, encode("ada@example.test"))),
  ),
  "of a user name that reads like a URI": withExtension(
    "2.5.29.17",
    sequence(userName(IDENTITY)),
  ),
  "of a user name that reads like a mail address": withExtension(
    "2.5.29.17",
    sequence(userName("ada@example.test")),
  ),
  "an authority itself": withExtension("2.5.29.19", sequence(booleanTrue())),
  "with something critical that is not known": withExtension(
    "1.2.3.4",
    utf8String("?"),
    true,
  ),
  "for servers": withExtension(
    "2.5.29.37",
    sequence(objectId("1.3.6.1.5.5.7.3.1")),
  ),
};

/** Fulcio, docs/oid-info.md: an otherName with a UTF8String. */
function userName(text: string): Uint8Array {
  return der(
    0xa0,
    objectId("1.3.6.1.4.1.57264.1.7"),
    der(0xa0, utf8String(text)),
  );
}

Deno.test("a user name is an identity too, and only as that", async () => {
  const identity = "ada!example.test";
  const signature = bundle({
    certificate: {
      alterExtensions: (found) =>
        void found.set(
          "2.5.29.17",
          extension("2.5.29.17", sequence(userName(identity))),
        ),
    },
  });
  const trust = { ...policy, identities: [{ identity, issuer: ISSUER }] };
  await verifySignature(signature, { subjects: [IMAGE], policy: trust });
  assertEquals(await codeOf(signature), "CERTIFICATE_IDENTITY_MISMATCH");
});

function without(id: string): readonly [string, KeylessOptions] {
  return ["CERTIFICATE_INVALID", {
    certificate: { alterExtensions: (found) => void found.delete(id) },
  }];
}

function withExtension(
  id: string,
  value: Uint8Array,
  isCritical = false,
): readonly [string, KeylessOptions] {
  return ["CERTIFICATE_INVALID", {
    certificate: {
      alterExtensions: (found) =>
        void found.set(id, extension(id, value, isCritical)),
    },
  }];
}

Deno.test("a certificate that is not what it should be is refused by its own code", async () => {
  for (const [name, [code, options]] of Object.entries(CERTIFICATES)) {
    assertEquals(await codeOf(bundle(options)), code, name);
    if (options.timestampMs !== undefined) continue;
    assertEquals(
      await codeOf(keylessSimple(sigstore, IMAGE, options)),
      code,
      `old: ${name}`,
    );
  }
});

Deno.test("a log entry must be there, of a log that is known, and about this signature", async () => {
  const payload = statement(IMAGE);
  const cases: Readonly<Record<string, readonly [string, KeylessOptions]>> = {
    "none": ["SIGNATURE_LOG_INVALID", { isUnlogged: true }],
    "neither promised nor proved": [
      "SIGNATURE_LOG_INVALID",
      { log: { promise: false, proof: false }, timestampMs: SIGNED_AT },
    ],
    "of something else": [
      "SIGNATURE_LOG_INVALID",
      { log: { body: dsseBody(encode("else"), encode("s"), encode("c")) } },
    ],
    "of the payload with another signature": [
      "SIGNATURE_LOG_INVALID",
      { log: { body: dsseBody(payload, encode("s"), encode("c")) } },
    ],
    "of an unknown kind": [
      "SIGNATURE_UNSUPPORTED",
      {
        log: {
          body: encode(`{"kind":"alpine","apiVersion":"0.0.1","spec":{}}`),
        },
      },
    ],
    "that is not JSON": ["SIGNATURE_MALFORMED", { log: { body: encode("?") } }],
    "no time that is trusted": ["SIGNATURE_TIME_INVALID", {
      log: { promise: false },
    }],
  };
  for (const [name, [code, options]] of Object.entries(cases)) {
    assertEquals(await codeOf(bundle(options)), code, name);
  }
});

const TAMPERED: Readonly<Record<string, (entry: LogJson) => void>> = {
  "another time": (entry) =>
    entry.integratedTime = String(SIGNED_AT / 1000 + 1),
  "another place in the log": (entry) => entry.logIndex = "43",
  "another promise": (entry) =>
    flip(entry.inclusionPromise, "signedEntryTimestamp"),
  "another place in the tree": (entry) => entry.inclusionProof.logIndex = "1",
  "a place outside of the tree": (entry) => entry.inclusionProof.logIndex = "5",
  "another size of the tree": (entry) => entry.inclusionProof.treeSize = "6",
  "a hash too few": (entry) => entry.inclusionProof.hashes.pop(),
  "a hash too many": (entry) =>
    entry.inclusionProof.hashes.push(entry.inclusionProof.rootHash),
  "another hash": (entry) => flip(entry.inclusionProof.hashes, 0),
  "another root": (entry) => flip(entry.inclusionProof, "rootHash"),
  "a checkpoint of another tree": (entry) =>
    entry.inclusionProof.checkpoint.envelope = entry.inclusionProof.checkpoint
      .envelope
      .replace("\n5\n", "\n6\n"),
  "a checkpoint that nobody signed": (entry) =>
    entry.inclusionProof.checkpoint.envelope =
      entry.inclusionProof.checkpoint.envelope
        .split("\n\n")[0] + "\n\n",
  "a checkpoint with another origin": (entry) =>
    entry.inclusionProof.checkpoint.envelope = entry.inclusionProof.checkpoint
      .envelope
      .replace("log.test - 1", "log.test - 2"),
  "another log": (entry) => flip(entry.logId, "keyId"),
};

// deno-lint-ignore no-explicit-any -- tests reach for any place in it
type LogJson = any;

// deno-lint-ignore no-explicit-any -- tests reach for any place in it
function flip(holder: any, key: string | number): void {
  const bytes = Uint8Array.from(
    atob(holder[key]),
    (char) => char.charCodeAt(0),
  );
  bytes[bytes.length - 1]! ^= 1;
  holder[key] = base64(bytes);
}

Deno.test("nothing in a log entry can be changed", async () => {
  for (const [name, change] of Object.entries(TAMPERED)) {
    const signature = bundle({
      alter: (json) => change(json.verificationMaterial.tlogEntries[0]),
    });
    assertEquals(await codeOf(signature), "SIGNATURE_LOG_INVALID", name);
  }
});

Deno.test("the entry of another signature of the same signer is no help", async () => {
  const other = JSON.parse(new TextDecoder().decode(
    (keylessBundle(sigstore, OTHER) as Extract<
      ImageSignature,
      { form: "bundle" }
    >).bundle,
  ));
  const signature = bundle({
    alter(json) {
      json.verificationMaterial.tlogEntries =
        other.verificationMaterial.tlogEntries;
    },
  });
  assertEquals(await codeOf(signature), "SIGNATURE_LOG_INVALID");
});

Deno.test("the certificate of another signature is no help", async () => {
  const other = JSON.parse(new TextDecoder().decode(
    (bundle() as Extract<ImageSignature, { form: "bundle" }>).bundle,
  ));
  const signature = bundle({
    alter(json) {
      json.verificationMaterial.certificate =
        other.verificationMaterial.certificate;
    },
  });
  assertEquals(await codeOf(signature), "SIGNATURE_UNTRUSTED");
});

Deno.test("the signature of another image is refused as that", async () => {
  assertEquals(
    await codeOf(keylessBundle(sigstore, OTHER)),
    "SIGNATURE_SUBJECT_MISMATCH",
  );
  assertEquals(
    await codeOf(keylessSimple(sigstore, OTHER)),
    "SIGNATURE_SUBJECT_MISMATCH",
  );
});

Deno.test("an attestation of the same signer is refused as that", async () => {
  const payload = statement(IMAGE, {
    predicateType: "https://slsa.dev/provenance/v1",
  });
  assertEquals(await codeOf(bundle({ payload })), "SIGNATURE_TYPE_MISMATCH");
});

Deno.test("no byte of a certificate can be changed", async () => {
  const signature = bundle() as Extract<ImageSignature, { form: "bundle" }>;
  const json = JSON.parse(new TextDecoder().decode(signature.bundle));
  const holder = json.verificationMaterial.certificate;
  const bytes = Uint8Array.from(
    atob(holder.rawBytes),
    (char) => char.charCodeAt(0),
  );
  for (let i = 0; i < bytes.byteLength; i++) {
    const flipped = bytes.slice();
    flipped[i]! ^= 1 << (i % 8);
    holder.rawBytes = base64(flipped);
    const code = await codeOf({
      form: "bundle",
      bundle: encode(JSON.stringify(json)),
    });
    assert(/^(CERTIFICATE|SIGNATURE)_/.test(code), `${i}: ${code}`);
  }
});

Deno.test("no byte of a timestamp that is signed can be changed", async () => {
  const signature = bundle({
    log: { promise: false },
    timestampMs: SIGNED_AT,
  }) as Extract<
    ImageSignature,
    { form: "bundle" }
  >;
  const json = JSON.parse(new TextDecoder().decode(signature.bundle));
  const [holder] =
    json.verificationMaterial.timestampVerificationData.rfc3161Timestamps;
  const bytes = Uint8Array.from(
    atob(holder.signedTimestamp),
    (char) => char.charCodeAt(0),
  );
  // Around the parts that are signed stand some that say nothing: versions, copies of what is known already.
  const signed = signedParts(bytes);
  assert(signed.length > 200);
  for (const i of signed) {
    const flipped = bytes.slice();
    flipped[i]! ^= 1 << (i % 8);
    holder.signedTimestamp = base64(flipped);
    const bundle = encode(JSON.stringify(json));
    assertEquals(
      await codeOf({ form: "bundle", bundle }),
      "SIGNATURE_TIME_INVALID",
      String(i),
    );
  }
});

/** Places in a token of the content, the signed attributes and the signature. */
function signedParts(token: Uint8Array<ArrayBuffer>): readonly number[] {
  const at = (element: DerElement) => {
    const start = element.content.byteOffset - token.byteOffset;
    return Array.from(element.content, (_, i) => start + i);
  };
  const path = (element: DerElement, ...steps: readonly number[]): DerElement =>
    steps.reduce((each, step) => childrenOf(each).at(step)!, element);
  const data = path(readDer(token, "the token"), 1, 1, 0);
  const signer = path(data, -1, 0);
  return [
    ...at(path(data, 2, 1, 0)),
    ...at(path(signer, 3)),
    ...at(path(signer, 5)),
  ];
}

Deno.test("a file that is no trusted root is refused", async () => {
  const json = sigstore.trustedRoot();
  const texts = [
    "",
    "[]",
    JSON.stringify({ ...json, mediaType: "application/json" }),
    JSON.stringify({ ...json, certificateAuthorities: [] }),
    JSON.stringify({ ...json, tlogs: [{ publicKey: {}, logId: {} }] }),
    JSON.stringify({ ...json, tlogs: 1 }),
    JSON.stringify(json).replace(`"tlogs"`, `"ctlogs"`),
  ];
  for (const text of texts) {
    const error = await assertRejects(
      () => parseTrustedRoot(encode(text), "root.json"),
      ForgeError,
    );
    assertEquals(error.code, "TRUST_ROOT_INVALID", text.slice(0, 80));
  }
});
