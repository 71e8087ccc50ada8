import { assertEquals, assertThrows } from "@std/assert";
import { ForgeError } from "../errors.ts";
import {
  digestAlgorithm,
  digestBytes,
  Digester,
  digestHex,
  parseDigest,
  tryParseDigest,
} from "./digest.ts";

const ZEROS_64 = "0".repeat(64);
const ZEROS_128 = "0".repeat(128);
/** FIPS 180-4 example values for the text "abc". */
const ABC_SHA256 =
  "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const ABC_SHA512 =
  "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" +
  "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";

const ACCEPTED = [
  `sha256:${ZEROS_64}`,
  `sha512:${ZEROS_128}`,
  ABC_SHA256,
  ABC_SHA512,
];

const REFUSED = [
  "",
  ":",
  "sha256",
  "sha256:",
  `sha256${ZEROS_64}`,
  `sha256:${ZEROS_64}0`,
  `sha256:${ZEROS_64.slice(1)}`,
  `sha256:${ZEROS_128}`,
  `sha512:${ZEROS_64}`,
  `SHA256:${ZEROS_64}`,
  `sha256:${"A".repeat(64)}`,
  `sha256:${"g".repeat(64)}`,
  `sha256:${ZEROS_64}\n`,
  ` sha256:${ZEROS_64}`,
  `sha256:${ZEROS_64.slice(1)}\0`,
  `sha256:../${ZEROS_64.slice(3)}`,
  `sha256:${"\u0660".repeat(64)}`,
  `md5:${"0".repeat(32)}`,
  `sha384:${"0".repeat(96)}`,
  `sha256+b64:${ZEROS_64}`,
  `constructor:${ZEROS_64}`,
];

for (const text of ACCEPTED) {
  Deno.test(`parseDigest() accepts ${text.slice(0, 20)}...`, () => {
    assertEquals<string>(parseDigest(text), text);
    assertEquals<string | undefined>(tryParseDigest(text), text);
  });
}

for (const text of REFUSED) {
  Deno.test(`parseDigest() refuses ${JSON.stringify(text)}`, () => {
    const error = assertThrows(() => parseDigest(text), ForgeError);
    assertEquals(error.code, "DIGEST_INVALID");
    assertEquals(tryParseDigest(text), undefined);
  });
}

Deno.test("parseDigest() does not repeat text without end in its message", () => {
  const error = assertThrows(
    () => parseDigest(`sha256:${"0".repeat(1_000_000)}`),
    ForgeError,
  );
  assertEquals(error.message.length < 300, true);
});

Deno.test("a digest comes apart into its algorithm and its hex digits", () => {
  const digest = parseDigest(ABC_SHA512);
  assertEquals(digestAlgorithm(digest), "sha512");
  assertEquals(digestHex(digest), ABC_SHA512.slice("sha512:".length));
  assertEquals(digestAlgorithm(parseDigest(ABC_SHA256)), "sha256");
});

Deno.test("digestBytes() gives the published values", async () => {
  const abc = new TextEncoder().encode("abc");
  assertEquals<string>(await digestBytes(abc), ABC_SHA256);
  assertEquals<string>(await digestBytes(abc, "sha512"), ABC_SHA512);
});

Deno.test("digestBytes() hashes a view, not the buffer behind it", async () => {
  const behind = new TextEncoder().encode("xabcx");
  assertEquals<string>(await digestBytes(behind.subarray(1, 4)), ABC_SHA256);
});

Deno.test("Digester gives the same digest however the bytes are cut", () => {
  for (const cuts of [["abc"], ["", "a", "bc"], ["a", "b", "c", ""]]) {
    const digester = new Digester();
    for (const cut of cuts) digester.update(new TextEncoder().encode(cut));
    assertEquals(digester.size, 3);
    assertEquals<string>(digester.digest(), ABC_SHA256);
  }
});

Deno.test("Digester knows SHA-512 and the digest of nothing", () => {
  const digester = new Digester("sha512");
  assertEquals(digester.size, 0);
  assertEquals(
    digester.digest().slice(0, 23),
    "sha512:cf83e1357eefb8bd",
  );
});
