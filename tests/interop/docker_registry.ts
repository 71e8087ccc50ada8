/**
 * A real registry: Debian's `docker-registry`, or a later version of the same
 * program, on a free port of loopback.
 *
 * @module
 */

import { join } from "@std/path";
import { runTool } from "./processes.ts";
import {
  type RegistryProcess,
  startRegistryProcess,
} from "./registry_process.ts";
import { DOCKER_REGISTRY, HTPASSWD, pathOf, type Tool } from "./tools.ts";

/** Options of {@linkcode startDockerRegistry}. */
export interface DockerRegistryOptions {
  /** Who may use it, with which password; anyone unless told otherwise. */
  readonly users?: Readonly<Record<string, string>>;
  /** The program; Debian's unless told otherwise. */
  readonly tool?: Tool;
}

/** Starts a registry in a directory of its own. */
export async function startDockerRegistry(
  options: DockerRegistryOptions = {},
): Promise<RegistryProcess> {
  const root = await Deno.makeTempDir({ prefix: "forge-registry-" });
  const config = join(root, "config.yml");
  const auth = await writePasswords(root, options.users);
  await Deno.writeTextFile(config, configuration(root) + auth);
  return await startRegistryProcess({
    path: pathOf(options.tool ?? DOCKER_REGISTRY),
    args: ["serve", config],
    log: "stderr",
    port: /listening on [\d.]+:(\d+)/,
    root,
  });
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
