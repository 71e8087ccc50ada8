/**
 * From arguments to a command.
 *
 * What a command line does not need is not loaded: commands, the sandbox and
 * the printing of errors come by dynamic import, each with a literal specifier.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { VERSION } from "../version.ts";
import {
  type Arguments,
  type Command,
  hasOption,
  readArguments,
} from "./command.ts";
import { type CommandEntry, COMMANDS, FIRST_STEPS } from "./commands.ts";
import { commandHelp, helpText } from "./help.ts";
import { EXIT_OK, type Io, isSecondStage, LIST_EXTENSIONS } from "./io.ts";
import { nearest } from "./nearest.ts";
import type { SandboxMode } from "./sandbox.ts";

/**
 * Runs a command line.
 *
 * What a command throws is written to `io.err`, or to `io.out` with `--json`, and
 * is an exit status: nothing is thrown here, not even when `io.signal` aborts.
 *
 * @param args The arguments, the program's own name not among them.
 * @param io The process.
 * @returns The exit status: 0 when everything that had to be done was done, 2
 * for a wrong command line or configuration, 130 when `io.signal` aborted, 1
 * otherwise. `forge call NAME _start` has that of the program that it ran.
 *
 * @example
 * ```ts
 * import { platform } from "@forgepoint/forge";
 * import { main } from "@forgepoint/forge/cli";
 *
 * const lines: string[] = [];
 * const status = await main(["check", "--json"], {
 *   platform,
 *   out: (text) => lines.push(text),
 *   err: (text) => console.error(text),
 *   signal: AbortSignal.timeout(60_000),
 *   color: false,
 * });
 * JSON.parse(lines.join("")).ok === (status === 0); // true
 * ```
 */
export async function main(args: readonly string[], io: Io): Promise<number> {
  try {
    return isSecondStage(args[0])
      ? await dispatch(args.slice(1), { ...io, isSecondStage: true })
      : await dispatch(args, io);
  } catch (error) {
    return await report(error, args, io);
  }
}

async function dispatch(args: readonly string[], io: Io): Promise<number> {
  const [word, ...rest] = args;
  if (word === "--version" || word === "-V") {
    io.out(`forge ${VERSION}\n`);
    return EXIT_OK;
  }
  if (word === undefined || word === "--help" || word === "-h") {
    io.out(helpText(COMMANDS, FIRST_STEPS));
    return EXIT_OK;
  }
  if (word === LIST_EXTENSIONS) {
    const { listExtensions } = await import("./completions/extensions.ts");
    return await listExtensions(rest, io);
  }
  if (word === "help") return await dispatchHelp(rest, io);
  const entry = findCommand(word);
  if (hasOption(rest, "--help", "-h")) return await printHelp(entry, io);
  const command = await entry.load();
  const given = readArguments(command, rest);
  if (command.sandboxed !== true) return await run(command, given, io, "none");
  const { enterSandbox } = await import("./sandbox.ts");
  const entered = await enterSandbox(args, { command, given }, io);
  return "exitStatus" in entered
    ? entered.exitStatus
    : await run(command, given, io, entered.mode);
}

/** Runs a command that tells how far it is, unless that is not wanted. */
async function run(
  command: Command,
  given: Arguments,
  io: Io,
  mode: SandboxMode,
): Promise<number> {
  if (given.options["quiet"] === true) {
    return await command.run(given, { ...io, progress: undefined }, mode);
  }
  const { openProgress } = await import("./progress.ts");
  const isScreen = io.terminal !== undefined && given.options["json"] !== true;
  await using progress = openProgress(io, isScreen ? "bars" : "lines");
  return await command.run(given, progress.io, mode);
}

async function dispatchHelp(rest: readonly string[], io: Io): Promise<number> {
  const [word] = rest;
  if (word !== undefined) return await printHelp(findCommand(word), io);
  io.out(helpText(COMMANDS, FIRST_STEPS));
  return EXIT_OK;
}

async function printHelp(entry: CommandEntry, io: Io): Promise<number> {
  io.out(commandHelp(await entry.load(), entry.summary));
  return EXIT_OK;
}

function findCommand(word: string): CommandEntry {
  const entry = COMMANDS.find(({ name }) => name === word);
  if (entry !== undefined) return entry;
  if (word.startsWith("-")) throw unknownOption(word);
  const meant = nearest(word, COMMANDS.map(({ name }) => name));
  throw new ForgeError("USAGE", `Cannot find the command "${word}"`, {
    hint: meant === undefined
      ? "See forge --help"
      : `Did you mean forge ${meant}?`,
  });
}

/** Before a command there are two options only. */
function unknownOption(word: string): ForgeError {
  const meant = nearest(word, ["--help", "--version"]);
  return new ForgeError("USAGE", `Unknown option "${word}"`, {
    hint: meant === undefined
      ? `Options of a command follow it: forge COMMAND ${word}`
      : `Did you mean ${meant}?`,
  });
}

/** Says what went wrong, as JSON too where that was asked for. */
async function report(
  error: unknown,
  args: readonly string[],
  io: Io,
): Promise<number> {
  const { reportProblem } = await import("./problem.ts");
  if (!hasOption(args, "--json")) return reportProblem(io, error);
  const word = args.find((arg) => !arg.startsWith("-"));
  const entry = COMMANDS.find(({ name }) => name === word);
  const command = await entry?.load();
  return reportProblem(io, error, command?.emptyJson ?? {});
}
