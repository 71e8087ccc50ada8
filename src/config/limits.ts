/**
 * Limits in the words of the file, turned into those of the runtime.
 *
 * @module
 */

import type { LimitsConfig } from "./model.ts";
import type { RawLimits } from "./schema.ts";

const MIB = 1024 * 1024;

/** Limits as the runtime counts: bytes, and nothing that is not said. */
export function limitsOf(raw: RawLimits): LimitsConfig {
  const mib = (value: number | undefined) =>
    value === undefined ? undefined : value * MIB;
  const count = (value: bigint | undefined) =>
    value === undefined ? undefined : Number(value);
  const limits: LimitsConfig = {
    profile: raw.profile && PROFILES[raw.profile.kind],
    moduleBytes: mib(raw.module_mib),
    memoryBytes: mib(raw.memory_mib),
    fuel: count(raw.fuel),
    timeoutMs: raw.timeout_ms,
    maxConcurrentOperations: raw.concurrent_operations,
    maxRows: raw.result_rows,
    maxResultBytes: mib(raw.result_mib),
    databaseBytes: mib(raw.database_mib),
    databaseSteps: count(raw.database_steps),
    directoryBytes: mib(raw.directory_mib),
    directoryEntries: raw.directory_entries,
    fileBytes: mib(raw.file_mib),
  };
  return Object.fromEntries(
    Object.entries(limits).filter(([, value]) => value !== undefined),
  );
}

const PROFILES = { Default: "default", Development: "development" } as const;
