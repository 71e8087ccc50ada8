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

/** Where the file has each limit, in the words of a hint. */
export const LIMIT_NAMES: Readonly<
  Record<Exclude<keyof LimitsConfig, "profile">, string>
> = {
  moduleBytes: "limits.module_mib in forge.ron",
  memoryBytes: "limits.memory_mib in forge.ron",
  fuel: "limits.fuel in forge.ron",
  timeoutMs: "limits.timeout_ms in forge.ron",
  maxConcurrentOperations: "limits.concurrent_operations in forge.ron",
  maxRows: "limits.result_rows in forge.ron",
  maxResultBytes: "limits.result_mib in forge.ron",
  databaseBytes: "limits.database_mib in forge.ron",
  databaseSteps: "limits.database_steps in forge.ron",
  directoryBytes: "limits.directory_mib in forge.ron",
  directoryEntries: "limits.directory_entries in forge.ron",
  fileBytes: "limits.file_mib in forge.ron",
};

const PROFILES = { Default: "default", Development: "development" } as const;
