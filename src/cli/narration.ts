/**
 * What happens, told on standard error while it happens.
 *
 * @module
 */

import type { InstallEvent } from "../install/mod.ts";
import type { RegistryEvent } from "../registry/mod.ts";
import type { LogLine } from "../runtime/mod.ts";
import type { Arguments, OptionSpec } from "./command.ts";
import type { Io } from "./io.ts";
import { withoutControls } from "./plain_text.ts";
import { printWarning } from "./problem.ts";
import { formatSize } from "./table.ts";

/** How much is told: warnings only, what a user wants to know, or every request too. */
export type Loudness = "quiet" | "usual" | "verbose";

/** The option of all commands that talk to registries. */
export const VERBOSE_OPTION: Readonly<Record<string, OptionSpec>> = {
  verbose: {
    type: "boolean",
    short: "v",
    summary: "Print every request too, without its secrets",
  },
};

/** The options that {@linkcode loudnessOf} reads. */
export const LOUDNESS_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  quiet: {
    type: "boolean",
    short: "q",
    summary: "Print warnings, errors and results only",
  },
  ...VERBOSE_OPTION,
};

/** How much the options ask for; `--verbose` wins. */
export function loudnessOf(
  { options }: Arguments,
  otherwise: Loudness = "usual",
): Loudness {
  if (options["verbose"] === true) return "verbose";
  return options["quiet"] === true ? "quiet" : otherwise;
}

/**
 * Prints what an extension said, with its name in front of each line: nothing
 * of it can be taken for what the command says itself.
 */
export function printLog(io: Io, { name, text }: LogLine): void {
  const lines = text.replace(/\r?\n$/, "").split(/\r?\n/);
  io.err(
    lines.map((line) => `[${name}] ${withoutControls(line)}\n`).join(""),
  );
}

/** Tells of one event on standard error. */
export function narrate(
  event: InstallEvent | RegistryEvent,
  io: Io,
  loudness: Loudness,
): void {
  narrateRegistry(event, io, loudness);
  if (event.type === "warning") {
    printWarning(io, event.message, event.hint);
  } else if (loudness === "quiet") {
    return;
  } else if (event.type === "pulling") {
    io.err(`pulling ${event.name} from ${event.reference}\n`);
  } else if (event.type === "outcome" && event.outcome.status === "pulled") {
    const { name, sizeBytes } = event.outcome;
    io.err(`pulled ${name}, ${formatSize(sizeBytes)}\n`);
  }
}

function narrateRegistry(
  event: InstallEvent | RegistryEvent,
  io: Io,
  loudness: Loudness,
): void {
  if (event.type === "registry-warning") {
    printWarning(io, `${event.registry}: ${event.message}`);
  } else if (event.type === "mirror-failed") {
    const { error, mirror, registry } = event;
    const reason = error instanceof Error ? error.message : String(error);
    printWarning(
      io,
      `${registry}: the mirror ${mirror} did not help: ${reason}`,
    );
  } else if (event.type === "retry" && loudness !== "quiet") {
    const seconds = (event.waitMs / 1000).toFixed(1);
    io.err(
      `${event.host}: ${event.reason}, trying again in ${seconds} s\n`,
    );
  } else if (loudness === "verbose") logRequest(event, io);
}

/** Prints a request and what came of it; its URL is redacted already. */
export function logRequest(
  event: InstallEvent | RegistryEvent,
  io: Io,
): void {
  if (event.type === "request") {
    const { method, url, status, durationMs } = event;
    io.err(`${method} ${url} ${status}, ${formatDuration(durationMs)}\n`);
  } else if (event.type === "request-failed") {
    const { method, url, durationMs } = event;
    io.err(`${method} ${url} failed after ${formatDuration(durationMs)}\n`);
  }
}

function formatDuration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
