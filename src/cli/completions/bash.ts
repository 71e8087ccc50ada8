/**
 * Completion for bash, 3.2 and later.
 *
 * @module
 */

import type { OperandSpec } from "../command.ts";
import { LIST_EXTENSIONS } from "../io.ts";
import { type CompletedCommand, namesOf } from "./model.ts";

/** The script, to be sourced. */
export function bashScript(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).join(" ");
  return `# Completes command lines of forge in bash: source it, or
#   forge completions bash > ~/.local/share/bash-completion/completions/forge

_forge_words() {
    local word
    while IFS= read -r word; do
        COMPREPLY+=("$word")
    done < <(compgen -W "$1" -- "$_forge_cur")
}

_forge_extensions() {
    _forge_words "$("\${COMP_WORDS[0]}" ${LIST_EXTENSIONS} \\
        "\${COMP_WORDS[@]:1}" 2> /dev/null < /dev/null)"
}

_forge_paths() {
    local path
    type compopt > /dev/null 2>&1 && compopt -o filenames 2> /dev/null
    while IFS= read -r path; do
        COMPREPLY+=("$path")
    done < <(compgen "$1" -- "$_forge_cur")
}

# Whether an option of a command takes a value.
_forge_takes_value() {
    case "$1" in
${valueOptions(commands)}
    esac
    return 1
}

_forge() {
    local _forge_cur="\${COMP_WORDS[COMP_CWORD]}"
    local previous="\${COMP_WORDS[COMP_CWORD - 1]}"
    local command="" operands=0 ended="" i word
    COMPREPLY=()
    # bash takes --option=value apart.
    if [[ $_forge_cur == "=" ]]; then
        _forge_cur=""
    elif [[ $previous == "=" ]]; then
        previous="\${COMP_WORDS[COMP_CWORD - 2]}"
    fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        word="\${COMP_WORDS[i]}"
        if [[ -z $command ]]; then
            command="$word"
        elif [[ -n $ended ]]; then
            ((operands++))
        elif [[ $word == "--" ]]; then
            ended=1
        elif [[ $word == -* ]]; then
            if [[ \${COMP_WORDS[i + 1]} == "=" ]]; then
                ((i += 2))
            elif _forge_takes_value "$command $word"; then
                ((i++))
            fi
        else
            ((operands++))
        fi
    done
    if [[ -z $command ]]; then
        _forge_words "${names} --help --version"
        return
    fi
    if [[ -z $ended ]]; then
        if _forge_takes_value "$command $previous"; then
            case "$command $previous" in
${optionValues(commands)}
            esac
            return
        fi
        if [[ $_forge_cur == -* ]]; then
            case "$command" in
${optionNames(commands)}
            esac
            return
        fi
    fi
    case "$command $operands" in
${operands(commands)}
    esac
}

complete -F _forge forge
`;
}

function valueOptions(commands: readonly CompletedCommand[]): string {
  return commands.flatMap(({ name, options }) =>
    options.filter(({ value }) => value !== undefined).map((option) =>
      `        ${
        pattern(namesOf(option).map((each) => `${name} ${each}`))
      }) return 0 ;;`
    )
  ).join("\n");
}

function optionValues(commands: readonly CompletedCommand[]): string {
  return commands.flatMap(({ name, options }) =>
    options.flatMap((option) => {
      const action = actionsOf(option.takes);
      const names = namesOf(option).map((each) => `${name} ${each}`);
      return action === ""
        ? []
        : [`                ${pattern(names)}) ${action} ;;`];
    })
  ).join("\n");
}

function optionNames(commands: readonly CompletedCommand[]): string {
  return commands.map(({ name, options }) => {
    const names = options.map(({ long }) => long).join(" ");
    return `                ${name}) _forge_words "${names}" ;;`;
  }).join("\n");
}

function operands(commands: readonly CompletedCommand[]): string {
  return commands.flatMap(({ name, operands, repeats }) =>
    operands.flatMap((operand, i) => {
      const action = actionsOf(operand);
      const isLast = repeats && i === operands.length - 1;
      // A pattern, not a text: any number from here on.
      const which = isLast ? `"${name} "*` : `"${name} ${i}"`;
      return action === "" ? [] : [`        ${which}) ${action} ;;`];
    })
  ).join("\n");
}

function pattern(texts: readonly string[]): string {
  return texts.map((text) => `"${text}"`).join(" | ");
}

function actionsOf({ words, extensions, paths }: OperandSpec): string {
  return [
    ...(words === undefined ? [] : [`_forge_words "${words.join(" ")}"`]),
    ...(extensions ? ["_forge_extensions"] : []),
    ...(paths === undefined
      ? []
      : [`_forge_paths ${paths === "files" ? "-f" : "-d"}`]),
  ].join("; ");
}
