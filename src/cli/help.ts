/**
 * Help: what the commands are and how one is called.
 *
 * @module
 */

import type { Command } from "./command.ts";
import { formatTable } from "./table.ts";

/** The overview of all commands. */
export function helpText(commands: readonly Command[]): string {
  return [
    "WASM extensions from OCI registries, as forge.ron names them.\n",
    "\nUsage: forge COMMAND [OPTIONS]\n",
    "\nCommands:\n",
    indent(commands.map(({ name, summary }) => [name, summary])),
    "\nOptions:\n",
    indent([
      ["-h, --help", "Show help; forge COMMAND --help for one command"],
      ["-V, --version", "Show the version"],
    ]),
    "\nExamples:\n",
    examples(commands.flatMap((command) => command.examples.slice(0, 1))),
  ].join("");
}

/** The help of one command. */
export function commandHelp(command: Command): string {
  const options = Object.entries(command.options).map(([name, option]) => {
    const short = option.short === undefined ? "    " : `-${option.short}, `;
    const value = option.value === undefined ? "" : ` ${option.value}`;
    return [`${short}--${name}${value}`, option.summary];
  });
  const operands = command.operands === "" ? "" : ` ${command.operands}`;
  return [
    `${command.summary}.\n`,
    `\nUsage: forge ${command.name}${operands} [OPTIONS]\n`,
    "\nOptions:\n",
    indent([...options, ["-h, --help", "Show this help"]]),
    "\nExamples:\n",
    examples(command.examples),
  ].join("");
}

function examples(lines: Command["examples"]): string {
  return indent(lines.map(([line, does]) => [line, does]));
}

function indent(rows: readonly (readonly string[])[]): string {
  return formatTable(rows).replace(/^(?=.)/gm, "  ");
}
