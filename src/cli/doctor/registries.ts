/**
 * What the doctor says of registries: who we are to them, whether they answer,
 * and what time they think it is.
 *
 * @module
 */

import type { Config, RegistryConfig } from "../../config/mod.ts";
import { ForgeError } from "../../errors.ts";
import type { PlannedOci } from "../../install/mod.ts";
import { parseRegistryHost } from "../../oci/mod.ts";
import { entryFor } from "../../permissions/mod.ts";
import { createProjectClient, type Project } from "../../project/mod.ts";
import { credentialsOf } from "../../project/registry_client.ts";
import type { RegistryClient, RegistryEvent } from "../../registry/mod.ts";
import type { Io } from "../io.ts";
import { logRequest } from "../narration.ts";
import { type Answer, clockLine, listening } from "./answers.ts";
import { type Line, lineOf } from "./line.ts";

/** Nobody waits longer for a diagnosis of one registry. */
const MAX_WAIT_SECS = 10;

/** The registries that extensions come from, each once. */
export function registriesOf({ oci }: Config): readonly string[] {
  return [...new Set(oci.map(({ registry }) => parseRegistryHost(registry)))];
}

/** Which credentials would be used for a registry, and where they are from. */
export interface KnownCredentials {
  /** The registry. */
  readonly registry: string;
  /** Where they are from; `undefined`: there are none. */
  readonly source: string | undefined;
  /** What there is to say. */
  readonly lines: readonly Line[];
}

/** Looks credentials up as a pull would; sends nothing. */
export async function findCredentials(
  { config }: Project,
  io: Io,
): Promise<readonly KnownCredentials[]> {
  const lines: Line[] = [];
  const credentials = credentialsOf(config, {
    platform: io.platform,
    onEvent: (event) => lines.push(...warningsOf(event, "credentials")),
  });
  const known: KnownCredentials[] = [];
  for (const registry of registriesOf(config)) {
    const { credential, missing = [] } = await credentials.get(registry);
    const source = credential?.source;
    known.push({
      registry,
      source,
      lines: [
        ...lines.splice(0),
        credentialLine(registry, source, missing),
      ],
    });
  }
  return known;
}

function credentialLine(
  registry: string,
  source: string | undefined,
  missing: readonly string[],
): Line {
  const area = "credentials";
  if (source !== undefined) {
    return { area, status: "ok", message: `${registry}: ${source}` };
  }
  if (missing.length === 0) {
    return { area, status: "ok", message: `${registry}: none, anonymous` };
  }
  const names = missing.join(" and ");
  return {
    area,
    status: "warning",
    message: `${registry}: none, anonymous, for ${names} is not set`,
    hint: `Set ${names}, or remove auth of "${registry}" from forge.ron`,
  };
}

function warningsOf(event: RegistryEvent, area: Line["area"]): readonly Line[] {
  if (event.type !== "registry-warning") return [];
  const { registry, message } = event;
  return [{
    area,
    status: "warning",
    message: `${registry}: ${message}`,
    hint: area === "credentials"
      ? "Log in again with docker or podman, or name variables under auth"
      : undefined,
  }];
}

/** Asks every registry and mirror whether it answers and takes our credentials. */
export async function askRegistries(
  project: Project,
  known: readonly KnownCredentials[],
  { io, isVerbose }: { readonly io: Io; readonly isVerbose: boolean },
): Promise<readonly Line[]> {
  const { config, location, plan } = project;
  const answers: Answer[] = [];
  const lines: Line[] = [];
  const client = await createProjectClient(impatient(config), {
    platform: listening(io.platform, answers),
    root: location.root,
    offline: false,
    onEvent: (event) => {
      lines.push(...warningsOf(event, "registry"));
      if (isVerbose) logRequest(event, io);
    },
  });
  for (const { registry, source } of known) {
    const first = plan.extensions.find((each): each is PlannedOci =>
      each.source === "oci" && parseRegistryHost(each.registry) === registry
    );
    const asked = { registry, source, client, answers, io };
    lines.push(await askRegistry(asked, first));
    const mirrors = entryFor(config.registries, registry)?.value.mirrors ?? [];
    for (const mirror of mirrors) {
      const line = await askRegistry({ ...asked, registry: mirror });
      const status = line.status === "problem" ? "warning" : line.status;
      lines.push({ ...line, status, message: `mirror ${line.message}` });
    }
  }
  return [...lines, clockLine(answers)];
}

interface Asked {
  readonly registry: string;
  readonly source: string | undefined;
  readonly client: RegistryClient;
  readonly answers: readonly Answer[];
  readonly io: Io;
}

async function askRegistry(asked: Asked, first?: PlannedOci): Promise<Line> {
  const { registry, source, client, answers, io } = asked;
  const area = "registry";
  const before = answers.length;
  const startedMs = io.platform.clock.now();
  const { signal } = io;
  let served = "";
  try {
    try {
      await client.ping(registry, { signal });
    } catch (error) {
      const isRefusal = error instanceof ForgeError &&
        error.code === "REGISTRY_AUTH" && source === undefined;
      if (!isRefusal || first === undefined) throw error;
      // Some tell nobody in particular that they are there, and serve what is public.
      await client.repository(first.registry, first.image)
        .resolve(first.reference, { signal });
      served = `serves ${first.image} to anybody`;
    }
  } catch (error) {
    signal.throwIfAborted();
    const line = lineOf(area, error);
    return { ...line, message: `${registry}: ${line.message}` };
  }
  const tookMs = Math.round(io.platform.clock.now() - startedMs);
  const mine = answers.slice(before);
  const way = mine.some(({ scheme }) => scheme === "http:")
    ? "without TLS"
    : "TLS";
  const wasAsked = mine.some(({ status }) => status === 401);
  const identity = served !== ""
    ? served
    : !wasAsked
    ? "asks for no credentials"
    : source === undefined
    ? "lets anybody in"
    : "takes the credentials";
  const message = `${registry}: answers in ${tookMs} ms, ${way}, ${identity}`;
  return { area, status: "ok", message };
}

/** The configuration, with no second attempt and little patience. */
function impatient(config: Config): Config {
  const hosts = [
    ...registriesOf(config),
    ...Object.values(config.registries).flatMap(({ mirrors }) => mirrors),
  ];
  const hurried = (settings: RegistryConfig): RegistryConfig => ({
    ...settings,
    retryBudgetSecs: 0,
    timeoutSecs: Math.min(settings.timeoutSecs ?? Infinity, MAX_WAIT_SECS),
  });
  const registries: Record<string, RegistryConfig> = {};
  for (const [host, settings] of Object.entries(config.registries)) {
    registries[host] = hurried(settings);
  }
  for (const host of hosts) {
    if (entryFor(registries, host) !== undefined) continue;
    registries[host] = hurried(PLAIN_SETTINGS);
  }
  return { ...config, registries };
}

const PLAIN_SETTINGS: RegistryConfig = {
  plainHttp: false,
  mirrors: [],
  allowedHosts: [],
};
