/**
 * What JSR would say of the package: slow types, names without documentation,
 * files that do not belong, and which files it would get.
 *
 * ```sh
 * deno task publish-check
 * ```
 *
 * `deno publish` asks JSR for the packages of `deno.json` whatever its import
 * map says. Where JSR is out of reach a copy of what is published is checked,
 * with the stand-ins linked as the packages that they stand in for.
 *
 * @module
 */

import { dirname, fromFileUrl, join } from "@std/path";
import denoJson from "../deno.json" with { type: "json" };
import importMap from "./jsr_standins/import_map.json" with { type: "json" };

const ROOT = fromFileUrl(new URL("../", import.meta.url));
const STANDINS = new URL("./jsr_standins/", import.meta.url);

/** What `deno publish --dry-run` said. */
export interface PublishCheck {
  /** Whether it would publish. */
  readonly success: boolean;
  /** Paths of the files that it would publish, sorted. */
  readonly files: readonly string[];
  /** Everything else that it said. */
  readonly output: string;
}

/** Asks `deno publish` what it would do. */
export async function checkPublish(): Promise<PublishCheck> {
  if (Deno.env.get("FORGE_JSR") !== "standins") return await dryRun(ROOT);
  const directory = await Deno.makeTempDir({ prefix: "forge-publish-" });
  try {
    const home = join(directory, "package");
    for (const path of denoJson.publish.include) await copy(path, home);
    const links = await linkStandins(join(directory, "links"));
    await Deno.writeTextFile(
      join(home, "deno.json"),
      JSON.stringify({ ...denoJson, links }),
    );
    return await dryRun(home);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function dryRun(directory: string): Promise<PublishCheck> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", "--dry-run", "--allow-dirty", "--no-lock"],
    cwd: directory,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const text = [stdout, stderr]
    .map((bytes) => new TextDecoder().decode(bytes)).join("");
  const home = await Deno.realPath(directory);
  const files: string[] = [];
  const others = text.split("\n").filter((line) => {
    const url = /^\s*(file:\/\/\S+) \([\d.]+\w+\)$/.exec(line)?.[1];
    if (url === undefined) return true;
    files.push(fromFileUrl(url).slice(join(home, "/").length));
    return false;
  });
  return { success, files: files.sort(), output: others.join("\n") };
}

/** Makes packages of the stand-ins; returns their directories. */
async function linkStandins(directory: string): Promise<readonly string[]> {
  const links: string[] = [];
  for (const [name, specifier] of Object.entries<string>(denoJson.imports)) {
    const version = /^jsr:.*@\^?([\d.]+)$/.exec(specifier)?.[1];
    const standin = (importMap.imports as Record<string, string>)[name];
    // The build of the npm package is not published.
    if (version === undefined || name === "@deno/dnt") continue;
    const link = join(directory, name);
    await Deno.mkdir(link, { recursive: true });
    await Deno.copyFile(
      new URL(standin ?? "", STANDINS),
      join(link, "mod.ts"),
    );
    await Deno.writeTextFile(
      join(link, "deno.json"),
      JSON.stringify({ name, version, exports: "./mod.ts" }),
    );
    links.push(link);
  }
  return links;
}

async function copy(path: string, directory: string): Promise<void> {
  const source = join(ROOT, path);
  const target = join(directory, path);
  if ((await Deno.stat(source)).isFile) {
    await Deno.mkdir(dirname(target), { recursive: true });
    return await Deno.copyFile(source, target);
  }
  for await (const { name } of Deno.readDir(source)) {
    await copy(`${path}/${name}`, directory);
  }
}

if (import.meta.main) {
  const { success, files, output } = await checkPublish();
  console.log(`${output.trim()}\n${files.length} files:`);
  for (const path of files) console.log(`  ${path}`);
  if (!success) Deno.exitCode = 1;
}
