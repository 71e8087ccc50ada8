/**
 * The command table in the form that completion scripts are written from.
 *
 * @module
 */

import type { Command, OperandSpec } from "../command.ts";
import type { CommandEntry } from "../commands.ts";

/** An option of a command. */
export interface CompletedOption {
  /** With its hyphens. */
  readonly long: string;
  /** With its hyphen. */
  readonly short: string | undefined;
  /** What it does. */
  readonly summary: string;
  /** What stands for its value; absent: it takes none. */
  readonly value: string | undefined;
  /** What the value may be. */
  readonly takes: OperandSpec;
  /** Whether it may be given several times. */
  readonly isMultiple: boolean;
}

/** A command. */
export interface CompletedCommand {
  /** The word that calls it. */
  readonly name: string;
  /** What it does. */
  readonly summary: string;
  /** Its options, `--help` among them. */
  readonly options: readonly CompletedOption[];
  /** What its operands may be, one after the other. */
  readonly operands: readonly OperandSpec[];
  /** Whether the last of these goes for all that follow. */
  readonly repeats: boolean;
}

const HELP: CompletedOption = {
  long: "--help",
  short: "-h",
  summary: "Show this help",
  value: undefined,
  takes: {},
  isMultiple: false,
};

/** Reads the command table, and `help`, which is not in it. */
export async function readCommands(
  entries: readonly CommandEntry[],
): Promise<readonly CompletedCommand[]> {
  const commands = await Promise.all(
    entries.map(async ({ summary, load }) => complete(await load(), summary)),
  );
  return [...commands, {
    name: "help",
    summary: "Show the help of a command",
    options: [HELP],
    operands: [{ words: entries.map(({ name }) => name) }],
    repeats: false,
  }];
}

function complete(command: Command, summary: string): CompletedCommand {
  const { name, options, completes = [], arity } = command;
  return {
    name,
    summary,
    operands: completes,
    repeats: arity.max === Infinity,
    options: [
      ...Object.entries(options).map(([long, option]): CompletedOption => ({
        long: `--${long}`,
        short: option.short === undefined ? undefined : `-${option.short}`,
        summary: option.summary,
        value: option.type === "boolean" ? undefined : option.value ?? "VALUE",
        takes: option.values !== undefined
          ? { words: option.values }
          : option.value === "FILE"
          ? { paths: "files" }
          : {},
        isMultiple: option.multiple === true,
      })),
      HELP,
    ],
  };
}

/** Names of an option, the long one first. */
export function namesOf(
  { long, short }: CompletedOption,
): readonly string[] {
  return short === undefined ? [long] : [long, short];
}
