/**
 * Help: what the commands are and how one is called.
 *
 * @module
 */

import type { Command } from "./command.ts";
import type { CommandEntry } from "./commands.ts";

/** Columns that every terminal has. */
const WIDTH = 80;
/** What is longer than this stands on a line of its own, its meaning below. */
const MAX_TERM = 32;

/** The overview of all commands, with some command lines to begin with. */
export function helpText(
  commands: readonly CommandEntry[],
  firstSteps: Command["examples"],
): string {
  return [
    "WASM extensions from OCI registries, as forge.ron names them.\n",
    "\nUsage: forge COMMAND [OPTIONS]\n",
    "\nCommands:\n",
    definitions(commands.map(({ name, summary }) => [name, summary])),
    "\nOptions:\n",
    definitions([
      ["-h, --help", "Show help; forge COMMAND --help for one command"],
      ["-V, --version", "Show the version"],
    ]),
    "\nExamples:\n",
    definitions(firstSteps),
  ].join("");
}

/** The help of one command. */
export function commandHelp(command: Command, summary: string): string {
  const options = Object.entries(command.options).map(([name, option]) => {
    const short = option.short === undefined ? "    " : `-${option.short}, `;
    const value = option.value === undefined ? "" : ` ${option.value}`;
    const term = `${short}--${name}${value}`;
    return [term, option.summary] as const;
  });
  const operands = command.operands === "" ? "" : ` ${command.operands}`;
  return [
    `${summary}.\n`,
    `\nUsage: forge ${command.name}${operands} [OPTIONS]\n`,
    "\nOptions:\n",
    definitions([...options, ["-h, --help", "Show this help"]]),
    "\nExamples:\n",
    definitions(command.examples),
  ].join("");
}

/** Terms and what they mean, in two columns. */
function definitions(
  rows: readonly (readonly [term: string, meaning: string])[],
): string {
  const short = rows.filter(([term]) => term.length <= MAX_TERM);
  const column = 4 + Math.max(8, ...short.map(([term]) => term.length));
  return rows.map(([term, meaning]) => {
    const [first = "", ...more] = wrap(meaning, WIDTH - column);
    const below = more.map((line) => " ".repeat(column) + line + "\n");
    const start = `  ${term}`;
    return start.length <= column - 2
      ? [start.padEnd(column) + first + "\n", ...below].join("")
      : [start + "\n", " ".repeat(column) + first + "\n", ...below].join("");
  }).join("");
}

/** Breaks a text between words. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}
