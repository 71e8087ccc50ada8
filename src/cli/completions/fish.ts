/**
 * Completion for fish.
 *
 * @module
 */

import type { OperandSpec } from "../command.ts";
import { LIST_EXTENSIONS } from "../io.ts";
import type { CompletedCommand, CompletedOption } from "./model.ts";

/** The script, to be sourced. */
export function fishScript(commands: readonly CompletedCommand[]): string {
  return `# Completes command lines of forge in fish: source it, or
#   forge completions fish > ~/.config/fish/completions/forge.fish

function __forge_is_first
    test (count (commandline -opc)) -eq 1
end

# Whether the command is the first argument, and as many operands follow it
# as the second says.
function __forge_is
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test "$words[2]" = "$argv[1]"; or return 1
    test (count $argv) -eq 1; and return 0
    set -l takes_value $argv[3..-1]
    set -l operands 0
    set -l skip no
    for word in $words[3..-1]
        if test $skip = yes
            set skip no
        else if contains -- $word $takes_value
            set skip yes
        else if not string match -q -- '-*' $word
            set operands (math $operands + 1)
        end
    end
    test "$argv[2]" = '*'; or test $operands -eq $argv[2]
end

function __forge_extensions
    set -l words (commandline -opc)
    command $words[1] ${LIST_EXTENSIONS} $words[2..-1] 2>/dev/null </dev/null
end

complete -c forge -f
complete -c forge -n __forge_is_first -l help -s h -d 'Show help'
complete -c forge -n __forge_is_first -l version -s V -d 'Show the version'
${commands.map(commandLines).join("\n")}
`;
}

function commandLines(command: CompletedCommand): string {
  const { name, summary, options, operands, repeats } = command;
  return [
    `complete -c forge -n __forge_is_first -a ${name} -d ${quote(summary)}`,
    ...options.map((option) => optionLine(name, option)),
    ...operands.flatMap((operand, i) => {
      const isLast = repeats && i === operands.length - 1;
      const takesValue = options.flatMap(({ long, short, value }) =>
        value === undefined ? [] : short === undefined ? [long] : [long, short]
      ).join(" ");
      const which = isLast ? `"*"` : i;
      const condition = quote(`__forge_is ${name} ${which} ${takesValue}`);
      const values = valuesOf(operand);
      return values === ""
        ? []
        : [`complete -c forge -n ${condition} ${values}`];
    }),
  ].join("\n");
}

function optionLine(command: string, option: CompletedOption): string {
  const { long, short, summary, value, takes } = option;
  const values = valuesOf(takes);
  return [
    `complete -c forge -n '__forge_is ${command}' -l ${long.slice(2)}`,
    ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
    ...(value === undefined ? [] : [
      values === ""
        ? "-x"
        : `${takes.paths === undefined ? "-x" : "-r"} ${values}`,
    ]),
    `-d ${quote(summary)}`,
  ].join(" ");
}

function valuesOf({ words, extensions, paths }: OperandSpec): string {
  const values = [
    ...(words ?? []),
    ...(extensions ? ["(__forge_extensions)"] : []),
    ...(paths === "directories" ? ["(__fish_complete_directories)"] : []),
  ];
  return [
    ...(values.length === 0 ? [] : [`-a ${quote(values.join(" "))}`]),
    ...(paths === "files" ? ["-F"] : []),
  ].join(" ");
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
