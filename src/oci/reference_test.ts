import { assertEquals, assertFalse, assertThrows } from "@std/assert";
import { ForgeError } from "../errors.ts";
import { parseDigest } from "./digest.ts";
import {
  formatReference,
  isLoopbackHost,
  parseReference,
  parseRegistryHost,
  parseRepository,
  parseTag,
  type Reference,
  registryApiHost,
  tryParseReference,
} from "./reference.ts";

const DIGEST = parseDigest(`sha256:${"a".repeat(64)}`);

/** What people write, and what it means in full. */
const ACCEPTED: readonly (readonly [string, string])[] = [
  ["notes", "docker.io/library/notes:latest"],
  ["notes:v1", "docker.io/library/notes:v1"],
  ["acme/notes", "docker.io/acme/notes:latest"],
  ["docker.io/notes", "docker.io/library/notes:latest"],
  ["index.docker.io/acme/notes", "docker.io/acme/notes:latest"],
  ["registry-1.docker.io/notes:v1", "docker.io/library/notes:v1"],
  ["ghcr.io/acme/ext/notes:v1.2.3", "ghcr.io/acme/ext/notes:v1.2.3"],
  ["GHCR.io/acme/notes:V1", "ghcr.io/acme/notes:V1"],
  ["localhost/notes:v1", "localhost/notes:v1"],
  ["localhost:5000/notes", "localhost:5000/notes:latest"],
  ["registry:5000/notes", "registry:5000/notes:latest"],
  ["127.0.0.1:65535/notes", "127.0.0.1:65535/notes:latest"],
  ["[::1]:5000/notes:v1", "[::1]:5000/notes:v1"],
  ["[::1]/notes:v1", "[::1]/notes:v1"],
  [`ghcr.io/acme/notes@${DIGEST}`, `ghcr.io/acme/notes@${DIGEST}`],
  [`ghcr.io/acme/notes:v1@${DIGEST}`, `ghcr.io/acme/notes:v1@${DIGEST}`],
  [`notes:v1@${DIGEST}`, `docker.io/library/notes:v1@${DIGEST}`],
  ["ghcr.io/a--b/c__d/e.f_g:_x", "ghcr.io/a--b/c__d/e.f_g:_x"],
  [`ghcr.io/a:${"t".repeat(128)}`, `ghcr.io/a:${"t".repeat(128)}`],
];

const REFUSED = [
  "",
  "/",
  ":",
  "@",
  ":v1",
  "/notes",
  "notes/",
  "ghcr.io/",
  "ghcr.io//notes",
  "ghcr.io/Acme/notes",
  "ghcr.io/acme/notes:",
  "ghcr.io/acme/notes: v1",
  "ghcr.io/acme/notes:-v1",
  "ghcr.io/acme/notes:.v1",
  `ghcr.io/acme/notes:${"t".repeat(129)}`,
  "ghcr.io/acme/notes:v1:v2",
  "ghcr.io/a___b:v1",
  "ghcr.io/a..b:v1",
  "ghcr.io/../notes:v1",
  "ghcr.io/acme/..:v1",
  "ghcr.io/acme/%2e%2e:v1",
  "ghcr.io/acme/notes?x=1",
  "ghcr.io/acme/notes#x",
  "ghcr.io/acme/no\ttes",
  "ghcr.io/acme/notes\n",
  "ghcr.io\\evil/acme/notes",
  "https://ghcr.io/acme/notes",
  "oci://ghcr.io/acme/notes",
  "ghcr.io:70000/acme/notes",
  "ghcr.io:/acme/notes",
  "ghcr.io:5000:5000/acme/notes",
  "-ghcr.io/acme/notes",
  "999.999.999.999/acme/notes",
  "[:::::]/acme/notes",
  "[::1/acme/notes",
  "user:secret@ghcr.io/acme/notes",
  `ghcr.io/${"a".repeat(250)}:v1`,
];

for (const [text, full] of ACCEPTED) {
  Deno.test(`parseReference() reads ${text} as ${full}`, () => {
    const reference = parseReference(text);
    assertEquals(formatReference(reference), full);
    assertEquals(parseReference(full), reference);
    assertEquals(tryParseReference(text), reference);
  });
}

for (const text of REFUSED) {
  Deno.test(`parseReference() refuses ${JSON.stringify(text)}`, () => {
    const error = assertThrows(() => parseReference(text), ForgeError);
    assertEquals(
      error.code,
      text === "@" ? "DIGEST_INVALID" : "REFERENCE_INVALID",
    );
    assertEquals(tryParseReference(text), undefined);
  });
}

