/**
 * Completion for zsh.
 *
 * @module
 */

import type { OperandSpec } from "../command.ts";
import { LIST_EXTENSIONS } from "../io.ts";
import {
  type CompletedCommand,
  type CompletedOption,
  namesOf,
} from "./model.ts";

/** The script, for a directory of `fpath` or to be sourced. */
export function zshScript(commands: readonly CompletedCommand[]): string {
  const described = commands.map(({ name, summary }) =>
    `        ${quote(`${name}:${colons(summary)}`)}`
  ).join("\n");
  return `#compdef forge
# Completes command lines of forge in zsh: source it after compinit, or
#   forge completions zsh > "\${fpath[1]}/_forge"

_forge_extensions() {
    local -a names
    names=(\${(f)"$("$forge" ${LIST_EXTENSIONS} "\${(@)words[2,-1]}" \\
        2> /dev/null < /dev/null)"})
    (( \${#names} )) && compadd -a names
}

_forge_commands() {
    local -a commands
    commands=(
${described}
    )
    _describe -t commands 'command' commands
}

_forge_files_and_extensions() {
    _alternative 'extensions:extension:_forge_extensions' 'files:file:_files'
}

_forge() {
    local curcontext="$curcontext" forge="$words[1]" command
    if (( CURRENT == 2 )); then
        if [[ $words[2] == -* ]]; then
            compadd -- --help --version
        else
            _forge_commands
        fi
        return
    fi
    command="$words[2]"
    shift words
    (( CURRENT-- ))
    case "$command" in
${commands.map(commandCase).join("\n")}
    esac
}

if [[ "\${funcstack[1]}" == _forge ]]; then
    _forge "$@"
else
    compdef _forge forge
fi
`;
}

function commandCase(command: CompletedCommand): string {
  const specs = [
    ...command.options.map(optionSpec),
    ...command.operands.map((operand, i) => {
      const isLast = command.repeats && i === command.operands.length - 1;
      return quote(
        `${isLast ? "*" : i + 1}:${messageOf(operand)}:${actionOf(operand)}`,
      );
    }),
  ];
  return [
    `        ${command.name})`,
    `            _arguments -s \\`,
    specs.map((spec) => `                ${spec}`).join(" \\\n"),
    "            ;;",
  ].join("\n");
}

function optionSpec(option: CompletedOption): string {
  const names = namesOf(option);
  const summary = brackets(option.summary);
  const value = option.value === undefined
    ? ""
    : `:${colons(option.value)}:${actionOf(option.takes)}`;
  const before = option.isMultiple ? "*" : `(${names.join(" ")})`;
  const specs = names.map((name) => {
    const joint = option.value !== undefined && name.startsWith("--")
      ? "="
      : "";
    return quote(`${before}${name}${joint}[${summary}]${value}`);
  });
  return specs.join(" ");
}

function messageOf({ words, extensions, paths }: OperandSpec): string {
  return words !== undefined
    ? "word"
    : extensions
    ? "extension"
    : paths === undefined
    ? "text"
    : "path";
}

function actionOf({ words, extensions, paths }: OperandSpec): string {
  if (words !== undefined) return `(${words.join(" ")})`;
  if (extensions && paths !== undefined) return "_forge_files_and_extensions";
  if (extensions) return "_forge_extensions";
  if (paths === undefined) return " ";
  return paths === "files" ? "_files" : "_files -/";
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** In a description a colon ends what is described. */
function colons(text: string): string {
  return text.replaceAll(":", "\\:");
}

function brackets(text: string): string {
  return text.replace(/[[\]\\]/g, "\\$&");
}
