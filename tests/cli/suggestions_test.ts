/** Mistyped commands, options and words are answered with what was meant. */

import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../src/cli/commands.ts";
import { nearest } from "../../src/cli/nearest.ts";
import { openWorkspace } from "./workspace.ts";

const TABLE: readonly (readonly [line: string, hint: string])[] = [
  ["docter", "Did you mean forge doctor?"],
  ["pul --json", "Did you mean forge pull?"],
  ["--hlep", "Did you mean --help?"],
  ["--json run", "Options of a command follow it: forge COMMAND --json"],
  ["run --ofline", "Did you mean --offline?"],
  ["run --frozn", "Did you mean --frozen?"],
  ["pull --jsn", "Did you mean --json?"],
  ["init --exension a=b/c:v1", "Did you mean --extension?"],
  ["run --hepl", "Did you mean --help?"],
  ["run --something-else-altogether", "See forge run --help"],
  ["run -z", "See forge run --help"],
  ["cache lst", "Did you mean list?"],
  ["cache exprot x.tar", "Did you mean export?"],
  ["cache everything", "See forge cache --help"],
  ["permissions --format jsn", "Did you mean json?"],
  ["permissions -f exlpain", "Did you mean explain?"],
  ["completions zhs", "Did you mean zsh?"],
  ["help chekc", "Did you mean forge check?"],
];

Deno.test("a slip is answered with the word that was meant", async () => {
  await using work = await openWorkspace();
  for (const [line, hint] of TABLE) {
    const { status, err, out } = await work.forge(...line.split(" "));
    assertEquals(status, 2, line);
    assertStringIncludes(err, `  hint: ${hint}\n`);
    if (!line.includes("--json")) assertEquals(out, "", line);
  }
});

Deno.test("a slip in any option of any command is answered with that option", async () => {
  await using work = await openWorkspace();
  for (const { name, load } of COMMANDS) {
    const options = Object.keys((await load()).options);
    for (const option of options.filter((each) => each.length > 3)) {
      // Two letters change places, where that is not another option.
      const slip = option.replace(/(.)(.)$/, "$2$1");
      if (options.includes(slip)) continue;
      const { status, err } = await work.forge(name, `--${slip}`);
      assertEquals(status, 2, `${name} --${slip}`);
      const meant = nearest(slip, [...options, "help"]);
      assertStringIncludes(err, `Did you mean --${meant}?`);
    }
  }
});

Deno.test("a slip is a JSON document too where one was asked for", async () => {
  await using work = await openWorkspace();
  for (
    const line of ["cache lst --json", "pull --quite --json", "docter --json"]
  ) {
    const { status, out } = await work.forge(...line.split(" "));
    const { ok, error } = JSON.parse(out);
    assertEquals([status, ok, error.code], [2, false, "USAGE"]);
    assertStringIncludes(error.hint, "Did you mean");
  }
});

Deno.test("what is typed does not reach the terminal as it is", async () => {
  await using work = await openWorkspace();
  for (const word of ["\x1b[31mred", "--\x1b]0;title\x07"]) {
    for (const args of [[word], ["run", word], ["cache", word]]) {
      const { status, err } = await work.forge(...args);
      assertEquals(status, 2);
      assertFalse(err.includes("\x1b"), JSON.stringify(err));
    }
  }
});
