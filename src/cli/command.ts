/**
 * The shape of a command, and how its arguments are read.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { ForgeError } from "../errors.ts";
import type { Requirement } from "../permissions/mod.ts";
import type { Project } from "../project/mod.ts";
import type { CommandIo, Io } from "./io.ts";
import { nearest } from "./nearest.ts";
import type { SandboxMode } from "./sandbox.ts";

/** An option of a command. */
export interface OptionSpec {
  /** A switch, or something with a value. */
  readonly type: "boolean" | "string";
  /** One letter. */
  readonly short?: string;
  /** Whether it may be given several times, each with a value. */
  readonly multiple?: true;
  /** What stands for the value in the help. */
  readonly value?: string;
  /** All that the value may be, where that is few. */
  readonly values?: readonly string[];
  /** What it does, in one line. */
  readonly summary: string;
}

/** What an operand may be, for shells that complete it. */
export interface OperandSpec {
  /** All that it may be, where that is few. */
  readonly words?: readonly string[];
  /** Names of extensions of `forge.ron` are among it. */
  readonly extensions?: true;
  /** Paths are among it: of files, or of directories only. */
  readonly paths?: "files" | "directories";
}

/** What was given on the command line. */
export interface Arguments {
  /** Options by their long name. */
  readonly options: Readonly<
    Record<string, string | boolean | readonly string[] | undefined>
  >;
  /** Everything else, in order. */
  readonly operands: readonly string[];
}

/** One command; what it does in one line is in the table of `commands.ts`. */
export interface Command {
  /** The word that calls it. */
  readonly name: string;
  /** What its JSON document has beside `ok` and `error` when there is nothing to tell. */
  readonly emptyJson?: Readonly<Record<string, unknown>>;
  /** Why it has no `--json`, where it has none. */
  readonly withoutJson?: string;
  /** Its operands, for the help. */
  readonly operands: string;
  /** How many operands it takes. */
  readonly arity: { readonly min: number; readonly max: number };
  /** What its operands may be, one after the other; the last goes for all that follow. */
  readonly completes?: readonly OperandSpec[];
  /** Its options by their long name. */
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Command lines to learn from, with what each does. */
  readonly examples: readonly (readonly [line: string, does: string])[];
  /** Whether it runs foreign code or talks to registries, and so in a sandbox. */
  readonly sandboxed?: boolean;
  /** What it needs in its sandbox; what a run needs if it does not say. */
  readonly requirements?: (
    project: Project,
    io: Io,
    args: Arguments,
  ) => Promise<readonly Requirement[]>;
  /**
   * What it needs in its sandbox, for a command that goes on whatever the
   * configuration is; `undefined` when it goes on without a network.
   */
  readonly requirementsAnyway?: (
    args: Arguments,
    io: Io,
  ) => Promise<readonly Requirement[] | undefined>;
  /** Does it; returns the exit status. */
  readonly run: (
    args: Arguments,
    io: CommandIo,
    mode: SandboxMode,
  ) => Promise<number>;
}

/** Whether an option was given, told without knowing the others. */
export function hasOption(
  args: readonly string[],
  ...spellings: readonly string[]
): boolean {
  const end = args.indexOf("--");
  const options = end < 0 ? args : args.slice(0, end);
  return spellings.some((spelling) => options.includes(spelling));
}

/**
 * Reads the arguments of a command.
 *
 * @param args What follows the command's name. Everything after `--` is an operand.
 * @throws {ForgeError} `USAGE`.
 */
export function readArguments(
  command: Command,
  args: readonly string[],
): Arguments {
  const given = parseStrictly(command, args);
  const { min, max } = command.arity;
  const count = given.operands.length;
  if (count < min || count > max) {
    throw usage(
      command,
      count < min
        ? `"forge ${command.name}" needs ${command.operands}`
        : `"forge ${command.name}" does not take "${given.operands[max]}"`,
    );
  }
  requireKnown(command, given);
  return given;
}

/** What may be one of a few words only must be one of them. */
function requireKnown(command: Command, given: Arguments): void {
  for (const [name, { values }] of Object.entries(command.options)) {
    const value = given.options[name];
    if (values === undefined || typeof value !== "string") continue;
    if (!values.includes(value)) {
      throw unknownWord(command, { what: `the ${name} `, word: value, values });
    }
  }
  command.completes?.forEach(({ words, extensions, paths }, i) => {
    const word = given.operands[i];
    if (words === undefined || extensions || paths || word === undefined) {
      return;
    }
    if (words.includes(word)) return;
    throw unknownWord(command, { what: "", word, values: words });
  });
}

function unknownWord(
  { name }: Command,
  { what, word, values }: {
    readonly what: string;
    readonly word: string;
    readonly values: readonly string[];
  },
): ForgeError {
  const meant = nearest(word, values);
  return new ForgeError(
    "USAGE",
    `"forge ${name}" does not know ${what}"${word}", it knows ${
      values.join(", ")
    }`,
    {
      hint: meant === undefined
        ? `See forge ${name} --help`
        : `Did you mean ${meant}?`,
    },
  );
}

/** The values of an option that may be given several times. */
export function listOption(
  { options }: Arguments,
  name: string,
): readonly string[] {
  const value = options[name];
  return Array.isArray(value) ? value : [];
}

/** The value of an option, where it was given one. */
export function textOption(
  { options }: Arguments,
  name: string,
): string | undefined {
  const value = options[name];
  return typeof value === "string" ? value : undefined;
}

/** The error for a wrong command line. */
export function usage(command: Command, message: string): ForgeError {
  return new ForgeError("USAGE", message, {
    hint: `See forge ${command.name} --help`,
  });
}

function parseStrictly(
  command: Command,
  args: readonly string[],
): Arguments {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, option]) => {
      const { type, short, multiple = false } = option;
      return [
        name,
        short === undefined ? { type, multiple } : { type, short, multiple },
      ];
    }),
  );
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      strict: true,
    });
    return {
      options: values as Arguments["options"],
      operands: positionals,
    };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw unreadable(command, message);
  }
}

/** What is wrong with an option, and the one that was meant. */
function unreadable(command: Command, message: string): ForgeError {
  // The first sentence says what; the rest is advice about "--" that help gives better.
  const what = message.split(/\. /, 1)[0] ?? message;
  const word = /^Unknown option '--([^']+)'/.exec(what)?.[1];
  const known = [...Object.keys(command.options), "help"];
  const meant = word === undefined ? undefined : nearest(word, known);
  return meant === undefined
    ? usage(command, what)
    : new ForgeError("USAGE", what, { hint: `Did you mean --${meant}?` });
}
