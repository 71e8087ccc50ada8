import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ForgeError, type ForgeErrorCode } from "../errors.ts";
import { formatLock } from "./format.ts";
import type { Lock } from "./model.ts";
import { parseLock } from "./parse.ts";
import { digest, entry } from "./samples_test.ts";

function refusal(text: string): ForgeError {
  return assertThrows(() => parseLock(text), ForgeError);
}

Deno.test("the text of a lock is sorted, one block an extension", () => {
  const text = formatLock({ extensions: [entry("notes"), entry("greeter")] });
  assertEquals(
    text,
    `// Written by forge from forge.ron: commit it, leave the editing to forge.
Lock(
    version: 1,
    extensions: [
        (name: "greeter",
            reference: "ghcr.io/acme/greeter:v1",
            manifest_digest: "${digest("greeter manifest")}",
            layer_digest: "${digest("greeter layer")}",
            sha256: "${digest("greeter module").slice(7)}", size_bytes: 412),

        (name: "notes",
            reference: "ghcr.io/acme/notes:v1",
            manifest_digest: "${digest("notes manifest")}",
            layer_digest: "${digest("notes layer")}",
            sha256: "${digest("notes module").slice(7)}", size_bytes: 412),

    ],
)
`,
  );
});

Deno.test("the text does not depend on the order of the extensions", () => {
  const names = ["b", "a-1", "a", "c", "a-b", "a1"];
  const inOrder = formatLock({ extensions: names.map((name) => entry(name)) });
  const reversed = names.toReversed().map((name) => entry(name));
  assertEquals(formatLock({ extensions: reversed }), inOrder);
});

Deno.test("an empty lock is a lock", () => {
  assertEquals(parseLock(formatLock({ extensions: [] })), { extensions: [] });
});

Deno.test("what is written is read back, whatever is in it", () => {
  const hex = (length: number) =>
    fc.string({
      unit: fc.constantFrom(..."0123456789abcdef"),
      minLength: length,
      maxLength: length,
    });
  const slug = fc.stringMatching(/^[a-z0-9]+(?:-[a-z0-9]+){0,3}$/);
  const locked = fc.record({
    name: slug,
    reference: slug.map((name) => `localhost:5000/acme/${name}:v1.0_x-y`),
    manifestDigest: hex(128).map((text) => `sha512:${text}` as const),
    layerDigest: hex(64).map((text) => `sha256:${text}` as const),
    sha256: hex(64),
    sizeBytes: fc.maxSafeNat(),
  }, { noNullPrototype: true });
  const unique = fc.uniqueArray(locked, { selector: (each) => each.reference });
  fc.assert(fc.property(unique, (extensions) => {
    const lock: Lock = { extensions };
    const text = formatLock(lock);
    const read = parseLock(text);
    assertEquals(new Set(read.extensions), new Set(extensions));
    assertEquals(formatLock(read), text);
  }));
});

Deno.test("layout and spelling of the text are free", () => {
  const text = formatLock({ extensions: [entry("greeter")] });
  const crammed = text.replace(/\s*\n\s*(?!\/\/)/g, "\n").replace("Lock(", "(")
    .replace('"greeter"', 'r#"greeter"#').replace("412", "0x19C");
  assertEquals(parseLock(crammed).extensions, [entry("greeter")]);
});

Deno.test("two references of one name are two entries, as while one moves", () => {
  const extensions = [
    entry("greeter"),
    entry("greeter", { reference: "ghcr.io/acme/greeter:v2" }),
  ];
  assertEquals(parseLock(formatLock({ extensions })).extensions, extensions);
});

const SOUND = formatLock({ extensions: [entry("greeter"), entry("notes")] });

