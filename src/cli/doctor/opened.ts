/**
 * The project as far as it can be opened, part by part, so that one bad part
 * does not hide the others.
 *
 * @module
 */

import { relative } from "../../path.ts";
import {
  checkConfig,
  type ConfigFile,
  type ConfigFinding,
  type ConfigLocation,
  findConfig,
  parseConfig,
  readConfig,
  readConfigText,
} from "../../config/mod.ts";
import { ForgeError } from "../../errors.ts";
import { planInstall } from "../../install/mod.ts";
import { type Lock, lockPathOf, readLock } from "../../lock/mod.ts";
import { type Project, readVariable } from "../../project/mod.ts";
import type { Io } from "../io.ts";
import { formatCount } from "../table.ts";
import { type Line, lineOf } from "./line.ts";

/** What could be opened. */
export interface Opened {
  /** What there is to say of the configuration. */
  readonly lines: readonly Line[];
  /** The project, where the configuration can be used. */
  readonly project?: Project | undefined;
  /** What is wrong with the lock file. */
  readonly lockError?: unknown;
}

/** Finds and reads the configuration; a bad one becomes lines. */
export async function openAnyway(
  config: string | undefined,
  io: Io,
): Promise<Opened> {
  try {
    const location = await findConfig({ ...io.platform, path: config });
    return location.kind === "scan"
      ? await openScan(location, io)
      : await openFile(location, io);
  } catch (error) {
    io.signal.throwIfAborted();
    return { lines: [lineOf("configuration", error)] };
  }
}

async function openScan(
  location: Extract<ConfigLocation, { readonly kind: "scan" }>,
  io: Io,
): Promise<Opened> {
  const { config, warnings } = await readConfig(location, io.platform.files);
  const { root, directory } = location;
  const count = formatCount(config.local.length, "module", "modules");
  const plan = planInstall(config, { root, scanned: true });
  const line: Line = {
    area: "configuration",
    status: "warning",
    message: `no forge.ron here: ${count} in ${relative(root, directory)}`,
    hint: "forge init writes one, or name one with --config",
  };
  return {
    lines: [line],
    project: { location, config, warnings, lock: undefined, plan },
  };
}

async function openFile(location: ConfigFile, io: Io): Promise<Opened> {
  const { files } = io.platform;
  const { root } = location;
  const text = await readConfigText(location, files);
  const { findings, usable } = await checkConfig(text, {
    surroundings: {
      files,
      root,
      env: (name) => readVariable(name, io.platform),
    },
  });
  const file = relative(io.platform.cwd(), location.path);
  const lines = findings.filter(({ severity, code }) =>
    // Variables have lines of their own.
    severity !== "info" && code !== "UnsetVariable"
  ).map((finding) => findingLine(finding, file));
  if (!usable) return { lines };
  const { config, warnings } = parseConfig(text, { fileName: file });
  const isBad = lines.some(({ status }) => status === "problem");
  const counts = [
    `${config.oci.length} from registries`,
    `${config.local.length} from the disk`,
  ].join(", ");
  const found: Line = {
    area: "configuration",
    status: "ok",
    message: `${file} (${
      WAYS[location.via]
    }) can be used: extensions ${counts}`,
  };
  const { lock, lockError } = await lockFor(location, io);
  const plan = planInstall(config, { root, scanned: false, lock });
  return {
    lines: isBad ? lines : [found, ...lines],
    project: { location, config, warnings, lock, plan },
    lockError,
  };
}

const WAYS = {
  option: "--config",
  variable: "FORGE_CONFIG_PATH",
  search: "found here",
};

function findingLine(finding: ConfigFinding, file: string): Line {
  const { severity, code, message, hint, line, column } = finding;
  return {
    area: "configuration",
    status: severity === "error" ? "problem" : "warning",
    message: `${file}:${line}:${column} ${code}: ${message}`,
    hint: hint ?? "forge check shows the lines",
  };
}

async function lockFor(
  { path }: ConfigFile,
  { platform: { files } }: Io,
): Promise<{ readonly lock: Lock | undefined; readonly lockError?: unknown }> {
  try {
    return { lock: await readLock(lockPathOf(path), files) };
  } catch (lockError) {
    if (!(lockError instanceof ForgeError)) throw lockError;
    return { lock: undefined, lockError };
  }
}
