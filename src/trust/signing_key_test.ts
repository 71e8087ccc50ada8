import {
  assert,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { generateKeyPairSync } from "node:crypto";
import { ForgeError } from "../errors.ts";
import { parsePublicKey } from "./public_key.ts";
import { isSignedBy } from "./read_public_key.ts";
import { generateKeyPair, parseSigningKey } from "./signing_key.ts";

const DATA = new TextEncoder().encode("what is signed");

const KINDS = {
  "P-256": () => generateKeyPairSync("ec", { namedCurve: "prime256v1" }),
  "P-384": () => generateKeyPairSync("ec", { namedCurve: "secp384r1" }),
  Ed25519: () => generateKeyPairSync("ed25519"),
  RSA: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
};

Deno.test("a signature of every kind of key is verified with its public half, and no other", async () => {
  for (const [kind, generate] of Object.entries(KINDS)) {
    const pem = generate().privateKey.export({ type: "pkcs8", format: "pem" })
      .toString();
    const key = await parseSigningKey(pem, "test.key");
    assertEquals(key.publicKey.algorithm, kind);
    const publicKey = await parsePublicKey(key.publicPem, "test.pub");
    const other = await parsePublicKey(
      generate().publicKey.export({ type: "spki", format: "pem" }).toString(),
      "other.pub",
    );
    for (const form of ["bundle", "simplesigning"] as const) {
      const signature = key.sign(DATA, { form });
      assert(await isSignedBy(publicKey, DATA, signature), kind);
      assertEquals(await isSignedBy(other, DATA, signature), false, kind);
      const changed = DATA.slice();
      changed[0]! ^= 1;
      assertEquals(
        await isSignedBy(publicKey, changed, signature),
        false,
        kind,
      );
    }
  }
});

Deno.test("a new key is encrypted with its password, and opens with no other", async () => {
  const { privatePem, publicPem } = await generateKeyPair("correct horse");
  assertStringIncludes(
    privatePem,
    "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----",
  );
  const key = await parseSigningKey(privatePem, "test.key", {
    password: () => Promise.resolve("correct horse"),
  });
  assertEquals(key.publicPem, publicPem);
  const wrong = await assertRejects(
    () =>
      parseSigningKey(privatePem, "test.key", {
        password: () => Promise.resolve("battery"),
      }),
    ForgeError,
  );
  assertEquals(wrong.code, "SIGNING_KEY_PASSWORD");
  const nobody = await assertRejects(
    () => parseSigningKey(privatePem, "test.key"),
    ForgeError,
  );
  assertEquals(nobody.code, "SIGNING_KEY_PASSWORD");
});

Deno.test("a new key without a password is PKCS #8", async () => {
  const { privatePem, publicPem } = await generateKeyPair("");
  assertStringIncludes(privatePem, "-----BEGIN PRIVATE KEY-----");
  const key = await parseSigningKey(privatePem, "test.key");
  assertEquals(key.publicPem, publicPem);
  assertNotEquals((await generateKeyPair("")).publicPem, publicPem);
});

Deno.test("what is no private key is refused without a word of what is in it", async () => {
  const { privatePem } = await generateKeyPair("");
  const secret = privatePem.split("\n")[1]!;
  const { publicPem } = await generateKeyPair("");
  const damaged = privatePem.replace(
    secret,
    secret.split("").reverse().join(""),
  );
  const huge = JSON.stringify({
    kdf: { name: "scrypt", params: { N: 2 ** 30, r: 8, p: 1 }, salt: "AAAA" },
    cipher: { name: "nacl/secretbox", nonce: btoa("n".repeat(24)) },
    ciphertext: "AAAA",
  });
  const encrypted = `-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n${
    btoa(huge)
  }\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n`;
  for (
    const text of [
      "",
      "hello",
      publicPem,
      damaged,
      privatePem + privatePem,
      encrypted,
    ]
  ) {
    const error = await assertRejects(
      () =>
        parseSigningKey(text, "test.key", {
          password: () => Promise.resolve("x"),
        }),
      ForgeError,
    );
    assertEquals(error.code, "SIGNING_KEY_INVALID");
    assertEquals(error.message.includes(secret), false);
  }
});

Deno.test("files that hold no public key are refused, a private key by name", async () => {
  const { privatePem, publicPem } = await generateKeyPair("");
  const wrong =
    generateKeyPairSync("ec", { namedCurve: "secp521r1" }).publicKey;
  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey;
  const texts = [
    "",
    privatePem,
    publicPem + publicPem,
    publicPem.replaceAll("PUBLIC KEY", "CERTIFICATE"),
    publicPem.replace("MFkw", "MFkx"),
    wrong.export({ type: "spki", format: "pem" }).toString(),
    weak.export({ type: "spki", format: "pem" }).toString(),
  ];
  for (const text of texts) {
    const error = await assertRejects(
      () => parsePublicKey(text, "acme.pub"),
      ForgeError,
    );
    assertEquals(error.code, "TRUST_KEY_INVALID", text);
    assertStringIncludes(error.message, `"acme.pub"`);
  }
});

Deno.test("a point that is not on the curve is no key", async () => {
  const { publicPem } = await generateKeyPair("");
  const [, head = "", tail = ""] = publicPem.split("\n");
  const bytes = Uint8Array.from(
    atob(head + tail),
    (char) => char.charCodeAt(0),
  );
  bytes[bytes.length - 1]! ^= 1;
  const text = `-----BEGIN PUBLIC KEY-----\n${
    btoa(String.fromCharCode(...bytes))
  }\n-----END PUBLIC KEY-----\n`;
  const error = await assertRejects(
    () => parsePublicKey(text, "acme.pub"),
    ForgeError,
  );
  assertEquals(error.code, "TRUST_KEY_INVALID");
});
