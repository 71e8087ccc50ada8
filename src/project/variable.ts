/**
 * Reading variables that `forge.ron` names.
 *
 * @module
 */

import { isLikelyVariable } from "../config/mod.ts";
import type { Platform } from "../platform/types.ts";

/**
 * Reads a variable. What looks like a token in the place of a name is not set
 * where it may not be read: the error would show it.
 */
export function readVariable(
  name: string,
  { env }: Pick<Platform, "env">,
): string | undefined {
  if (isLikelyVariable(name)) return env(name);
  try {
    return env(name);
  } catch {
    // Not granted, or nothing that the system takes for a name.
    return undefined;
  }
}
