/**
 * Finding out where a registry sends its clients, and writing it down.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { readConfigText } from "../config/mod.ts";
import type { Plan } from "../install/mod.ts";
import { changeText, writingFile } from "../lock/mod.ts";
import { installProject, type Project } from "../project/mod.ts";
import {
  applyEdits,
  encodeRon,
  list,
  parseDocument,
  setValue,
  spanOf,
  string,
} from "../ron/mod.ts";
import type { Io } from "./io.ts";
import { printError } from "./problem.ts";

/**
 * Pulls everything once, asks about each host that is not allowed yet, and
 * adds those that the user allows to `allowed_hosts` of their registry.
 *
 * @throws {ForgeError} `USAGE` when there is nobody to ask, or no file to
 * write to.
 */
export async function learnHosts(
  project: Project,
  io: Io,
  assumeYes: boolean,
): Promise<void> {
  const { location } = project;
  if (location.kind === "scan") {
    throw new ForgeError("USAGE", "Cannot learn hosts: there is no forge.ron");
  }
  if (!assumeYes && io.ask === undefined) {
    throw new ForgeError(
      "USAGE",
      "Cannot learn hosts: there is nobody to ask",
      {
        hint: "Run it on a terminal, or with --yes to allow every host",
      },
    );
  }
  const learned = new Map<string, readonly string[]>();
  const registries = new Set(project.config.oci.map((each) => each.registry));
  for (const registry of registries) {
    const hosts = await learnOne(project, registry, { io, assumeYes });
    if (hosts.length > 0) learned.set(registry, hosts);
  }
  if (learned.size === 0) {
    io.err("Nothing to learn: every host is allowed already\n");
    return;
  }
  await writeHosts(location.path, learned, project, io);
}

async function learnOne(
  project: Project,
  registry: string,
  { io, assumeYes }: { readonly io: Io; readonly assumeYes: boolean },
): Promise<readonly string[]> {
  const decisions = new Map<string, Promise<boolean>>();
  const outcomes = await installProject(onlyFrom(project, registry), {
    platform: io.platform,
    signal: io.signal,
    refresh: true,
    onUnknownHost: (host) => {
      const known = decisions.get(host);
      if (known !== undefined) return known;
      const decision = assumeYes
        ? Promise.resolve(true)
        : allows(io, registry, host);
      decisions.set(host, decision);
      return decision;
    },
  });
  for (const outcome of outcomes) {
    if (outcome.status === "failed") printError(io, outcome.error);
  }
  const hosts: string[] = [];
  for (const [host, decision] of decisions) {
    if (await decision) hosts.push(host);
  }
  return hosts.sort();
}

async function allows(io: Io, registry: string, host: string) {
  const answer = await io.ask?.(
    `${registry} sends us to ${host}. Allow? [y/N] `,
  );
  return /^y(es)?$/i.test((answer ?? "").trim());
}

function onlyFrom(project: Project, registry: string): Project {
  const plan: Plan = {
    ...project.plan,
    extensions: project.plan.extensions.filter((planned) =>
      planned.source === "oci" && planned.registry === registry
    ),
  };
  return { ...project, plan };
}

/** Changes the file in place; comments and everything else stay as they are. */
async function writeHosts(
  path: string,
  learned: ReadonlyMap<string, readonly string[]>,
  project: Project,
  io: Io,
): Promise<void> {
  const { files, clock } = io.platform;
  const change = (before = "") => {
    let text = before;
    for (const [registry, hosts] of learned) {
      const known = project.config.registries[registry]?.allowedHosts ?? [];
      text = withHosts(text, registry, [...known, ...hosts]);
    }
    return text;
  };
  const read = () => readConfigText({ path }, files);
  const { signal } = io;
  await writingFile(
    path,
    () => changeText(path, change, { files, clock, signal, read }),
  );
  for (const [registry, hosts] of learned) {
    io.err(`allowed for ${registry}: ${hosts.join(", ")}\n`);
  }
}

/** The text with `allowed_hosts` of a registry set; what is missing around it is added. */
export function withHosts(
  text: string,
  registry: string,
  hosts: readonly string[],
): string {
  const allowed = encodeRon(hosts, list(string()));
  const document = parseDocument(text);
  const registries = ["extensions", "registries"];
  const is = (path: readonly string[]) => spanOf(document, path) !== undefined;
  const settings = `RegistrySettings(allowed_hosts: ${allowed})`;
  const edits = is([...registries, registry])
    ? setValue(document, [...registries, registry, "allowed_hosts"], allowed)
    : is(registries)
    ? setValue(document, [...registries, registry], settings)
    : setValue(
      document,
      registries,
      `{${encodeRon(registry, string())}: ${settings}}`,
    );
  return applyEdits(text, edits);
}
