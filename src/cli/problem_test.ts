/** Errors that fit the terminal they are shown on. */

import { assertEquals } from "@std/assert";
import { ForgeError } from "../errors.ts";
import { platform } from "../platform/deno.ts";
import type { Io } from "./io.ts";
import { printError, printWarning, reportProblem } from "./problem.ts";

function printed(columns: number | undefined, print: (io: Io) => void): string {
  let text = "";
  print({
    platform,
    out: () => {},
    err: (more) => void (text += more),
    signal: new AbortController().signal,
    color: false,
    ...(columns === undefined
      ? {}
      : { terminal: { columns: () => columns, rows: () => 24 } }),
  });
  return text;
}

const PROBLEM = new ForgeError(
  "EXTENSION_NOT_FOUND",
  "Cannot find acme/notes:v1 at ghcr.io",
  { hint: "Compare the tag with forge tags ghcr.io/acme/notes" },
);

Deno.test("on a terminal, lines end between words and go on below the text", () => {
  assertEquals(
    printed(40, (io) => printError(io, PROBLEM)),
    `error: Cannot find acme/notes:v1 at
       ghcr.io
  hint: Compare the tag with forge tags
        ghcr.io/acme/notes
`,
  );
  assertEquals(
    printed(40, (io) => printWarning(io, "ghcr.io: your plan ends this week")),
    `warning: ghcr.io: your plan ends this
         week
`,
  );
});

Deno.test("where the width is unknown or tiny, a line stays one line", () => {
  const whole = `error: Cannot find acme/notes:v1 at ghcr.io
  hint: Compare the tag with forge tags ghcr.io/acme/notes
`;
  assertEquals(printed(undefined, (io) => printError(io, PROBLEM)), whole);
  assertEquals(printed(20, (io) => printError(io, PROBLEM)), whole);
});

Deno.test("what the runtime refuses has a code, and a way on", () => {
  const refused = new Error('Requires all access to "/dev/shm/forge.ron"');
  refused.name = "NotCapable";
  const text = printed(undefined, (io) => {
    let document = "";
    const status = reportProblem(
      {
        ...io,
        out: (more) => void (document += more),
      },
      refused,
      {},
    );
    assertEquals(status, 1);
    assertEquals(JSON.parse(document).error.code, "PERMISSION_DENIED");
  });
  assertEquals(
    text,
    `error: Cannot go on without a permission: Requires all access to "/dev/shm/forge.ron"
  hint: Move the project out of /dev, /proc and /sys, which Deno keeps from sandboxes, or add --no-sandbox
`,
  );
});
