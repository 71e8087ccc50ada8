/**
 * `forge doctor`: what is wrong around `forge.ron`, and what to do about it.
 *
 * @module
 */

import { resolve } from "../../path.ts";
import { isLikelyVariable, trustOf } from "../../config/mod.ts";
import { ForgeError } from "../../errors.ts";
import type { Requirement } from "../../permissions/mod.ts";
import {
  dataDirectory,
  lockPathIn,
  type Project,
  projectRequirements,
} from "../../project/mod.ts";
import { type Arguments, type Command, textOption } from "../command.ts";
import { formatLines, type Line, lineOf } from "../doctor/line.ts";
import { openAnyway, type Opened } from "../doctor/opened.ts";
import { askRegistries, findCredentials } from "../doctor/registries.ts";
import { cacheLines, dataLine, lockLines } from "../doctor/storage.ts";
import {
  permissionLine,
  runtimeLine,
  variableLines,
} from "../doctor/surroundings.ts";
import { EXIT_FAILED, EXIT_OK, type Io } from "../io.ts";
import { VERBOSE_OPTION } from "../narration.ts";
import { SANDBOX_OPTIONS, type SandboxMode } from "../sandbox.ts";

/** The command. */
export const doctor: Command = {
  name: "doctor",
  operands: "",
  arity: { min: 0, max: 0 },
  options: {
    config: {
      type: "string",
      short: "c",
      value: "FILE",
      summary: "The configuration, instead of searching for it",
    },
    offline: { type: "boolean", summary: "Ask no registry" },
    json: { type: "boolean", summary: "Print one JSON document" },
    ...VERBOSE_OPTION,
    ...SANDBOX_OPTIONS,
  },
  emptyJson: { checks: [] },
  examples: [
    ["forge doctor", "Each line ok, warning or problem, with what to do"],
    ["forge doctor --offline", "The same without asking registries"],
    [
      "forge doctor --json",
      "For a program; the exit status is 1 for a problem",
    ],
  ],
  sandboxed: true,
  async requirementsAnyway(args, io) {
    const { project } = await openAnyway(textOption(args, "config"), io);
    try {
      return project && await requirementsOf(project, args, io);
    } catch (error) {
      // What may not be read here is told of with everything else.
      if (isDenied(error)) return undefined;
      throw error;
    }
  },
  async run(args, io, mode) {
    const opened = await openAnyway(textOption(args, "config"), io);
    const lines = await examineAll(opened, { args, io, mode });
    const ok = lines.every(({ status }) => status !== "problem");
    io.out(
      args.options["json"] === true
        ? JSON.stringify({ ok, checks: lines }, null, 2) + "\n"
        : formatLines(lines, io.columns),
    );
    return ok ? EXIT_OK : EXIT_FAILED;
  },
};

const UNKNOWN_NEEDS = "unknown what is needed without a configuration";

interface Visit {
  readonly args: Arguments;
  readonly io: Io;
  readonly mode: SandboxMode;
}

/** Where a permission lacks that nobody could ask for before, that is the finding. */
async function examineAll(
  opened: Opened,
  visit: Visit,
): Promise<readonly Line[]> {
  try {
    return await examine(opened, visit);
  } catch (error) {
    if (!isDenied(error)) throw error;
    const first = [runtimeLine(visit.io), lineOf("permissions", error)];
    return [...first, ...opened.lines];
  }
}

function isDenied(error: unknown): boolean {
  return error instanceof ForgeError && error.code === "PERMISSION_DENIED";
}

async function examine(
  opened: Opened,
  visit: Visit,
): Promise<readonly Line[]> {
  const { args, io, mode } = visit;
  const { project } = opened;
  const requirements = project === undefined
    ? []
    : await requirementsOf(project, args, io);
  const permissions: Line = project === undefined
    ? { area: "permissions", status: "skipped", message: UNKNOWN_NEEDS }
    : await permissionLine(requirements, mode, io);
  const first = [runtimeLine(io), permissions, ...opened.lines];
  // What is not granted cannot be looked at, and asking would stop here.
  if (permissions.status === "problem" || project === undefined) {
    return [...first, ...variableLines(undefined, io)];
  }
  return [
    ...first,
    ...variableLines(project, io),
    ...await registryLines(project, visit),
    ...await cacheLines(project, io),
    await dataLine(project, io),
    ...await lockLines(project, opened.lockError, io),
  ];
}

async function registryLines(
  project: Project,
  { args, io }: Visit,
): Promise<readonly Line[]> {
  const area = "registry";
  if (project.config.oci.length === 0) {
    const message = "no extension comes from one";
    return [{ area, status: "skipped", message }];
  }
  const known = await findCredentials(project, io);
  const lines = known.flatMap(({ lines }) => lines);
  if (args.options["offline"] === true || project.plan.offline) {
    const why = project.plan.offline ? "offline_mode is on" : "--offline";
    return [...lines, {
      area,
      status: "skipped",
      message: `not asked: ${why}`,
    }];
  }
  return [
    ...lines,
    ...await askRegistries(project, known, {
      io,
      isVerbose: args.options["verbose"] === true,
    }),
  ];
}

/** What a run needs with an empty cache, and what is looked at beside. */
async function requirementsOf(
  project: Project,
  { options }: Arguments,
  { platform }: Io,
): Promise<readonly Requirement[]> {
  const { config, plan } = project;
  const isQuiet = options["offline"] === true || plan.offline;
  const needed = await projectRequirements(
    { ...project, plan: { ...plan, offline: false } },
    { platform },
  );
  const all = [
    ...needed.filter(({ kind }) => !isQuiet || kind !== "net"),
    ...lookedAt(project),
    ...Object.values(config.auth).flatMap(({ usernameEnv, tokenEnv }) =>
      [usernameEnv, tokenEnv].flatMap((value): readonly Requirement[] =>
        value === undefined || !isLikelyVariable(value)
          ? []
          : [{ kind: "env", value, reason: "whether it is set" }]
      )
    ),
  ];
  const keyOf = ({ kind, value }: Requirement) => `${kind} ${value}`;
  return [...new Map(all.map((each) => [keyOf(each), each])).values()];
}

function lookedAt(project: Project): readonly Requirement[] {
  const { config, location, plan } = project;
  const certificates = Object.values(config.registries).flatMap((registry) => [
    registry.caFile,
    registry.clientCertificate?.certFile,
    registry.clientCertificate?.keyFile,
  ]);
  const trusts = [config, ...config.oci].flatMap((each) => {
    const trust = trustOf(config, each);
    return [...trust?.keys ?? [], trust?.trustedRoot];
  });
  const reason = "what forge doctor looks at";
  const directories = [plan.cacheDir, dataDirectory(project)];
  return [
    ...(location.kind === "scan" ? [] : [lockPathIn(location)]),
    ...[...certificates, ...trusts].flatMap((file) =>
      file === undefined ? [] : [resolve(location.root, file)]
    ),
    ...directories,
  ].map((value): Requirement => ({ kind: "read", value, reason }))
    .concat(directories.map((value) => ({ kind: "write", value, reason })));
}
