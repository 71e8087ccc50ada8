import { assertEquals } from "@std/assert";
import { parseChallenges } from "./challenge.ts";

type Plain = [scheme: string, parameters: Record<string, string>];

const plain = (header: string): Plain[] =>
  parseChallenges(header).map(({ scheme, parameters }) => [
    scheme,
    Object.fromEntries(parameters),
  ]);

Deno.test("challenges are read", async (t) => {
  const table: readonly [string, Plain[]][] = [
    [
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/x:pull,push"',
      [["bearer", {
        realm: "https://auth.docker.io/token",
        service: "registry.docker.io",
        scope: "repository:library/x:pull,push",
      }]],
    ],
    ['Basic realm="Registry Realm"', [["basic", { realm: "Registry Realm" }]]],
    ["BASIC REALM=x", [["basic", { realm: "x" }]]],
    ["Basic", [["basic", {}]]],
    [
      'Basic realm="a", Bearer realm="https://b.example/",service=s',
      [
        ["basic", { realm: "a" }],
        ["bearer", { realm: "https://b.example/", service: "s" }],
      ],
    ],
    [
      'Bearer realm="https://b.example/", Basic, Digest qop="auth, auth-int"',
      [
        ["bearer", { realm: "https://b.example/" }],
        ["basic", {}],
        ["digest", { qop: "auth, auth-int" }],
      ],
    ],
    [
      'Negotiate abc==, Bearer realm="https://b.example/"',
      [["negotiate", {}], ["bearer", { realm: "https://b.example/" }]],
    ],
    ["NTLM, Negotiate", [["ntlm", {}], ["negotiate", {}]]],
    ['Bearer realm="a\\"b\\\\c"', [["bearer", { realm: 'a"b\\c' }]]],
    ['Bearer realm = "a" , service = "b"', [
      ["bearer", { realm: "a", service: "b" }],
    ]],
    ["Bearer realm=https://b.example/token?x=1,service=s", [
      ["bearer", { realm: "https://b.example/token?x=1", service: "s" }],
    ]],
    ['Bearer realm="a",realm="b"', [["bearer", { realm: "a" }]]],
    [', ,Bearer realm="a",', [["bearer", { realm: "a" }]]],
    ['Bearer realm=""', [["bearer", { realm: "" }]]],
    ['"junk", Bearer realm="a"', [["bearer", { realm: "a" }]]],
    ['@ Bearer realm="a";service="b"', [
      ["bearer", { realm: "a", service: "b" }],
    ]],
    ['"Basic realm=x", Bearer realm="a"', [["bearer", { realm: "a" }]]],
    ['Bearer error="invalid_token",realm="a"', [
      ["bearer", { error: "invalid_token", realm: "a" }],
    ]],
  ];
  for (const [header, expected] of table) {
    await t.step(header, () => assertEquals(plain(header), expected));
  }
});

Deno.test("what is no challenge gives none, and ends", async (t) => {
  const table: readonly [string, Plain[]][] = [
    ["", []],
    [",,,", []],
    ['"quoted"', []],
    ['realm="a"', []],
    ['Bearer realm="never closed', [["bearer", { realm: "" }]]],
    ["Bearer \u00ff", [["bearer", {}]]],
    ["=".repeat(100_000), []],
    [`Bearer realm="${"x".repeat(100_000)}"`, [["bearer", { realm: "" }]]],
  ];
  for (const [header, expected] of table) {
    await t.step(
      header.slice(0, 30),
      () => assertEquals(plain(header), expected),
    );
  }
});
