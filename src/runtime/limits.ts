/**
 * How much an extension may use up.
 *
 * @module
 */

/** Limits of one extension. */
export interface ExtensionLimits {
  /** Size of the module in bytes. */
  readonly moduleBytes: number;
  /** Memory of the module in bytes; rounded down to pages of 64 KiB. */
  readonly memoryBytes: number;
  /** Fuel of one operation; a unit is an instruction at most. */
  readonly fuel: number;
  /** Time of one operation in milliseconds. */
  readonly timeoutMs: number;
  /** Operations that may run or wait at the same time; more are refused. */
  readonly maxConcurrentOperations: number;
  /** Rows that one database query may give. */
  readonly maxRows: number;
  /** Bytes of text and blobs that one database query may give. */
  readonly maxResultBytes: number;
  /** Size of the database in bytes. */
  readonly databaseBytes: number;
  /**
   * Instructions of SQLite's machine that one statement may take, with the
   * engine `wasm`: the default where nothing else ends a statement.
   */
  readonly databaseSteps: number;
  /** Size of the directory in bytes; each entry counts as 4 KiB beside its content. */
  readonly directoryBytes: number;
  /** Size of one file in the directory in bytes. */
  readonly fileBytes: number;
  /** Files and directories in the directory. */
  readonly directoryEntries: number;
}

/** What limits are called where they were set: for the hints of errors. */
export type LimitNames = {
  readonly [Limit in keyof ExtensionLimits]?: string;
};

/** Limits, and what they are called where they were set. */
export interface NamedLimits extends ExtensionLimits {
  /** Their names; those of {@linkcode ExtensionLimits} for what is not given. */
  readonly names?: LimitNames | undefined;
}

const MIB = 1024 * 1024;

/** The limits of the original server. */
export const DEFAULT_LIMITS: ExtensionLimits = {
  moduleBytes: 10 * MIB,
  memoryBytes: 16 * MIB,
  fuel: 1_000_000_000,
  timeoutMs: 5_000,
  maxConcurrentOperations: 10,
  // What a memory of 16 MiB can take, with room for what the extension makes of it.
  maxRows: 100_000,
  maxResultBytes: 4 * MIB,
  // The original server has none of these: enough for any extension that is meant well.
  databaseBytes: 256 * MIB,
  databaseSteps: 100_000_000,
  directoryBytes: 256 * MIB,
  fileBytes: 64 * MIB,
  directoryEntries: 10_000,
};

/**
 * The limits of the original server for development. It has no limit of fuel
 * there; here fuel is what ends a loop, so there is as much of it as lasts for
 * about the time that is allowed.
 */
export const DEVELOPMENT_LIMITS: ExtensionLimits = {
  moduleBytes: 20 * MIB,
  memoryBytes: 32 * MIB,
  fuel: 30_000_000_000,
  timeoutMs: 30_000,
  maxConcurrentOperations: 50,
  maxRows: 200_000,
  maxResultBytes: 8 * MIB,
  databaseBytes: 1024 * MIB,
  databaseSteps: 600_000_000,
  directoryBytes: 1024 * MIB,
  fileBytes: 256 * MIB,
  directoryEntries: 100_000,
};

/**
 * Fills in what is not given.
 *
 * @throws {RangeError} When one is no number from 0 on; `Infinity` is one.
 */
export function resolveLimits(
  limits: Partial<ExtensionLimits> = {},
  names?: LimitNames,
): NamedLimits {
  const given = Object.entries(limits).filter(([, value]) =>
    value !== undefined
  );
  for (const [name, value] of given) {
    if (typeof value === "number" && value >= 0) continue;
    throw new RangeError(
      `Cannot use ${value} as the limit ${name}: expected a number from 0 on`,
    );
  }
  return {
    ...DEFAULT_LIMITS,
    ...Object.fromEntries(given),
    ...(names && { names }),
  };
}

/** What a limit is called where it was set, for the hint of an error. */
export function nameOfLimit(
  { names }: Pick<NamedLimits, "names">,
  limit: keyof ExtensionLimits,
): string {
  return names?.[limit] ?? `the limit ${limit}`;
}

/** Fuel that lasts longer than any machine, and can still be counted as a `number`. */
const ENDLESS_FUEL = 2 ** 53 - 1;

/** The fuel that one operation starts with. */
export function fullTank({ fuel }: Pick<ExtensionLimits, "fuel">): bigint {
  return BigInt(Math.floor(Math.min(fuel, ENDLESS_FUEL)));
}