const REFUSED: readonly (readonly [
  what: string,
  code: ForgeErrorCode,
  change: (text: string) => string,
])[] = [
  ["nothing at all", "LOCK_INVALID", () => ""],
  ["another language", "LOCK_INVALID", () => '{"version": 1}'],
  ["binary", "LOCK_INVALID", () => "\0asm\x01\0\0\0"],
  ["half a file", "LOCK_INVALID", (text) => text.slice(0, text.length / 2)],
  ["no version", "LOCK_INVALID", (text) => text.replace("version: 1,", "")],
  ["a version in words", "LOCK_INVALID", (text) => text.replace("1,", '"1",')],
  [
    "a later version with other fields",
    "LOCK_VERSION_UNSUPPORTED",
    () => "Lock(version: 2, packages: {})",
  ],
  [
    "version 0",
    "LOCK_VERSION_UNSUPPORTED",
    (text) => text.replace("version: 1", "version: 0"),
  ],
  [
    "a field that nobody knows",
    "LOCK_INVALID",
    (text) => text.replace("size_bytes", "signed_by: 1, size_bytes"),
  ],
  [
    "a field that nobody knows at the top",
    "LOCK_INVALID",
    (text) => text.replace("version: 1", "version: 1, policy: 2"),
  ],
  [
    "a missing field",
    "LOCK_INVALID",
    (text) => text.replace(/layer_digest: "[^"]*",/, ""),
  ],
  [
    "a field twice",
    "LOCK_INVALID",
    (text) => text.replace('reference: "', 'reference: "a/b:c", reference: "'),
  ],
  [
    "a name with an escape of the terminal",
    "LOCK_INVALID",
    (text) => text.replace('"greeter"', '"\\u{1b}[2J"'),
  ],
  [
    "a name in other letters",
    "LOCK_INVALID",
    (text) => text.replace('"greeter"', '"grüßer"'),
  ],
  [
    "a reference without a registry",
    "LOCK_INVALID",
    (text) => text.replace("ghcr.io/acme/greeter:v1", "greeter:v1"),
  ],
  [
    "a reference with a scheme",
    "LOCK_INVALID",
    (text) => text.replace('"ghcr.io', '"https://ghcr.io'),
  ],
  [
    "a digest that is too short",
    "LOCK_INVALID",
    (text) => text.replace(/(manifest_digest: "[^"]*)0"/, '$1"'),
  ],
  [
    "a sha256 with its algorithm",
    "LOCK_INVALID",
    (text) => text.replace('sha256: "', 'sha256: "sha256:'),
  ],
  [
    "a sha256 in capitals",
    "LOCK_INVALID",
    (text) => text.replace(/sha256: "[^"]*"/, (it) => it.toUpperCase()),
  ],
  ["a size below zero", "LOCK_INVALID", (text) => text.replace("412", "-1")],
  [
    "a size beyond all numbers",
    "LOCK_INVALID",
    (text) => text.replace("412", "18446744073709551615"),
  ],
  [
    "an entry twice",
    "LOCK_INVALID",
    (text) =>
      text.replace('"notes"', '"greeter"').replaceAll(
        "acme/notes",
        "acme/greeter",
      ),
  ],
  [
    "one tag with two contents",
    "LOCK_INVALID",
    (text) => text.replace("acme/notes", "acme/greeter"),
  ],
  [
    "conflict markers",
    "LOCK_CONFLICT",
    (text) =>
      text.replace(
        "        (name",
        "<<<<<<< HEAD\n=======\n>>>>>>> theirs\n        (name",
      ),
  ],
  [
    "the markers of diff3",
    "LOCK_CONFLICT",
    (text) => text.replace("    ],", "||||||| base\r\n    ],"),
  ],
];

for (const [what, code, change] of REFUSED) {
  Deno.test(`a lock is refused for ${what}`, () => {
    const changed = change(SOUND);
    assert(changed !== SOUND, "the text has been changed");
    const error = refusal(changed);
    assertEquals(error.code, code, error.message);
    assert(error.hint !== undefined);
  });
}

Deno.test("a refusal says where", () => {
  const error = refusal(SOUND.replace('"notes"', '"No Tes"'));
  assertEquals(
    error.message,
    "Cannot read forge.lock: line 11, column 16: the name is not one of an extension",
  );
  const conflict = refusal(SOUND.replace("    ext", "<<<<<<< HEAD\n    ext"));
  assertEquals(
    conflict.message,
    "Cannot read forge.lock: line 4 has a conflict marker of git",
  );
});

Deno.test("whatever the bytes, a lock is read or refused", () => {
  const codes = new Set([
    "LOCK_CONFLICT",
    "LOCK_INVALID",
    "LOCK_VERSION_UNSUPPORTED",
  ]);
  const damaged = fc.tuple(
    fc.nat(SOUND.length),
    fc.nat(40),
    fc.string({ maxLength: 12, unit: "binary" }),
  );
  fc.assert(fc.property(damaged, ([at, length, text]) => {
    try {
      parseLock(SOUND.slice(0, at) + text + SOUND.slice(at + length));
    } catch (error) {
      assert(error instanceof ForgeError, String(error));
      assert(codes.has(error.code), error.code);
    }
  }));
});

Deno.test("ten thousand brackets are refused, not followed", () => {
  const text = `Lock(version: 1, extensions: ${"[".repeat(10_000)}`;
  assertEquals(refusal(text).code, "LOCK_INVALID");
});
