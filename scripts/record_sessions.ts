/**
 * Records the sessions of `docs/cli.md`: runs the command in a terminal of 80
 * and of 120 columns, against a registry in memory, and keeps what is on the
 * screen in the end. Needs `script` of util-linux.
 *
 * ```sh
 * deno task sessions
 * ```
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { recordedAt, type Width, WIDTHS } from "./sessions/recorded.ts";
import {
  argumentsOf,
  HOST,
  LINES,
  normalize,
  openScene,
  type Scene,
} from "./sessions/scene.ts";
import { drawScreen } from "./sessions/screen.ts";

const CLI = new URL("../src/cli/main.ts", import.meta.url);

/** What one width shows, every line with what it printed. */
export async function recordSessions(width: Width): Promise<string> {
  await using scene = await openScene();
  const program = await makeProgram(scene);
  const shown: string[] = [];
  for (const line of LINES) {
    const words = [program, ...argumentsOf(line)];
    const written = await runInTerminal(words, scene, width);
    const screen = drawScreen(normalize(written, scene), width)
      .map((each) => `${each}\n`);
    shown.push(`$ ${line.replaceAll("HOST", HOST)}\n${screen.join("")}`);
  }
  return shown.join("\n");
}

/** The command of this checkout as a program. */
async function makeProgram({ root }: Scene): Promise<string> {
  const flags = JSON.parse(Deno.env.get("FORGE_RESTART_FLAGS") ?? "[]");
  const words = [Deno.execPath(), "run", "-q", "-A", ...flags, CLI.href];
  const path = join(root, ".forge-program");
  await Deno.writeTextFile(
    path,
    `#!/bin/sh\nexec ${words.map(quote).join(" ")} "$@"\n`,
  );
  await Deno.chmod(path, 0o755);
  return path;
}

async function runInTerminal(
  words: readonly string[],
  { root }: Scene,
  width: Width,
): Promise<string> {
  const line = `stty cols ${width} rows 50; exec ${words.map(quote).join(" ")}`;
  const { stdout } = await new Deno.Command("script", {
    args: ["-q", "-e", "-c", line, "/dev/null"],
    cwd: root,
    clearEnv: true,
    env: {
      ...Object.fromEntries(
        ["PATH", "HOME", "DENO_DIR", "FORGE_RESTART_FLAGS"].flatMap((name) => {
          const value = Deno.env.get(name);
          return value === undefined ? [] : [[name, value]];
        }),
      ),
      SHELL: "/bin/sh",
      TERM: "xterm",
      NO_COLOR: "1",
      // Nobody's logins are part of what is shown.
      DOCKER_CONFIG: join(root, "nobody"),
      REGISTRY_AUTH_FILE: join(root, "nobody", "auth.json"),
    },
    stdin: "null",
  }).output();
  return new TextDecoder().decode(stdout);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

if (import.meta.main) {
  for (const width of WIDTHS) {
    const path = fromFileUrl(recordedAt(width));
    await Deno.writeTextFile(path, await recordSessions(width));
    console.log(`Wrote ${path}`);
  }
  console.log("Now run deno task docs");
}