Deno.test("parseReference() says of a bad digest that it is the digest", () => {
  for (const digest of ["", "v1", "sha256:abc", `${DIGEST}@${DIGEST}`]) {
    const text = `ghcr.io/acme/notes@${digest}`;
    const error = assertThrows(() => parseReference(text), ForgeError);
    assertEquals(error.code, "DIGEST_INVALID");
  }
});

Deno.test("no message repeats a password", () => {
  const texts = [
    "https://user:secret@ghcr.io/acme/notes",
    "user:secret@ghcr.io/acme/notes",
    "user:secret@secret@ghcr.io/acme/notes",
    `user:secret@ghcr.io/acme/notes@${DIGEST}`,
  ];
  for (const text of texts) {
    const error = assertThrows(() => parseReference(text), ForgeError);
    assertEquals(error.code, "REFERENCE_INVALID");
    assertFalse(`${error.message} ${error.hint}`.includes("secret"), text);
  }
  const host = assertThrows(
    () => parseRegistryHost("user:secret@ghcr.io"),
    ForgeError,
  );
  assertEquals(
    host.message,
    'Cannot read registry "***@ghcr.io"',
  );
});

Deno.test("no message repeats text without end", () => {
  const error = assertThrows(
    () => parseReference(`ghcr.io/${"A".repeat(1_000_000)}`),
    ForgeError,
  );
  assertEquals(error.code, "REFERENCE_INVALID");
  assertEquals(error.message.length < 300, true);
});

Deno.test("hostile text is refused in linear time", () => {
  const n = 200_000;
  const texts = [
    "a-".repeat(n),
    `${"a".repeat(n)}!`,
    `ghcr.io/${"a--".repeat(n)}`,
    `ghcr.io/${"a/".repeat(n)}`,
    `${"a.".repeat(n)}/x`,
    `${":".repeat(n)}@`,
    `${"@".repeat(n)}/`,
    `${"a@".repeat(n)}`,
  ];
  for (const text of texts) assertEquals(tryParseReference(text), undefined);
});

Deno.test("a reference without tag keeps its digest alone", () => {
  const expected: Reference = {
    registry: "ghcr.io",
    repository: "acme/notes",
    digest: DIGEST,
  };
  assertEquals(parseReference(`ghcr.io/acme/notes@${DIGEST}`), expected);
});

Deno.test("parseRepository() takes what forge.ron keeps apart", () => {
  assertEquals(parseRepository("localhost:5000", "notes"), {
    registry: "localhost:5000",
    repository: "notes",
  });
  assertEquals(parseRepository("docker.io", "notes"), {
    registry: "docker.io",
    repository: "library/notes",
  });
});

for (const image of ["notes:v1", `notes@${DIGEST}`, "", "a b", "Notes"]) {
  Deno.test(`parseRepository() refuses ${JSON.stringify(image)}`, () => {
    const error = assertThrows(
      () => parseRepository("ghcr.io", image),
      ForgeError,
    );
    assertEquals(error.code, "REFERENCE_INVALID");
  });
}

Deno.test("parseTag() knows a digest in the place of a tag", () => {
  const error = assertThrows(() => parseTag(DIGEST), ForgeError);
  assertEquals(error.code, "REFERENCE_INVALID");
  assertEquals(error.hint?.startsWith("That is a digest"), true);
  assertEquals(parseTag("v1.2.3_rc-1"), "v1.2.3_rc-1");
});

Deno.test("only Docker Hub answers under another host", () => {
  assertEquals(registryApiHost("docker.io"), "registry-1.docker.io");
  assertEquals(registryApiHost("ghcr.io"), "ghcr.io");
});

const LOOPBACK = [
  "localhost",
  "localhost:5000",
  "a.localhost",
  "127.0.0.1",
  "127.9.9.9:80",
  "[::1]",
  "[::1]:5000",
];

const NOT_LOOPBACK = [
  "localhost.example",
  "notlocalhost",
  "127.0.0.1.example",
  "128.0.0.1",
  "1127.0.0.1",
  "0.0.0.0",
  "[::2]",
  "[::ffff:127.0.0.1]",
  "10.0.0.1",
  "",
];

Deno.test("isLoopbackHost() tells this machine from those that look like it", () => {
  for (const host of LOOPBACK) assertEquals(isLoopbackHost(host), true, host);
  for (const host of NOT_LOOPBACK) {
    assertEquals(isLoopbackHost(host), false, host);
  }
});
