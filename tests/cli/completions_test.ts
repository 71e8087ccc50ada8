/** Completion scripts, driven in the shells that they are for. */

import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { COMMANDS } from "../../src/cli/commands.ts";
import { readCommands } from "../../src/cli/completions/model.ts";
import { BASH, FISH, interopTest, pathOf, ZSH } from "../interop/tools.ts";
import { restartFlags } from "../permissions/real_process.ts";
import {
  forgeRon,
  ociEntry,
  openWorkspace,
  type Workspace,
} from "./workspace.ts";

const CLI = new URL("../../src/cli/main.ts", import.meta.url);
const ZSH_CAPTURE = fromFileUrl(new URL("capture.zsh", import.meta.url));
const RON = forgeRon({
  oci: ociEntry("ghcr.io", "notes", "v1") +
    ociEntry("ghcr.io", "greeter", "v1"),
  local: `(name: "needle", path: "./needle.wasm")`,
});

/** A project with a program `forge` on the path, and the script of a shell. */
async function openShell(shell: string): Promise<Workspace> {
  const work = await openWorkspace();
  const { status, out, err } = await work.forge("completions", shell);
  assertEquals([status, err], [0, ""]);
  await work.write("script", out);
  await work.write("forge.ron", RON);
  await work.write(
    "other/forge.ron",
    forgeRon({ oci: ociEntry("g.io", "elsewhere", "v1") }),
  );
  await work.write("a file.tar", "");
  const words = [Deno.execPath(), "run", "-A", ...restartFlags(), CLI.href];
  await work.write(
    "bin/forge",
    `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(" ")} "$@"\n`,
  );
  await Deno.chmod(join(work.root, "bin", "forge"), 0o755);
  return work;
}

/** What a shell prints, line by line, sorted. */
async function linesOf(
  work: Workspace,
  program: string,
  args: readonly string[],
): Promise<readonly string[]> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd: work.root,
    env: {
      PATH: `${join(work.root, "bin")}:${Deno.env.get("PATH") ?? ""}`,
      HOME: work.root,
      TMPPREFIX: join(work.root, "zsh"),
      TERM: "dumb",
    },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assertEquals(code, 0, text(stderr));
  return text(stdout).split("\n").filter((line) => line !== "").sort();
}

/** What is offered at the end of a command line. */
type Offer = (work: Workspace, line: string) => Promise<readonly string[]>;

/** Bash hands the line over in words, taken apart at `=` as readline does. */
const offerInBash: Offer = (work, line) => {
  const words = line.split(/ |(=)/).filter((word) => word !== undefined)
    .filter((word, i, all) => word !== "" || i === all.length - 1);
  const call =
    'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _forge; printf "%s\\n" "${COMPREPLY[@]}"';
  return linesOf(work, pathOf(BASH), [
    ...["--norc", "-c", call, "bash", "./script"],
    ...words,
  ]);
};

const offerInZsh: Offer = (work, line) =>
  linesOf(work, pathOf(ZSH), ["-f", ZSH_CAPTURE, "script", line]);

const offerInFish: Offer = async (work, line) => {
  const lines = await linesOf(work, pathOf(FISH), [
    ...["-N", "-c", 'source script; complete -C "$argv[1]"', line],
  ]);
  return lines.map((each) => each.replace(/\t.*/, "")).sort();
};

/** Lines and what must be offered, nothing else. */
const EXACT: readonly (readonly [line: string, offered: readonly string[]])[] =
  [
    ["forge che", ["check"]],
    ["forge cache p", ["path", "prune"]],
    ["forge cache --json v", ["verify"]],
    ["forge permissions --format ", ["deno-json", "explain", "flags", "json"]],
    ["forge permissions --format d", ["deno-json"]],
    ["forge permissions -f e", ["explain"]],
    ["forge run --off", ["--offline"]],
    ["forge completions z", ["zsh"]],
    ["forge help perm", ["permissions"]],
    ["forge pin n", ["needle", "notes"]],
    ["forge pin notes g", ["greeter"]],
    ["forge call ", ["greeter", "needle", "notes"]],
    ["forge call notes ", []],
    ["forge schema --config other/forge.ron ", ["elsewhere"]],
    ["forge nonsense ", []],
  ];

