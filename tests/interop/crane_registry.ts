/**
 * The registry that `crane` brings along for tests of others, on a free port of
 * loopback.
 *
 * @module
 */

import { join } from "@std/path";
import {
  type RegistryProcess,
  startRegistryProcess,
} from "./registry_process.ts";
import { CRANE, pathOf } from "./tools.ts";

/** Starts a registry in a directory of its own. */
export async function startCraneRegistry(): Promise<RegistryProcess> {
  const root = await Deno.makeTempDir({ prefix: "forge-crane-" });
  const data = join(root, "data");
  await Deno.mkdir(data); // It does not make it.
  return await startRegistryProcess({
    path: pathOf(CRANE),
    args: [
      ...["registry", "serve", "--address", "127.0.0.1:0"],
      ...["--disk", data],
    ],
    log: "stderr",
    port: /serving on port (\d+)/,
    root,
  });
}
