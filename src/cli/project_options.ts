/**
 * From arguments to the options that open a project.
 *
 * @module
 */

import type { OpenProjectOptions } from "../project/mod.ts";
import type { Arguments } from "./command.ts";

/** What `--config`, `--offline` and `--frozen` say. */
export function projectOptions(
  { options }: Arguments,
): Omit<OpenProjectOptions, "platform"> {
  const { config, offline, frozen } = options;
  return {
    config: typeof config === "string" ? config : undefined,
    offline: offline === true,
    frozen: frozen === true,
  };
}
