/**
 * A registry of another family: `zot`, on a free port of loopback.
 *
 * @module
 */

import { join } from "@std/path";
import { pathOf, ZOT } from "./tools.ts";

/** A registry that runs until it is disposed of. */
export interface ZotRegistry extends AsyncDisposable {
  /** Its host and port, as in `forge.ron`. */
  readonly host: string;
}

/** Starts a registry in a directory of its own. */
export async function startZot(): Promise<ZotRegistry> {
  const root = await Deno.makeTempDir({ prefix: "forge-zot-" });
  const config = join(root, "config.json");
  await Deno.writeTextFile(
    config,
    JSON.stringify({
      storage: { rootDirectory: join(root, "data"), gc: false },
      // Port 0: the system chooses, and the log says what.
      http: { address: "127.0.0.1", port: "0" },
      log: { level: "info" },
    }),
  );
  const child = new Deno.Command(pathOf(ZOT), {
    args: ["serve", config],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const port = await readPort(lines);
  const drained = drain(lines);
  return {
    host: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await Promise.all([child.status, drained]);
      await Deno.remove(root, { recursive: true });
    },
  };
}

async function readPort(
  lines: ReadableStreamDefaultReader<string>,
): Promise<string> {
  let log = "";
  while (true) {
    const { value, done } = await lines.read();
    if (done) throw new Error(`zot did not start: ${log}`);
    log += value;
    const [, port] = /"port":"?([1-9]\d*)/.exec(log) ?? [];
    if (port !== undefined) return port;
  }
}

/** A full pipe would stop the registry. */
async function drain(
  lines: ReadableStreamDefaultReader<string>,
): Promise<void> {
  while (!(await lines.read()).done);
}
