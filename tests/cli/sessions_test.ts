/** The sessions of docs/cli.md are what the commands print, and fit their terminals. */

import { assert, assertEquals } from "@std/assert";
import {
  readRecorded,
  type Width,
  WIDTHS,
} from "../../scripts/sessions/recorded.ts";
import {
  argumentsOf,
  HOST,
  LINES,
  normalize,
  openScene,
  type Scene,
} from "../../scripts/sessions/scene.ts";
import { drawScreen } from "../../scripts/sessions/screen.ts";
import { main } from "../../src/cli/dispatch.ts";
import { platform } from "../../src/platform/deno.ts";

/** What was recorded for each command line, in their order. */
async function recordedBlocks(width: Width): Promise<readonly string[]> {
  const text = await readRecorded(width);
  return text.split(/^(?=\$ )/m).map((block) => block.trimEnd());
}

/** Runs a line in this process; the registry may be at any port. */
async function resultsOf(line: string, scene: Scene, columns: number) {
  let out = "";
  // How long something took must not decide where a line ends.
  const now = Date.now();
  const status = await main(argumentsOf(line), {
    platform: {
      ...platform,
      sandbox: undefined,
      env: () => undefined,
      cwd: () => scene.root,
      clock: { ...platform.clock, now: () => now },
      fetch: (input, init) =>
        platform.fetch(`${input}`.replace(HOST, scene.registry.host), init),
    },
    out: (text) => void (out += text),
    err: () => {},
    signal: new AbortController().signal,
    color: false,
    columns,
  });
  return { status, lines: drawScreen(normalize(out, scene), columns) };
}

/** The one entry of the doctor that depends on how the process was started. */
function withoutPermissions(lines: readonly string[]): readonly string[] {
  const from = lines.findIndex((line) => /^\w+ +permissions /.test(line));
  if (from < 0) return lines;
  const length = 1 +
    lines.slice(from + 1).findIndex((line) => /^\w/.test(line));
  return [...lines.slice(0, from), ...lines.slice(from + length)];
}

for (const width of WIDTHS) {
  Deno.test(`the sessions in ${width} columns are what the commands print (deno task sessions records them anew)`, async () => {
    const blocks = await recordedBlocks(width);
    assertEquals(
      blocks.map((block) => block.split("\n", 1)[0]),
      LINES.map((line) => `$ ${line.replaceAll("HOST", HOST)}`),
    );
    await using scene = await openScene(0);
    for (const [i, line] of LINES.entries()) {
      const { lines } = await resultsOf(line, scene, width);
      const recorded = new Set((blocks[i] ?? "").split("\n"));
      const news = withoutPermissions(lines).filter((each) =>
        !recorded.has(each)
      );
      assertEquals(news, [], `${line}\n${blocks[i]}`);
    }
  });

  Deno.test(`no line of the sessions is wider than ${width} columns, and none has controls`, async () => {
    for (const block of await recordedBlocks(width)) {
      const [, ...lines] = block.split("\n");
      for (const line of lines) assert(line.length <= width, line);
      // deno-lint-ignore no-control-regex -- control characters are what is looked for
      assert(!/[\x00-\x09\x0b-\x1f\x7f]/.test(block), block);
    }
  });
}

Deno.test("a screen shows what is left when lines are drawn over and erased", () => {
  const table:
    readonly (readonly [written: string, drawn: readonly string[]])[] = [
      ["one\r\ntwo\r\n", ["one", "two"]],
      ["12345678901", ["1234567890", "1"]],
      ["1234567890\r\n1", ["1234567890", "1"]],
      ["10 %\r20 %\r\x1b[Kdone\r\n", ["done"]],
      ["a\r\nb\r\n\x1b[2A\x1b[Jc\r\n", ["c"]],
      ["\x1b[31mred\x1b[0m\x1b[?25l\x1b[?25h", ["red"]],
      ["abc\b\bX", ["aXc"]],
      ["", []],
    ];
  for (const [written, drawn] of table) {
    assertEquals(drawScreen(written, 10), drawn, JSON.stringify(written));
  }
});
