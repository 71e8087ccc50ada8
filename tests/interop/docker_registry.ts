/**
 * A real registry: Debian's `docker-registry` on a free port of loopback.
 *
 * @module
 */

import { join } from "@std/path";
import { runTool } from "./processes.ts";
import { DOCKER_REGISTRY, HTPASSWD, pathOf } from "./tools.ts";

/** A registry that runs until it is disposed of. */
export interface DockerRegistry extends AsyncDisposable {
  /** Its host and port, as in `forge.ron`. */
  readonly host: string;
}

/** Options of {@linkcode startDockerRegistry}. */
export interface DockerRegistryOptions {
  /** Who may use it, with which password; anyone unless told otherwise. */
  readonly users?: Readonly<Record<string, string>>;
}

/** Starts a registry in a directory of its own. */
export async function startDockerRegistry(
  options: DockerRegistryOptions = {},
): Promise<DockerRegistry> {
  const root = await Deno.makeTempDir({ prefix: "forge-registry-" });
  const config = join(root, "config.yml");
  const auth = await writePasswords(root, options.users);
  await Deno.writeTextFile(config, configuration(root) + auth);
  const child = new Deno.Command(pathOf(DOCKER_REGISTRY), {
    args: ["serve", config],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const lines = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  const host = await readHost(lines);
  const drained = drain(lines);
  return {
    host,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await Promise.all([child.status, drained]);
      await Deno.remove(root, { recursive: true });
    },
  };
}

/** Port 0: the system chooses, and the log says what. */
function configuration(root: string): string {
  return `version: 0.1
log:
  level: info
  accesslog:
    disabled: true
storage:
  filesystem:
    rootdirectory: ${join(root, "data")}
http:
  addr: 127.0.0.1:0
`;
}

async function writePasswords(
  root: string,
  users: Readonly<Record<string, string>> | undefined,
): Promise<string> {
  if (users === undefined) return "";
  const path = join(root, "htpasswd");
  for (const [user, password] of Object.entries(users)) {
    // The registry takes bcrypt only.
    const line = await runTool(HTPASSWD, ["-Bbn", user, password]);
    await Deno.writeTextFile(path, line, { append: true });
  }
  return `auth:
  htpasswd:
    realm: forge
    path: ${path}
`;
}

async function readHost(
  lines: ReadableStreamDefaultReader<string>,
): Promise<string> {
  let log = "";
  while (true) {
    const { value, done } = await lines.read();
    if (done) throw new Error(`docker-registry did not start: ${log}`);
    log += value;
    const [, host] = /listening on ([\d.]+:\d+)/.exec(log) ?? [];
    if (host !== undefined) return host;
  }
}

/** A full pipe would stop the registry. */
async function drain(
  lines: ReadableStreamDefaultReader<string>,
): Promise<void> {
  while (!(await lines.read()).done);
}
