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
  [tools.DISTRIBUTION, ["--version"]],
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
    const text = await answerOf(path, args);
    const [version = "unknown"] = /v?\d+\.\d+[\w.+~-]*/.exec(text) ?? [];
    lines.push(`- ${name} ${version.replace(/^v/, "")}`);
  }
  if (tools.ZOT.path !== undefined) {
    // It does not say; what it was built from stands in the program.
    const text = await answerOf("go", ["version", "-m", tools.ZOT.path]);
    const [, version = "unknown"] =
      /(?:zot(?:\/v\d+)?\s+|ReleaseTag=)v(\d[\w.+-]+)/.exec(text) ?? [];
    lines.push(`- zot ${version}`);
  }
  return lines.join("\n");
}

async function answerOf(
  path: string,
  args: readonly string[],
): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(path, {
    args: [...args],
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return decoder.decode(stdout) + decoder.decode(stderr);
}
