/** Long pulls and pushes in a real terminal: what is left on the screen when they end. */

import { assert, assertEquals } from "@std/assert";
import { spawn } from "node:child_process";
import process from "node:process";
import {
  type FaultAction,
  pushWasm,
  startRegistry,
} from "../../src/testing/mod.ts";
import { forgeRon, ociEntry, openWorkspace } from "../cli/workspace.ts";
import { cliArguments, INHERITED } from "./cli_process.ts";
import { openNarrowLine } from "./narrow_line.ts";
import { padModule } from "./padded_module.ts";
import { interopTest, pathOf, SCRIPT } from "./tools.ts";

const MIB = 1024 * 1024;
/** Far more than any of these takes, on a machine that has much else to do. */
const MAX_MS = 60_000;
/** The least that is a module. */
const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const BAR = /\[=*>? *\] /;

/** What became of a pull whose layer stops in the middle until a bar is seen. */
async function pullInTerminal(
  { fault = [], atBar = "" }: {
    readonly fault?: readonly FaultAction[];
    readonly atBar?: string;
  },
) {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await pushWasm(registry, "acme/big", "v1", padModule(EMPTY, 4 * MIB));
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry(registry, "big", "v1") }),
  );
  let seen = () => {};
  const until = new Promise<void>((resolve) => seen = resolve);
  const match = { path: /\/blobs\/sha256:/ };
  registry.fault({
    match: { ...match, nth: 1 },
    action: {
      kind: "stall",
      afterBytes: 3 * MIB,
      // Interrupted, the rest never comes.
      ...(atBar === "" ? { until } : {}),
    },
  });
  for (const action of fault) registry.fault({ match, action });
  const { status, text } = await inTerminal(
    { cwd: work.root, args: ["pull"] },
    (child, sofar) => {
      if (!BAR.test(sofar)) return false;
      if (atBar !== "") child.stdin.write(atBar);
      seen();
      return true;
    },
  );
  return { status, text, cached: work.cached() };
}

type Child = ReturnType<typeof spawn> & {
  readonly stdin: { write: (text: string) => void };
};

function inTerminal(
  { cwd, args, columns = 80 }: {
    readonly cwd: string;
    readonly args: readonly string[];
    readonly columns?: number;
  },
  look: (child: Child, text: string) => boolean,
): Promise<{ status: number | null; text: string; isSeen: boolean }> {
  const words = [process.execPath, ...cliArguments(), ...args];
  const command = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const inherited = INHERITED.map((name) => [name, process.env[name]] as const)
    .filter(([, value]) => value !== undefined);
  const child = spawn(pathOf(SCRIPT), [
    "-qec",
    `stty cols ${columns} rows 24; exec ${command.join(" ")}`,
    "/dev/null",
  ], {
    cwd,
    env: {
      ...Object.fromEntries(inherited),
      ...{ TERM: "xterm", SHELL: "/bin/sh", DENO_NO_UPDATE_CHECK: "1" },
    },
    stdio: ["pipe", "pipe", "inherit"],
    // What is looked for may never come.
    timeout: MAX_MS,
  }) as Child;
  let text = "";
  let isSeen = false;
  child.stdout?.on("data", (chunk: Uint8Array) => {
    text += new TextDecoder().decode(chunk);
    isSeen ||= look(child, text);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, text, isSeen }));
  });
}

