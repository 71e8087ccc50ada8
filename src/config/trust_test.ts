import { assertEquals, assertThrows } from "@std/assert";
import { checkConfig } from "./check.ts";
import { trustOf } from "./model.ts";
import { parseConfig } from "./parse.ts";
import { ConfigError } from "./problem.ts";

const KEY = `keys: ["a.pub"]`;
const IDENTITY =
  `identities: [(identity: "a@b.test", issuer: "https://i.test")]`;
const ROOT = `trusted_root: Some("root.json")`;

function file(trust: string, own?: string): string {
  return `(extensions: (
    oci: [(name: "notes", registry: "ghcr.io", image: "a/notes", reference: Tag("v1"),${
    own === undefined ? "" : `trust: ${own}`
  })],
    trust: ${trust},
  ))`;
}

function parse(trust: string, own?: string) {
  const { config } = parseConfig(file(trust, own));
  return trustOf(config, config.oci[0]!);
}

Deno.test("trust holds for all, and an extension's own instead of it", () => {
  const keys = (path: string) => ({
    required: true,
    keys: [path],
    identities: [],
    trustedRoot: undefined,
  });
  assertEquals(parse("None"), undefined);
  assertEquals(parse(`Some(Trust(${KEY}))`), keys("a.pub"));
  assertEquals(
    parse(`Some((${KEY}))`, `Some((keys: ["b.pub"]))`),
    keys("b.pub"),
  );
  assertEquals(parse(`Some((${KEY}))`, "None"), keys("a.pub"));
  assertEquals(parse(`Some((${KEY}))`, "Some((required: false))"), undefined);
  assertEquals(
    parse("Some((required: false))", `Some((${KEY}))`),
    keys("a.pub"),
  );
  assertEquals(parse(`Some((${IDENTITY}, ${ROOT}))`), {
    required: true,
    keys: [],
    identities: [{ identity: "a@b.test", issuer: "https://i.test" }],
    trustedRoot: "root.json",
  });
});

const REFUSED:
  readonly (readonly [why: string, trust: string, findings: number])[] = [
    ["nobody is named", "Some(())", 1],
    ["a path is empty", `Some((keys: [""]))`, 1],
    ["the root is empty", `Some((${KEY}, trusted_root: Some("")))`, 1],
    ["identities without a root", `Some((${IDENTITY}))`, 1],
    [
      "everybody",
      `Some((identities: [(identity: "*", issuer: "https://i.test")], ${ROOT}))`,
      1,
    ],
    [
      "nobody by name",
      `Some((identities: [(identity: "", issuer: "")], ${ROOT}))`,
      2,
    ],
    [
      "a star inside",
      `Some((identities: [(identity: "https://*.test/a", issuer: "i")], ${ROOT}))`,
      1,
    ],
    [
      "two stars",
      `Some((identities: [(identity: "a**", issuer: "i")], ${ROOT}))`,
      1,
    ],
    [
      "all hosts that begin so",
      `Some((identities: [(identity: "https://github.com*", issuer: "i")], ${ROOT}))`,
      1,
    ],
    [
      "all mail addresses that begin so",
      `Some((identities: [(identity: "ada@example*", issuer: "i")], ${ROOT}))`,
      1,
    ],
    [
      "any issuer",
      `Some((identities: [(identity: "a", issuer: "*")], ${ROOT}))`,
      1,
    ],
  ];

Deno.test("trust that cannot be meant is refused where it stands", () => {
  for (const [why, trust, findings] of REFUSED) {
    for (const text of [file(trust), file("None", trust)]) {
      const error = assertThrows(
        () => parseConfig(text),
        ConfigError,
        undefined,
        why,
      );
      assertEquals(error.code, "CONFIG_INVALID", why);
      assertEquals(error.diagnostics.length, findings, why);
      const { line } = error.diagnostics[0]!;
      assertEquals(text.split("\n")[line - 1]!.includes("trust:"), true, why);
    }
  }
});

Deno.test("trust that demands nothing, and files that are not there, are found", async () => {
  const surroundings = {
    files: { stat: () => Promise.resolve(undefined) },
    env: () => undefined,
    root: "/project",
  };
  const codes = async (trust: string) => {
    const { findings } = await checkConfig(file(trust), { surroundings });
    return findings.map(({ code }) => code).filter((code) =>
      code !== "MutableTag"
    );
  };
  assertEquals(await codes(`Some((required: false, ${KEY}))`), ["UnusedTrust"]);
  assertEquals(await codes("Some((required: false))"), []);
  assertEquals(await codes(`Some((${KEY}, ${IDENTITY}, ${ROOT}))`), [
    "MissingTrust",
    "MissingTrust",
  ]);
});
