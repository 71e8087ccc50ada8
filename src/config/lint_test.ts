import { assert, assertEquals, assertFalse } from "@std/assert";
import { resolve } from "@std/path";
import type { FileStat } from "../platform/types.ts";
import { checkConfig, type ConfigCheck, formatFinding } from "./check.ts";
import { LINT_SEVERITIES } from "./finding.ts";

const DIGEST = `Digest("sha256:${"0123456789abcdef".repeat(4)}")`;
const ROOT = resolve("/srv/app");

/** A configuration with these fields in `Extensions`. */
function extensions(...fields: readonly string[]): string {
  return `(extensions: (\n${fields.join(",\n")}\n))`;
}

function oci(name: string, changes: Readonly<Record<string, string>> = {}) {
  const fields = {
    name: `"${name}"`,
    registry: '"ghcr.io"',
    image: `"acme/${name}"`,
    reference: DIGEST,
    ...changes,
  };
  return `(${
    Object.entries(fields).map((pair) => pair.join(": ")).join(", ")
  })`;
}

const NOTES = `oci: [${oci("notes")}]`;

function auth(username: string, token: string): string {
  return `auth: {"ghcr.io": (username_env: ${username}, token_env: ${token})}`;
}

function tokenEnv(value: string): string {
  return extensions(NOTES, auth('Some("GHCR_USER")', `Some("${value}")`));
}

/** The codes, each with the text that it points at. */
function pointedAt(text: string, { findings }: ConfigCheck): string[] {
  return findings.map(({ code, offset, length }) =>
    `${code} ${text.slice(offset, offset + length)}`
  );
}

const ACCEPTED: Readonly<Record<string, string>> = {
  "an empty configuration": "()",
  "an image by digest": extensions(NOTES),
  "two versions of an image": extensions(
    `oci: [${oci("a", { image: '"x/y"' })}, ${
      oci("b", { image: '"x/y"', reference: DIGEST.replace("0", "1") })
    }]`,
  ),
  "an image of one name in two registries": extensions(
    `oci: [${oci("a", { image: '"x/y"' })}, ${
      oci("b", { image: '"x/y"', registry: '"docker.io"' })
    }]`,
  ),
  "names of which one begins with the other": extensions(
    'local: [(name: "my-ext", path: "a"), (name: "my-ext2", path: "b")]',
  ),
  "variables in upper case": extensions(
    NOTES,
    auth('Some("GHCR_USERNAME")', 'Some("GHCR_TOKEN")'),
  ),
  "variables in lower case, of several words": tokenEnv("github_token"),
  "a variable in mixed case": tokenEnv("GhcrToken"),
  "a long variable with digits": tokenEnv("CI_REGISTRY_2_DEPLOY_TOKEN_V2"),
  "auth that names nothing": extensions(NOTES, auth("None", "None")),
  "auth under another spelling of the host": extensions(
    `oci: [${oci("a", { registry: '"index.docker.io"' })}]`,
    'auth: {"Docker.io": (username_env: Some("U"), token_env: Some("T"))}',
  ),
  "auth and settings of a mirror": extensions(
    NOTES,
    'auth: {"m.example": (username_env: Some("U"), token_env: Some("T"))}',
    'registries: {"ghcr.io": (mirrors: ["m.example"]), "m.example": (timeout_secs: Some(5))}',
  ),
  "plain HTTP on loopback": extensions(
    `oci: [${oci("a", { registry: '"localhost:5000"' })}]`,
    'registries: {"localhost:5000": (plain_http: true)}',
  ),
  "offline mode with digests": extensions(
    NOTES,
    "settings: (offline_mode: true)",
  ),
};

for (const [what, text] of Object.entries(ACCEPTED)) {
  Deno.test(`nothing is found in ${what}`, async () => {
    const checked = await checkConfig(text);
    assertEquals(pointedAt(text, checked), []);
    assert(checked.usable);
  });
}

const TOKEN = "UnlikelyVariable";
const SECRET = "CredentialInFile";

