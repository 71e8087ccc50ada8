/** What the platform says is granted, where permissions are given with wildcards. */

import { assertEquals } from "@std/assert";
import { restartFlags } from "./real_process.ts";

const PLATFORM = new URL("../../src/platform/deno.ts", import.meta.url).href;

type Question = readonly [kind: string, value?: string];

/** Asks `isGranted` in a process that has these permissions. */
async function answers(
  flags: readonly string[],
  questions: readonly Question[],
): Promise<readonly boolean[]> {
  const program = `
    import { platform } from ${JSON.stringify(PLATFORM)};
    const answers = [];
    for (const [kind, value] of ${JSON.stringify(questions)}) {
      answers.push(await platform.sandbox.isGranted(kind, value));
    }
    console.log(JSON.stringify(answers));
  `;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--no-check", ...restartFlags(), ...flags],
      `data:application/typescript,${encodeURIComponent(program)}`,
    ],
    stdin: "null",
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("hosts that a wildcard grants are granted, the wildcard too, and no others", async () => {
  const questions: readonly Question[] = [
    ["net", "*.example.com"],
    ["net", "cdn.example.com"],
    ["net", "ghcr.io"],
    ["net", "ghcr.io:443"],
    ["net", "*.example.org"],
    ["net", "cdn.example.com.evil.test"],
    ["net", "docker.io"],
    ["net"],
  ];
  assertEquals(
    await answers(["--allow-net=*.example.com,ghcr.io"], questions),
    [true, true, true, true, false, false, false, false],
  );
  assertEquals(
    await answers(["--allow-net"], questions),
    questions.map(() => true),
  );
  assertEquals(await answers([], questions), questions.map(() => false));
});

Deno.test("variables that a prefix grants are granted, and no others", async () => {
  const questions: readonly Question[] = [
    ["env", "FORGE_TOKEN"],
    ["env", "FORGE_"],
    ["env", "HOME"],
    ["env", "XFORGE_TOKEN"],
    ["env", "PATH"],
    ["env"],
  ];
  assertEquals(
    await answers(["--allow-env=FORGE_*,HOME"], questions),
    [true, true, true, false, false, false],
  );
  assertEquals(
    await answers(["--allow-env"], questions),
    questions.map(() => true),
  );
});

Deno.test("paths below one that is granted are granted, siblings of the same beginning are not", async () => {
  assertEquals(
    await answers(["--allow-read=/tmp/forge-a"], [
      ["read", "/tmp/forge-a"],
      ["read", "/tmp/forge-a/cache/x.wasm"],
      ["read", "/tmp/forge-ab"],
      ["write", "/tmp/forge-a"],
      ["read"],
    ]),
    [true, true, false, false, false],
  );
});
