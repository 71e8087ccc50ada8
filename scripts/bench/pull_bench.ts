/**
 * How fast modules come from a real registry on this machine, beside what is
 * usual: `curl | openssl`, which keeps nothing, and `skopeo copy`.
 *
 * ```sh
 * deno task bench
 * deno task bench 9
 * ```
 *
 * The number is that of the rounds.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { startDockerRegistry } from "../../tests/interop/docker_registry.ts";
import { CURL, OPENSSL, pathOf, SKOPEO } from "../../tests/interop/tools.ts";
import { type Candidate, formatTable, measure } from "./harness.ts";
import { type PublishedModule, publishModules } from "./published_modules.ts";

const MIB = 2 ** 20;
const DEFAULT_ROUNDS = 5;
const CLI = fromFileUrl(new URL("../../src/cli/main.ts", import.meta.url));
const IMPORT_MAP = fromFileUrl(
  new URL("../jsr_standins/import_map.json", import.meta.url),
);

/** As people run it, and without the second process. */
const FORGES: readonly (readonly [string, ...string[]])[] = [
  ["forge pull"],
  ["forge pull --no-sandbox", "--no-sandbox"],
];

interface Place {
  readonly host: string;
  readonly root: string;
  readonly modules: readonly PublishedModule[];
}

if (import.meta.main) {
  for (const tool of [CURL, OPENSSL, SKOPEO]) pathOf(tool);
  await main(Number(Deno.args[0] ?? DEFAULT_ROUNDS));
}

async function main(rounds: number): Promise<void> {
  await using registry = await startDockerRegistry();
  const { host } = registry;
  const root = await Deno.makeTempDir({ prefix: "forge-bench-" });
  try {
    const many = await open(host, join(root, "many"), { count: 50, size: MIB });
    await report("50 modules of 1 MiB, cold", coldCandidates(many), rounds);
    await report("50 modules of 1 MiB, cached", cachedCandidates(many), rounds);
    const one = await open(host, join(root, "one"), {
      count: 1,
      size: 256 * MIB,
    });
    await report("One module of 256 MiB, cold", coldCandidates(one), rounds);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function report(
  title: string,
  candidates: readonly Candidate[],
  rounds: number,
): Promise<void> {
  const table = formatTable(await measure(candidates, rounds));
  console.log(`\n### ${title}\n\n${table}`);
}

async function open(
  host: string,
  root: string,
  options: { readonly count: number; readonly size: number },
): Promise<Place> {
  await Deno.mkdir(root, { recursive: true });
  return { host, root, modules: await publishModules(host, root, options) };
}

/** `forge pull` writes, syncs and verifies; the others do part of that. */
function coldCandidates(place: Place): readonly Candidate[] {
  return [
    shell(
      "curl, openssl: one after another, kept nowhere",
      place,
      (module) => `curl -sSf ${module.url} | openssl dgst -sha256`,
    ),
    shell(
      "skopeo copy: one after another",
      place,
      (module) =>
        "skopeo --insecure-policy copy -q --src-tls-verify=false " +
        `docker://${module.image} dir:copies/${module.name}`,
      "copies",
    ),
    ...FORGES.map(([name, ...flags]) => ({
      ...forge(name, place, flags),
      prepare: () => clear(place, ".forge"),
    })),
  ];
}

/** The hash of everything is what verification costs; the rest is the start. */
function cachedCandidates(place: Place): readonly Candidate[] {
  return [
    {
      name: "openssl: one process for all files",
      command: [
        "sh",
        "-c",
        "openssl dgst -sha256 .forge/extensions/cache/*.wasm",
      ],
      cwd: place.root,
    },
    ...FORGES.map(([name, ...flags]) => forge(name, place, flags)),
    {
      name: "forge --version: the start alone",
      command: [Deno.execPath(), ...forgeFlags(), "--version"],
    },
  ];
}

function forge(
  name: string,
  { root }: Place,
  flags: readonly string[],
): Candidate {
  return {
    name,
    command: [Deno.execPath(), ...forgeFlags(), "pull", "--quiet", ...flags],
    cwd: root,
  };
}

function forgeFlags(): string[] {
  const standins = Deno.env.get("FORGE_JSR") === "standins"
    ? ["--no-lock", "--import-map", IMPORT_MAP]
    : [];
  return ["run", "-A", "--quiet", ...standins, CLI];
}

function shell(
  name: string,
  place: Place,
  line: (module: PublishedModule) => string,
  product?: string,
): Candidate {
  const script = join(place.root, `${name.split(/\W/)[0]}.sh`);
  return {
    name,
    command: ["sh", script],
    cwd: place.root,
    async prepare() {
      const lines = ["set -e", ...place.modules.map(line), ""];
      await Deno.writeTextFile(script, lines.join("\n"));
      if (product === undefined) return;
      await clear(place, product);
      await Deno.mkdir(join(place.root, product));
    },
  };
}

async function clear({ root }: Place, name: string): Promise<void> {
  await Deno.remove(join(root, name), { recursive: true }).catch(() => {});
}
