/**
 * `forge permissions`: what a run needs, in the form that Deno takes.
 *
 * @module
 */

import { ForgeError } from "../../errors.ts";
import {
  denoFlagsText,
  denoPermissionSet,
  type Requirement,
} from "../../permissions/mod.ts";
import {
  openProject,
  type Project,
  projectRequirements,
} from "../../project/mod.ts";
import { type Command, textOption, usage } from "../command.ts";
import { EXIT_FAILED, EXIT_OK, type Io } from "../io.ts";
import { learnHosts } from "../learn.ts";
import { notGranted } from "../sandbox.ts";
import { sourceLines } from "../source_lines.ts";
import { formatTable } from "../table.ts";

/** The command. */
export const permissions: Command = {
  name: "permissions",
  operands: "",
  arity: { min: 0, max: 0 },
  options: {
    config: {
      type: "string",
      short: "c",
      value: "FILE",
      summary: "The configuration, instead of searching for it",
    },
    offline: { type: "boolean", summary: "For a run without any network" },
    format: {
      type: "string",
      short: "f",
      value: "FORMAT",
      values: ["flags", "deno-json", "json", "explain"],
      summary: "flags (default), deno-json, json or explain",
    },
    check: {
      type: "boolean",
      summary: "Fail if this process has less, or much more",
    },
    learn: {
      type: "boolean",
      summary: "Pull once, ask about hosts, add them to the file",
    },
    json: { type: "boolean", summary: "Print one JSON document" },
    yes: { type: "boolean", short: "y", summary: "With --learn: do not ask" },
  },
  examples: [
    ["deno run $(forge permissions) main.ts", "A script with just that"],
    ["forge permissions --format explain", "Which line asks for what"],
    ["forge permissions --format deno-json", "For deno run -P=forge"],
  ],
  async run(args, io) {
    const { config, offline } = args.options;
    const isJson = args.options["json"] === true;
    const format = textOption(args, "format") ?? (isJson ? "json" : "flags");
    if (isJson && format !== "json") {
      throw usage(permissions, `Cannot print ${format} with --json`);
    }
    const print = FORMATS[format as Format];
    const open = () =>
      openProject({
        platform: io.platform,
        config: typeof config === "string" ? config : undefined,
        offline: offline === true,
      });
    if (args.options["learn"] === true) {
      await learnHosts(await open(), io, args.options["yes"] === true);
    }
    const project = await open();
    const requirements = await projectRequirements(project, {
      platform: io.platform,
    });
    if (args.options["check"] === true) {
      return await check(requirements, io, isJson);
    }
    io.out(await print(requirements, project, io));
    return EXIT_OK;
  },
};

type Print = (
  requirements: readonly Requirement[],
  project: Project,
  io: Io,
) => string | Promise<string>;

type Format = "flags" | "deno-json" | "json" | "explain";

const FORMATS: Readonly<Record<Format, Print>> = {
  flags: (requirements) => denoFlagsText(requirements) + "\n",
  "deno-json": (requirements) =>
    JSON.stringify(denoPermissionSet(requirements), null, 2) + "\n",
  json: (requirements) =>
    JSON.stringify({ ok: true, requirements }, null, 2) + "\n",
  async explain(requirements, project, io) {
    const lineOf = await sourceLines(project.location, io.platform.files);
    const rows = requirements.map(({ kind, value, reason, path }) => [
      kind,
      value,
      reason,
      path === undefined ? "-" : lineOf(path) ?? "default",
    ]);
    return formatTable(
      [["KIND", "VALUE", "WHY", "ASKED FOR BY"], ...rows],
      [],
      io.columns,
    );
  },
};

/** What nobody needs in whole: having it is "much more". */
const BARE_KINDS = ["net", "read", "write", "env", "run", "ffi", "sys"];

async function check(
  requirements: readonly Requirement[],
  io: Io,
  isJson: boolean,
): Promise<number> {
  const { sandbox } = io.platform;
  if (sandbox === undefined) {
    throw new ForgeError(
      "USAGE",
      "Cannot check permissions: this runtime has none",
      {
        hint: "Run the check with Deno; on Node the allowlist holds in process",
      },
    );
  }
  const missing = await notGranted(requirements, sandbox);
  const unlimited: string[] = [];
  for (const kind of BARE_KINDS) {
    if (await sandbox.isGranted(kind)) unlimited.push(kind);
  }
  const ok = missing.length + unlimited.length === 0;
  if (isJson) {
    const document = { ok, requirements, missing, unlimited };
    io.out(JSON.stringify(document, null, 2) + "\n");
    return ok ? EXIT_OK : EXIT_FAILED;
  }
  if (ok) {
    io.out("This process has what it needs and no more\n");
    return EXIT_OK;
  }
  for (const { kind, value, reason } of missing) {
    io.err(`missing: ${kind} ${value} (${reason})\n`);
  }
  for (const kind of unlimited) {
    io.err(`too much: ${kind} is granted without a limit\n`);
  }
  io.err(`  hint: run Deno with ${denoFlagsText(requirements)}\n`);
  return EXIT_FAILED;
}