/** What a terminal shows in the end, and where its cursor stands. */
function screenOf(text: string): { lines: string[]; column: number } {
  const lines = [""];
  let row = 0;
  let column = 0;
  // deno-lint-ignore no-control-regex -- what terminals are told
  for (const [token] of text.matchAll(/\x1b\[[?\d;]*[A-Za-z]|[^]/g)) {
    // deno-lint-ignore no-control-regex -- what terminals are told
    const up = /^\x1b\[(\d+)A$/.exec(token);
    if (up !== null) row = Math.max(0, row - Number(up[1]));
    else if (token === "\x1b[J") {
      lines.splice(row + 1);
      lines[row] = (lines[row] ?? "").slice(0, column);
    } else if (token === "\r") column = 0;
    else if (token === "\n") lines[++row] ??= "";
    else if (!token.startsWith("\x1b")) {
      const line = (lines[row] ?? "").padEnd(column);
      lines[row] = line.slice(0, column) + token + line.slice(column + 1);
      column++;
    }
  }
  return { lines, column };
}

function assertClean(text: string): readonly string[] {
  assert(BAR.test(text), text);
  assert(!text.includes("\x1b[?25l"), "the cursor is hidden");
  const { lines, column } = screenOf(text);
  assertEquals(column, 0, JSON.stringify(lines));
  assertEquals(lines.at(-1), "", JSON.stringify(lines));
  assert(!lines.some((line) => BAR.test(line)), JSON.stringify(lines));
  return lines;
}

interopTest(
  "after a long pull in a terminal no bar is left",
  [SCRIPT],
  async () => {
    const { status, text, cached } = await pullInTerminal({});
    assertEquals(status, 0, text);
    const lines = assertClean(text);
    assert(lines.includes("pulled big, 4.0 MiB"), JSON.stringify(lines));
    assert(cached.every((name) => !name.startsWith(".")), cached.join());
  },
);

interopTest("a pull that fails in a terminal leaves its error and no bar", [
  SCRIPT,
], async () => {
  const { status, text, cached } = await pullInTerminal({
    fault: [{ kind: "corrupt" }],
  });
  assertEquals(status, 1, text);
  const lines = assertClean(text);
  assert(lines.some((line) => line.includes("error")), JSON.stringify(lines));
  assert(cached.every((name) => !name.endsWith(".wasm")), cached.join());
});

interopTest(
  "Ctrl-C during a pull in a terminal keeps what has arrived and leaves no bar",
  [SCRIPT],
  async () => {
    const { status, text, cached } = await pullInTerminal({ atBar: "\x03" });
    assertEquals(status, 130, text);
    const lines = assertClean(text);
    assert(
      lines.some((line) => line.includes("interrupted")),
      JSON.stringify(lines),
    );
    assert(
      cached.some((name) => name.endsWith("-kept.partial")),
      cached.join(),
    );
  },
);

interopTest(
  "during a long push in a terminal the bar moves, and none is left",
  [
    SCRIPT,
  ],
  async () => {
    await using registry = await startRegistry();
    await using work = await openWorkspace();
    await using line = await openNarrowLine(registry.host, MIB);
    // More than lies in the memory of the sockets between.
    await work.write("big.wasm", padModule(EMPTY, 24 * MIB));
    const { status, text } = await inTerminal(
      {
        cwd: work.root,
        args: ["publish", "big.wasm", `${line.host}/acme/big:v1`],
      },
      (_child, sofar) => {
        if (!/ [1-9]\d*(?:\.\d)? [MK]iB \/ 24\.0 MiB /.test(sofar)) {
          return false;
        }
        line.widen();
        return true;
      },
    );
    assertEquals(status, 0, text);
    const lines = assertClean(text);
    assert(
      lines.some((each) => each.endsWith("24.0 MiB uploaded")),
      JSON.stringify(lines),
    );
  },
);

interopTest(
  "the bars of several pulls fit a narrow terminal, and none is left",
  [
    SCRIPT,
  ],
  async () => {
    await using registry = await startRegistry();
    await using work = await openWorkspace();
    const names = [
      "one",
      "two",
      "three-with-a-name-that-is-longer-than-the-rest",
    ];
    let seen = () => {};
    const until = new Promise<void>((resolve) => seen = resolve);
    for (const name of names) {
      await pushWasm(registry, `acme/${name}`, "v1", padModule(EMPTY, 4 * MIB));
      registry.fault({
        match: { path: new RegExp(`/acme/${name}/blobs/sha256:`), nth: 1 },
        action: { kind: "stall", afterBytes: 3 * MIB, until },
      });
    }
    const oci = names.map((name) => ociEntry(registry, name, "v1")).join("");
    await work.write("forge.ron", forgeRon({ oci }));
    const columns = 40;
    let wide: readonly string[] = [];
    const { status, text, isSeen } = await inTerminal(
      { cwd: work.root, args: ["pull"], columns },
      (_child, sofar) => {
        const bars = screenOf(sofar).lines.filter((line) => /\d%$/.test(line));
        if (bars.length < 3) return false;
        wide = bars.filter((line) => line.length >= columns);
        seen();
        return true;
      },
    );
    assert(isSeen, text);
    assertEquals(wide, []);
    assertEquals(status, 0, text);
    const { lines, column } = screenOf(text);
    assertEquals(column, 0, JSON.stringify(lines));
    assert(!lines.some((line) => /\d%$/.test(line)), JSON.stringify(lines));
  },
);

/** What is on the terminal while a registry has not answered, and in the end. */
async function waitInTerminal(
  { args, ends }: {
    readonly args: (host: string) => readonly string[];
    /** Whether what has been seen is enough. */
    readonly ends: (child: Child, text: string, answer: () => void) => boolean;
  },
) {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await pushWasm(registry, "acme/notes", "v1", EMPTY);
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry(registry, "notes", "v1") }),
  );
  let answer = () => {};
  const until = new Promise<void>((resolve) => answer = resolve);
  registry.fault({
    match: { path: /\/(?:manifests|tags)\// },
    action: { kind: "hold", until },
  });
  const seen = await inTerminal(
    { cwd: work.root, args: args(registry.host) },
    (child, text) => ends(child, text, answer),
  );
  answer();
  return { ...seen, host: registry.host };
}

for (
  const [what, args] of [
    ["a pull", () => ["pull"]],
    ["a list of tags", (host: string) => ["tags", `${host}/acme/notes`]],
  ] as const
) {
  interopTest(
    `${what} in a terminal says whom it waits for, and no more of it in the end`,
    [
      SCRIPT,
    ],
    async () => {
      let during = "";
      const { status, text, host } = await waitInTerminal({
        args,
        ends(_child, text, answer) {
          if (!/waiting for .* 2 s/.test(text)) return false;
          during = text;
          answer();
          return true;
        },
      });
      assertEquals(status, 0, text);
      const shown = screenOf(during).lines;
      assertEquals(
        [shown.length, shown[0]?.replace(/\d+ s$/, "")],
        [2, `waiting for ${host}, `],
      );
      const { lines, column } = screenOf(text);
      assertEquals([column, lines.at(-1)], [0, ""]);
      assert(!lines.some((line) => line.includes("waiting")), lines.join("\n"));
      assert(lines.length > 1, "it prints what it found");
    },
  );
}

interopTest(
  "Ctrl-C while a registry has not answered leaves only that it was interrupted",
  [
    SCRIPT,
  ],
  async () => {
    const { status, text } = await waitInTerminal({
      args: () => ["run"],
      ends(child, text) {
        if (!text.includes("waiting for ")) return false;
        child.stdin.write("\x03");
        return true;
      },
    });
    assertEquals(status, 130, text);
    assertEquals(screenOf(text).lines.map((line) => line.replace("^C", "")), [
      "error: interrupted",
      "",
    ]);
  },
);