async function assertOffers(work: Workspace, offer: Offer): Promise<void> {
  for (const [line, offered] of EXACT) {
    assertEquals(await offer(work, line), [...offered].sort(), line);
  }
  const commands = await readCommands(COMMANDS);
  const names = commands.map(({ name }) => name);
  const all = await offer(work, "forge ");
  for (const name of names) assert(all.includes(name), `${name}: ${all}`);
  for (const { name, options } of commands) {
    const offered = await offer(work, `forge ${name} --`);
    const expected = options.map(({ long }) => long).sort();
    assertEquals(offered, expected, name);
  }
  const files = await offer(work, "forge cache export ");
  assert(files.some((name) => /^a(?:\\)? file\.tar$/.test(name)), `${files}`);
  const inspected = await offer(work, "forge inspect ");
  for (const name of ["forge.ron", "notes"]) {
    assert(inspected.includes(name), `${name}: ${inspected}`);
  }
  assertFalse((await offer(work, "forge init ")).includes("forge.ron"));
}

interopTest("bash completes what the command table says", [BASH], async () => {
  await using work = await openShell("bash");
  await assertOffers(work, offerInBash);
  assertEquals(await offerInBash(work, "forge permissions --format=d"), [
    "deno-json",
  ]);
  assertEquals(
    await offerInBash(work, "forge schema --config=other/forge.ron "),
    ["elsewhere"],
  );
  assertEquals(await offerInBash(work, "forge pin -- n"), ["needle", "notes"]);
});

interopTest("zsh completes what the command table says", [ZSH], async () => {
  await using work = await openShell("zsh");
  await assertOffers(work, offerInZsh);
});

interopTest("fish completes what the command table says", [FISH], async () => {
  await using work = await openShell("fish");
  await assertOffers(work, offerInFish);
});

Deno.test("a broken configuration offers no extensions, and says nothing", async () => {
  await using work = await openWorkspace();
  await work.write("forge.ron", "(extensions: (oci: [");
  const asked = await work.forge("--list-extensions", "pin", "");
  assertEquals([asked.status, asked.out, asked.err], [0, "", ""]);
  const gone = await work.forge("--list-extensions", "-c", "gone.ron");
  assertEquals([gone.status, gone.out, gone.err], [0, "", ""]);
});

Deno.test("the script for PowerShell has every command, option and word, and closes what it opens", async () => {
  await using work = await openWorkspace();
  const { out } = await work.forge("completions", "powershell");
  for (const command of await readCommands(COMMANDS)) {
    const start = out.indexOf(`        '${command.name}' = @{`);
    const table = out.slice(start, out.indexOf("\n        }", start));
    assert(start > 0, command.name);
    for (const { long, takes } of command.options) {
      assertStringIncludes(table, `'${long}'`);
      for (const word of takes.words ?? []) {
        assertStringIncludes(table, `'${word}'`);
      }
    }
    for (const { words = [] } of command.operands) {
      for (const word of words) assertStringIncludes(table, `'${word}'`);
    }
  }
  // Outside of quotes and comments every bracket has its other half.
  const code = out.replace(/^\s*#.*$/gm, "").replace(/'(?:[^']|'')*'/g, "''");
  assertFalse(/["`]/.test(code), "only quotes that this test understands");
  const open: string[] = [];
  for (const char of code.match(/[(){}[\]]/g) ?? []) {
    if ("({[".includes(char)) open.push(char);
    else assertEquals(open.pop(), { ")": "(", "}": "{", "]": "[" }[char]);
  }
  assertEquals(open, []);
});

Deno.test("an unknown shell is refused with those that are known, and the one that was meant", async () => {
  await using work = await openWorkspace();
  const { status, err } = await work.forge("completions", "bsh");
  assertEquals(status, 2);
  assertMatch(
    err,
    /does not know "bsh", it knows bash, zsh, fish, powershell\n {2}hint: Did you mean bash\?/,
  );
});
