import { assertEquals } from "@std/assert";
import { denoFlags, denoFlagsText, denoPermissionSet } from "./format.ts";
import type { Requirement } from "./requirements.ts";

const need = (kind: Requirement["kind"], value: string): Requirement => ({
  kind,
  value,
  reason: "a test",
});

Deno.test("flags come by kind, each kind once, none that is empty", () => {
  const requirements = [
    need("env", "TOKEN"),
    need("net", "ghcr.io:443"),
    need("read", "/srv/forge.ron"),
    need("net", "*.blob.core.windows.net:443"),
  ];
  assertEquals(denoFlags(requirements), [
    "--allow-net=ghcr.io:443,*.blob.core.windows.net:443",
    "--allow-read=/srv/forge.ron",
    "--allow-env=TOKEN",
  ]);
  assertEquals(denoFlags([]), []);
  assertEquals(denoFlagsText([]), "");
});

Deno.test("a comma in a path is doubled, as Deno wants it", () => {
  assertEquals(denoFlags([need("read", "/a,b/c")]), ["--allow-read=/a,,b/c"]);
});

Deno.test("what a shell would take apart or expand is quoted", () => {
  const table: readonly [string, string][] = [
    ["/plain/path-1_2.ron", "--allow-read=/plain/path-1_2.ron"],
    ["/with space", "'--allow-read=/with space'"],
    ["/it's", "'--allow-read=/it'\\''s'"],
    ["/$(rm -rf x)", "'--allow-read=/$(rm -rf x)'"],
    ["/a;b", "'--allow-read=/a;b'"],
    ["/*", "'--allow-read=/*'"],
    ['/`a`\n"b"', "'--allow-read=/`a`\n\"b\"'"],
  ];
  for (const [path, text] of table) {
    assertEquals(denoFlagsText([need("read", path)]), text);
  }
});

Deno.test("the set for deno.json holds values as they are", () => {
  assertEquals(
    denoPermissionSet([
      need("read", "/a,b"),
      need("run", "docker-credential-x"),
    ]),
    {
      permissions: {
        forge: { read: ["/a,b"], run: ["docker-credential-x"] },
      },
    },
  );
});