const FLAGGED: readonly (readonly [text: string, ...found: string[]])[] = [
  [
    extensions(`oci: [${oci("a", { reference: 'Tag("v1")' })}]`),
    'MutableTag Tag("v1")',
  ],
  [
    extensions(NOTES, 'trust: Some((required: false, keys: ["a.pub"]))'),
    "UnusedTrust false",
  ],
  [
    extensions("settings: (verify_checksums: false)"),
    "ChecksumsOff false",
  ],
  [
    extensions(
      `oci: [${oci("a", { reference: 'Tag("v1")' })}]`,
      "settings: (offline_mode: true)",
    ),
    'MutableTag Tag("v1")',
    "OfflineTags true",
  ],
  [
    extensions("settings: (ofline_mode: true)"),
    "UnknownField ofline_mode",
  ],
  [
    extensions(
      `oci: [${oci("a", { image: '"x/y"' })}, ${
        oci("b", { image: '"x/y"', registry: '"GHCR.IO"' })
      }]`,
    ),
    `SameImage ${oci("b", { image: '"x/y"', registry: '"GHCR.IO"' })}`,
  ],
  [
    extensions('local: [(name: "a", path: "./x"), (name: "b", path: "x")]'),
    'SameFile "x"',
  ],
  [
    extensions(
      'local: [(name: "my-ext", path: "x"), (name: "my_ext", path: "y")]',
    ),
    'InvalidConfig "my_ext"',
    'NameCollision "my_ext"',
  ],
  [extensions(auth("None", "None")), 'UnusedAuth "ghcr.io"'],
  [
    extensions(NOTES, 'registries: {"gchr.io": ()}'),
    'UnusedRegistry "gchr.io"',
  ],
  [
    extensions(NOTES, 'registries: {"ghcr.io": (plain_http: true)}'),
    "PlainHttp true",
  ],
  [
    extensions(NOTES, auth('Some("U")', "None")),
    'IncompleteAuth Some("U")',
  ],
  [
    extensions(NOTES, auth("None", 'Some("T")')),
    'IncompleteAuth Some("T")',
  ],
  [
    extensions(NOTES, auth('Some("octocat")', 'Some("T")')),
    `${TOKEN} Some("octocat")`,
  ],
  [
    extensions(NOTES, 'auth: {"u:pw@ghcr.io": ()}'),
    `${SECRET} "u:pw@ghcr.io"`,
    'UnusedAuth "u:pw@ghcr.io"',
    "InvalidConfig ()",
  ],
  [
    extensions(`oci: [${oci("a", { registry: '"u:pw@ghcr.io"' })}]`),
    `${SECRET} "u:pw@ghcr.io"`,
  ],
  [
    extensions(`oci: [${oci("a", { image: '"u:pw@acme/a"' })}]`),
    `${SECRET} "u:pw@acme/a"`,
  ],
  [
    extensions(
      NOTES,
      'registries: {"ghcr.io": (mirrors: ["u:pw@m.example"], allowed_hosts: ["u:pw@b.example"])}',
    ),
    `${SECRET} "u:pw@m.example"`,
    `${SECRET} "u:pw@b.example"`,
  ],
];

for (const [text, ...found] of FLAGGED) {
  Deno.test(`flagged in its place: ${found.join(", ")}`, async () => {
    assertEquals(pointedAt(text, await checkConfig(text)), found);
  });
}

/** Made up, in the form of the real ones. */
const SECRETS: readonly string[] = [
  "ghp_aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5",
  "gho_aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5",
  "github_pat_11AAAAAAA0aBcDeFgHiJkL_mNoPqRsTuVwXyZ",
  "glpat-aB3dE5gH7jK9mN1pQ3sT",
  "gldt-aB3dE5gH7jK9mN1pQ3sT",
  "dckr_pat_aB3dE5gH7jK9mN1pQ3sT5vW7yZ9",
  "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
  "AKIAABCDEFGHIJKLMNOP",
  "hunter2!",
  "correct horse battery staple",
  "alice@example.com",
  "12345678",
  "",
];

for (const secret of SECRETS) {
  Deno.test(`"${secret}" is no name of a variable`, async () => {
    const text = tokenEnv(secret);
    const { findings } = await checkConfig(text);
    assertEquals(findings.map(({ code }) => code), [SECRET]);
    assertEquals(findings[0]?.severity, "error");
  });
}

for (const value of ["octocat", "password1", "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9"]) {
  Deno.test(`"${value}" is an unlikely name for a variable`, async () => {
    const { findings } = await checkConfig(tokenEnv(value));
    assertEquals(findings.map(({ code }) => code), [TOKEN]);
  });
}

Deno.test("what is found about a credential never repeats it", async () => {
  const texts = [
    ...SECRETS.filter((secret) => secret !== "").map((secret) =>
      [secret, tokenEnv(secret)] as const
    ),
    [
      "s3cr3t",
      extensions(`oci: [${
        oci("a", {
          registry: '"u:s3cr3t@ghcr.io"',
          reference: 'Tag("v1")',
        })
      }]`),
    ] as const,
    ["s3cr3t", extensions('auth: {"u:s3cr3t@ghcr.io": ()}')] as const,
    // Not even when the text is no configuration.
    [SECRETS[0]!, `(token: "${SECRETS[0]}" oops)`] as const,
  ];
  for (const [secret, text] of texts) {
    const { findings, maskedText } = await checkConfig(text, {
      surroundings: machine({}),
    });
    assert(findings.length > 0, text);
    assertEquals(maskedText.length, text.length);
    for (const finding of findings) {
      const shown = formatFinding(finding, maskedText) +
        JSON.stringify(finding);
      assertFalse(shown.includes(secret), shown);
    }
  }
});

Deno.test("masking leaves digests, references and addresses alone", async () => {
  const text = extensions(
    `oci: [${oci("a", { registry: '"localhost:5000"' })}]`,
    "// ask ops@example.com: image@sha256:12 was localhost:5000/a@sha256:12",
  );
  const { maskedText } = await checkConfig(text);
  assertEquals(maskedText, text);
});

