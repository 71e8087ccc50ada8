/**
 * Which versions of the peers took part.
 *
 * @module
 */

import * as tools from "../tools.ts";
import type { Tool } from "../tools.ts";

/** How each says its version, and where in what it says that is. */
const QUESTIONS: readonly (readonly [Tool, readonly string[]])[] = [
  [tools.DOCKER_REGISTRY, ["--version"]],
  [tools.ZOT, ["--version"]],
  [tools.SKOPEO, ["--version"]],
  [tools.BUILDAH, ["--version"]],
  [tools.UMOCI, ["--version"]],
  [tools.CRANE, ["version"]],
  [tools.ORAS, ["version"]],
  [tools.REGCTL, ["version"]],
  [tools.COSIGN, ["version"]],
  [tools.WKG, ["--version"]],
];

/** One line for each that is here. */
export async function toolVersions(): Promise<string> {
  const lines: string[] = [];
  for (const [{ name, path }, args] of QUESTIONS) {
    if (path === undefined) continue;
    const { stdout, stderr } = await new Deno.Command(path, {
      args: [...args],
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    const text = decoder.decode(stdout) + decoder.decode(stderr);
    const [version = "unknown"] = /v?\d+\.\d+[\w.+~-]*/.exec(text) ?? [];
    lines.push(`- ${name} ${version.replace(/^v/, "")}`);
  }
  return lines.join("\n");
}
