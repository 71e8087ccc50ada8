/**
 * From arguments to a command.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { type Command, hasOption, readArguments } from "./command.ts";
import { cache } from "./commands/cache.ts";
import { call } from "./commands/call.ts";
import { check } from "./commands/check.ts";
import { digest } from "./commands/digest.ts";
import { fmt } from "./commands/fmt.ts";
import { permissions } from "./commands/permissions.ts";
import { pull } from "./commands/pull.ts";
import { run } from "./commands/run.ts";
import { commandHelp, helpText } from "./help.ts";
import { EXIT_OK, type Io } from "./io.ts";
import { nearest } from "./nearest.ts";
import { reportProblem } from "./problem.ts";
import { enterSandbox, SECOND_STAGE } from "./sandbox.ts";

export { SECOND_STAGE };
import { VERSION } from "../version.ts";

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  run,
  pull,
  call,
  digest,
  cache,
  check,
  fmt,
  permissions,
];

/**
 * Runs a command line.
 *
 * @param args The arguments, the program's own name not among them.
 * @param io The process.
 * @returns The exit status: 0 when everything that had to be done was done, 2
 * for a wrong command line or configuration, 1 otherwise.
 */
export async function main(args: readonly string[], io: Io): Promise<number> {
  try {
    return args[0] === SECOND_STAGE
      ? await dispatch(args.slice(1), { ...io, isSecondStage: true })
      : await dispatch(args, io);
  } catch (error) {
    if (!hasOption(args, "--json")) return reportProblem(io, error);
    const word = args.find((arg) => !arg.startsWith("-"));
    const command = COMMANDS.find(({ name }) => name === word);
    return reportProblem(io, error, command?.emptyJson ?? {});
  }
}

async function dispatch(args: readonly string[], io: Io): Promise<number> {
  const [word, ...rest] = args;
  if (word === "--version" || word === "-V") {
    io.out(`forge ${VERSION}\n`);
    return EXIT_OK;
  }
  if (word === undefined || word === "--help" || word === "-h") {
    io.out(helpText(COMMANDS));
    return EXIT_OK;
  }
  if (word === "help") return dispatchHelp(rest, io);
  const command = findCommand(word);
  if (hasOption(rest, "--help", "-h")) {
    io.out(commandHelp(command));
    return EXIT_OK;
  }
  const given = readArguments(command, rest);
  if (command.sandboxed !== true) return await command.run(given, io, "none");
  const entered = await enterSandbox(args, given, io);
  return "exitStatus" in entered
    ? entered.exitStatus
    : await command.run(given, io, entered.mode);
}

function dispatchHelp(rest: readonly string[], io: Io): number {
  const [word] = rest;
  io.out(
    word === undefined ? helpText(COMMANDS) : commandHelp(findCommand(word)),
  );
  return EXIT_OK;
}

function findCommand(word: string): Command {
  const command = COMMANDS.find(({ name }) => name === word);
  if (command !== undefined) return command;
  const meant = nearest(word, COMMANDS.map(({ name }) => name));
  throw new ForgeError("USAGE", `Cannot find the command "${word}"`, {
    hint: meant === undefined
      ? "See forge --help"
      : `Did you mean forge ${meant}?`,
  });
}
