/**
 * A registry in a process of its own, on a free port of loopback.
 *
 * @module
 */

/** A registry that runs until it is disposed of. */
export interface RegistryProcess extends AsyncDisposable {
  /** Its host and port, as in `forge.ron`. */
  readonly host: string;
}

/** How to start one. */
export interface StartRegistryProcessOptions {
  /** The program. */
  readonly path: string;
  /** Its arguments; port 0, so that the system chooses. */
  readonly args: readonly string[];
  /** Where it writes its log. */
  readonly log: "stdout" | "stderr";
  /** What the log says of the port, with the port as its group. */
  readonly port: RegExp;
  /** A directory of its own, which goes with it. */
  readonly root: string;
}

/** Starts a registry; resolves when it takes requests. */
export async function startRegistryProcess(
  options: StartRegistryProcessOptions,
): Promise<RegistryProcess> {
  const { path, args, log, root } = options;
  const child = new Deno.Command(path, {
    args: [...args],
    stdin: "null",
    stdout: log === "stdout" ? "piped" : "null",
    stderr: log === "stderr" ? "piped" : "null",
  }).spawn();
  const lines = child[log].pipeThrough(new TextDecoderStream()).getReader();
  const port = await readPort(lines, options);
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
  { path, port }: StartRegistryProcessOptions,
): Promise<string> {
  let log = "";
  while (true) {
    const { value, done } = await lines.read();
    if (done) throw new Error(`${path} did not start: ${log}`);
    log += value;
    const [, found] = port.exec(log) ?? [];
    if (found !== undefined) return found;
  }
}

/** A full pipe would stop the registry. */
async function drain(
  lines: ReadableStreamDefaultReader<string>,
): Promise<void> {
  while (!(await lines.read()).done);
}
