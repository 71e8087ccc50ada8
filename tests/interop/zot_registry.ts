/**
 * A registry of another family: `zot`, on a free port of loopback.
 *
 * @module
 */

import { join } from "@std/path";
import {
  type RegistryProcess,
  startRegistryProcess,
} from "./registry_process.ts";
import { pathOf, ZOT } from "./tools.ts";

/** Starts a registry in a directory of its own. */
export async function startZot(): Promise<RegistryProcess> {
  const root = await Deno.makeTempDir({ prefix: "forge-zot-" });
  const config = join(root, "config.json");
  await Deno.writeTextFile(
    config,
    JSON.stringify({
      storage: { rootDirectory: join(root, "data"), gc: false },
      // Port 0: the system chooses, and the log says what.
      http: {
        address: "127.0.0.1",
        port: "0",
        // Manifests of Docker's, which it refuses otherwise.
        compat: ["docker2s2"],
      },
      log: { level: "info" },
    }),
  );
  return await startRegistryProcess({
    path: pathOf(ZOT),
    args: ["serve", config],
    log: "stdout",
    port: /"port":"?([1-9]\d*)/,
    root,
  });
}
