/**
 * What `run` and `pull` found, for people and for programs.
 *
 * @module
 */

import type { ForgeError } from "../errors.ts";
import type { Outcome } from "../install/mod.ts";
import type { ExtensionInfo } from "../runtime/mod.ts";
import { shortText } from "./plain_text.ts";
import type { SandboxMode } from "./sandbox.ts";
import { formatSize, formatTable, shortDigest } from "./table.ts";

/** Characters of what an extension says of itself in a table. */
const MAX_INFO_LENGTH = 32;

/** One extension: what became of it, and whether it was loaded. */
export interface ReportEntry {
  /** What the install came to. */
  readonly outcome: Outcome;
  /** Whether it is running. */
  readonly loaded: boolean;
  /** Kind of the module, where it was looked at. */
  readonly kind?: "core" | "component" | undefined;
  /** What it says of itself, if it is one of the Forge world. */
  readonly info?: ExtensionInfo | undefined;
  /** Why it could not be loaded although it is there. */
  readonly loadError?: ForgeError | undefined;
}

/** What the report says of the run as a whole. */
export interface ReportSummary {
  /** As the exit status says. */
  readonly ok: boolean;
  /** How much the process that ran the extensions was allowed. */
  readonly sandbox: SandboxMode;
}

/** One JSON document with everything. */
export function reportJson(
  entries: readonly ReportEntry[],
  summary: ReportSummary,
): string {
  const extensions = entries.map(entryJson);
  return JSON.stringify({ extensions, ...summary }, null, 2) + "\n";
}

/** A table for people, for a terminal of that width if it is for one. */
export function reportTable(
  entries: readonly ReportEntry[],
  width?: number,
): string {
  const header = ["NAME", "SOURCE", "REFERENCE", "DIGEST", "SIZE", "STATUS"];
  const rows = entries.map((entry) => {
    const { outcome } = entry;
    const ready = "path" in outcome ? outcome : undefined;
    const digest = ready?.manifestDigest ??
      (ready && `sha256:${ready.sha256}`);
    return [
      outcome.name,
      outcome.source,
      referenceOf(outcome) ?? ready?.path ?? "-",
      digest === undefined ? "-" : shortDigest(digest),
      ready === undefined ? "-" : formatSize(ready.sizeBytes),
      statusOf(entry),
    ];
  });
  return formatTable([header, ...rows], [4], width);
}

function entryJson({ outcome, loaded, kind, info, loadError }: ReportEntry) {
  const ready = "path" in outcome ? outcome : undefined;
  const error = "error" in outcome ? outcome.error : loadError;
  return {
    name: outcome.name,
    source: outcome.source,
    registry: outcome.registry,
    image: outcome.image,
    reference: outcome.reference,
    manifestDigest: ready?.manifestDigest,
    layerDigest: ready?.layerDigest,
    sha256: ready?.sha256,
    sizeBytes: ready?.sizeBytes,
    path: ready?.path,
    status: outcome.status,
    loaded,
    kind,
    info,
    error: error && {
      code: error.code,
      message: error.message,
      hint: error.hint,
    },
  };
}

function referenceOf(outcome: Outcome): string | undefined {
  if (outcome.registry === undefined) return undefined;
  const { registry, image, reference } = outcome;
  const isDigest = reference?.includes(":") === true;
  const version = isDigest ? `@${shortDigest(reference)}` : `:${reference}`;
  return `${registry}/${image}${version}`;
}

function statusOf({ outcome, loaded, info, loadError }: ReportEntry): string {
  if (loaded) {
    const what = info === undefined
      ? ""
      : ` (${shortText(`${info.name} ${info.version}`, MAX_INFO_LENGTH)})`;
    return `${outcome.status}, loaded${what}`;
  }
  return loadError === undefined
    ? outcome.status
    : `${outcome.status}, not loaded`;
}
