/**
 * What the doctor says of the process: runtime, permissions, variables.
 *
 * @module
 */

import { CONFIG_PATH_VARIABLE, isLikelyVariable } from "../../config/mod.ts";
import { denoFlagsText, type Requirement } from "../../permissions/mod.ts";
import { type Project, readVariable } from "../../project/mod.ts";
import { VERSION } from "../../version.ts";
import type { Io } from "../io.ts";
import { notGranted, type SandboxMode } from "../sandbox.ts";
import { formatCount } from "../table.ts";
import type { Line } from "./line.ts";

/** The oldest Node that the package is tested on; the oldest Deno that has all that the sources use. */
const MIN_MAJOR: ReadonlyMap<string, number> = new Map([
  ["Node", 20],
  ["Deno", 2],
]);

/** Which runtime this is, and whether it will do. */
export function runtimeLine({ platform }: Io): Line {
  const { runtime, runtimeVersion = "of an unknown version" } = platform;
  const name = platform.runtimeName ?? (runtime === "deno" ? "Deno" : "Node");
  const least = MIN_MAJOR.get(name) ?? 0;
  const major = Number.parseInt(runtimeVersion, 10);
  const message = `forge ${VERSION} on ${name} ${runtimeVersion}`;
  return major < least
    ? {
      area: "runtime",
      status: "problem",
      message: `${message}, which is too old`,
      hint: `Install ${name} ${least} or later`,
    }
    : { area: "runtime", status: "ok", message };
}

/** What this process may do, held against what it needs. */
export async function permissionLine(
  requirements: readonly Requirement[],
  mode: SandboxMode,
  io: Io,
): Promise<Line> {
  const { sandbox } = io.platform;
  const area = "permissions";
  if (sandbox === undefined) {
    const message =
      "this runtime has none; forge itself asks only the hosts that forge.ron allows";
    return { area, status: "ok", message };
  }
  if (mode === "process") {
    const count = formatCount(requirements.length, "permission", "permissions");
    const message = `a process of its own with ${count}, as forge.ron implies`;
    return { area, status: "ok", message };
  }
  const missing = await notGranted(requirements, sandbox);
  if (missing.length > 0) {
    return {
      area,
      status: "problem",
      message: `this process lacks ${
        missing.map(({ kind, value }) => `${kind} ${value}`).join(", ")
      }`,
      hint: `Run Deno with ${denoFlagsText(requirements)}`,
    };
  }
  if (mode !== "none" && await sandbox.isGranted("net")) {
    return {
      area,
      status: "warning",
      message: "this process may ask every host",
      hint: "Start it with deno run $(forge permissions)",
    };
  }
  const message = "this process has what it needs";
  return { area, status: "ok", message };
}

/** Whether the variables that matter are set; never what they are. */
export function variableLines(
  project: Project | undefined,
  io: Io,
): readonly Line[] {
  const { platform } = io;
  const area = "variables";
  const isSet = (name: string) => (readVariable(name, platform) ?? "") !== "";
  const used = new Set(project?.config.oci.map(({ registry }) => registry));
  const named = Object.entries(project?.config.auth ?? {})
    .flatMap(([registry, { usernameEnv, tokenEnv }]) =>
      [usernameEnv, tokenEnv].flatMap((name) =>
        name === undefined ? [] : [{ name, registry }]
      )
    );
  return [
    {
      area,
      status: "ok",
      message: isSet(CONFIG_PATH_VARIABLE)
        ? `${CONFIG_PATH_VARIABLE} is set`
        : `${CONFIG_PATH_VARIABLE} is not set: forge.ron is searched for`,
    },
    ...named.map(({ name, registry }): Line => {
      if (isSet(name)) {
        const shown = isLikelyVariable(name) ? name : "one with an odd name";
        return { area, status: "ok", message: `${shown} is set (${registry})` };
      }
      if (!isLikelyVariable(name)) {
        return {
          area,
          status: "problem",
          message:
            `auth of ${registry} has something else in the place of a variable's name, perhaps the credential itself`,
          hint: "See forge check; revoke what others may have seen",
        };
      }
      return {
        area,
        status: used.has(registry) ? "warning" : "ok",
        message: `${name} is not set (${registry})`,
        ...(used.has(registry)
          ? { hint: `Set ${name} before forge runs, or correct its name` }
          : {}),
      };
    }),
  ];
}