Deno.test("masking takes time in proportion to the text", async () => {
  for (const piece of ["a:", "u:p", "eyJ-", "ghp_", "eyJaaaaaaaaa.a", "@:"]) {
    const text = `(x: "${piece.repeat(20_000)}")`;
    const { maskedText } = await checkConfig(text);
    assertEquals(maskedText.length, text.length);
  }
});

Deno.test("a text that cannot be used has its errors and no lints", async () => {
  const { findings, usable } = await checkConfig(
    "(extensions: (settings: (verify_checksums: no)))",
  );
  assertFalse(usable);
  assertEquals(findings.map(({ code }) => code), ["ExpectedBoolean"]);
});

Deno.test("a remark is printed as one", async () => {
  const { findings, maskedText } = await checkConfig(
    extensions(
      `oci: [${oci("a", { reference: 'Tag("v1")' })}]`,
      "settings: (offline_mode: true)",
    ),
  );
  const remark = findings.find(({ severity }) => severity === "info");
  assert(remark !== undefined);
  assert(formatFinding(remark, maskedText).startsWith("info[OfflineTags]: "));
});

// What the machine has

function machine(
  has: {
    readonly files?: Readonly<Record<string, FileStat["kind"]>>;
    readonly env?: Readonly<Record<string, string>>;
  },
) {
  const kinds = new Map(
    Object.entries(has.files ?? {})
      .map(([path, kind]) => [resolve(ROOT, path), kind] as const),
  );
  return {
    root: ROOT,
    env: (name: string) => has.env?.[name],
    files: {
      stat: (path: string) => {
        if (path.endsWith("locked")) {
          return Promise.reject(new Error("permission denied"));
        }
        const kind = kinds.get(path);
        return Promise.resolve(kind && { kind, size: 1, modifiedMs: 0 });
      },
    },
  };
}

const NEEDY = extensions(
  NOTES,
  'local: [(name: "a", path: "./a.wasm"), (name: "b", path: "/opt/b.wasm")]',
  auth('Some("U")', 'Some("T")'),
  `registries: {"ghcr.io": (
    ca_file: Some("ca.pem"),
    client_certificate: Some((cert_file: "c.pem", key_file: "k.pem")),
  )}`,
  `trust: Some((
    keys: ["a.pub"],
    identities: [(identity: "a@b.test", issuer: "https://i.test")],
    trusted_root: Some("root.json"),
  ))`,
);

Deno.test("variables and files that are there are not found wanting", async () => {
  const files = Object.fromEntries(
    [
      "a.wasm",
      "/opt/b.wasm",
      "ca.pem",
      "c.pem",
      "k.pem",
      "a.pub",
      "root.json",
    ]
      .map((path) => [path, "file" as const]),
  );
  const env = { U: "u", T: "t" };
  const checked = await checkConfig(NEEDY, {
    surroundings: machine({ files, env }),
  });
  assertEquals(pointedAt(NEEDY, checked), []);
});

Deno.test("variables and files that are not there are found, each in its place", async () => {
  const checked = await checkConfig(NEEDY, {
    surroundings: machine({ env: { U: "" }, files: { "a.wasm": "directory" } }),
  });
  assertEquals(pointedAt(NEEDY, checked), [
    'MissingFile "./a.wasm"',
    'MissingFile "/opt/b.wasm"',
    'UnsetVariable Some("U")',
    'UnsetVariable Some("T")',
    'MissingCertificate Some("ca.pem")',
    'MissingCertificate "c.pem"',
    'MissingCertificate "k.pem"',
    'MissingTrust "a.pub"',
    'MissingTrust Some("root.json")',
  ]);
});

Deno.test("a file that cannot be looked at says why", async () => {
  const { findings } = await checkConfig(
    extensions('local: [(name: "a", path: "locked")]'),
    { surroundings: machine({}) },
  );
  assert(findings[0]?.message.endsWith("permission denied"));
});

Deno.test("certificates are not missed offline", async () => {
  const { findings } = await checkConfig(
    extensions(
      NOTES,
      'registries: {"ghcr.io": (ca_file: Some("ca.pem"))}',
      "settings: (offline_mode: true)",
    ),
    { surroundings: machine({}) },
  );
  assertEquals(findings, []);
});

Deno.test("every lint has a test above and the severity that it is listed with", async () => {
  const texts = [...FLAGGED.map(([text]) => text), tokenEnv("hunter2!"), NEEDY];
  const seen = new Set<string>();
  for (const text of texts) {
    const { findings } = await checkConfig(text, {
      surroundings: machine({}),
    });
    for (const { code, severity } of findings) {
      const listed = Object.entries(LINT_SEVERITIES)
        .find(([name]) => name === code);
      if (listed === undefined) continue;
      assertEquals(severity, listed[1]);
      seen.add(code);
    }
  }
  assertEquals([...seen].sort(), Object.keys(LINT_SEVERITIES).sort());
});
