/**
 * Names in a cache directory that nobody takes for an entry.
 *
 * @module
 */

import type { Clock } from "../platform/types.ts";

/** A new name for a file of some kind. */
export function temporaryName(clock: Clock, kind: string): string {
  return `.forge-${chanceText(clock)}.${kind}`;
}

/** About 95 bits of chance in letters and digits. */
export function chanceText(clock: Clock): string {
  const part = () => Math.floor(clock.random() * 2 ** 48).toString(36);
  return part() + part();
}
