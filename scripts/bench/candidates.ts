/**
 * What is measured beside each other when modules are pulled.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import {
  CRANE,
  CURL,
  OPENSSL,
  ORAS,
  SKOPEO,
  type Tool,
} from "../../tests/interop/tools.ts";
import type { Candidate } from "./harness.ts";
import type { PublishedModule } from "./published_modules.ts";

const CLI = fromFileUrl(new URL("../../src/cli/main.ts", import.meta.url));
const IMPORT_MAP = fromFileUrl(
  new URL("../jsr_standins/import_map.json", import.meta.url),
);

/** As people run it, and without the second process. */
const FORGES: readonly (readonly [string, ...string[]])[] = [
  ["forge pull"],
  ["forge pull --no-sandbox", "--no-sandbox"],
];

/** A directory with a `forge.ron` that names modules of a registry. */
export interface Place {
  /** The registry. */
  readonly host: string;
  /** The directory. */
  readonly root: string;
  /** The modules. */
  readonly modules: readonly PublishedModule[];
}

/** One process for each module, one after another. */
const PEERS: readonly {
  readonly name: string;
  readonly tools: readonly Tool[];
  readonly line: (module: PublishedModule) => string;
  readonly product?: string;
}[] = [
  {
    name: "curl, openssl: one after another, kept nowhere",
    tools: [CURL, OPENSSL],
    line: ({ url }) => `curl -sSf ${url} | openssl dgst -sha256`,
  },
  {
    name: "curl, openssl, sync: one after another, to the disk",
    tools: [CURL, OPENSSL],
    line: ({ url, name }) =>
      `curl -sSf -o kept/${name} ${url} && ` +
      `openssl dgst -sha256 kept/${name} && sync kept/${name}`,
    product: "kept",
  },
  {
    name: "skopeo copy: one after another",
    tools: [SKOPEO],
    line: ({ image, name }) =>
      "skopeo --insecure-policy copy -q --src-tls-verify=false " +
      `docker://${image} dir:copies/${name}`,
    product: "copies",
  },
  {
    name: "oras pull: one after another",
    tools: [ORAS],
    line: ({ image, name }) =>
      `oras pull --plain-http --no-tty -o pulled/${name} ${image}`,
    product: "pulled",
  },
  {
    name: "crane pull: one after another",
    tools: [CRANE],
    line: ({ image, name }) =>
      `crane pull --insecure --format oci ${image} layouts/${name}`,
    product: "layouts",
  },
];

/** `forge pull` writes, syncs and verifies, as the second does; the others do part of that. Peers that are not here are left out. */
export function coldCandidates(place: Place): readonly Candidate[] {
  return [
    ...PEERS.filter(({ tools }) => tools.every(({ path }) => path)).map(
      ({ name, line, product }) => shell(name, place, line, product),
    ),
    ...FORGES.map(([name, ...flags]) => ({
      ...forge(name, place, flags),
      prepare: () => clear(place, ".forge"),
    })),
  ];
}

/** The hash of everything is what verification costs; the rest is the start. */
export function cachedCandidates(place: Place): readonly Candidate[] {
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
