/**
 * Completion for PowerShell, 5.1 and later.
 *
 * @module
 */

import type { OperandSpec } from "../command.ts";
import { LIST_EXTENSIONS } from "../io.ts";
import { type CompletedCommand, namesOf } from "./model.ts";

/** The script, for a profile. Paths are left to PowerShell itself. */
export function powershellScript(
  commands: readonly CompletedCommand[],
): string {
  return `# Completes command lines of forge in PowerShell: add to $PROFILE
#   forge completions powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName forge -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commands = @{
${commands.map(commandTable).join("\n")}
    }

    # The words before the one that is completed.
    $words = @($commandAst.CommandElements |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition -or
            ($wordToComplete -eq '' -and $_.Extent.EndOffset -le $cursorPosition) } |
        ForEach-Object { $_.ToString() })

    $offer = {
        param($texts, $type)
        $texts | Where-Object { $_ -and $_.StartsWith($wordToComplete) } |
            ForEach-Object {
                [System.Management.Automation.CompletionResult]::new(
                    $_, $_, $type, $_)
            }
    }

    if ($words.Count -le 1) {
        foreach ($name in $commands.Keys | Sort-Object) {
            if ($name.StartsWith($wordToComplete)) {
                [System.Management.Automation.CompletionResult]::new(
                    $name, $name, 'Command', $commands[$name].Summary)
            }
        }
        & $offer @('--help', '--version') 'ParameterName'
        return
    }

    $command = $commands[$words[1]]
    if ($null -eq $command) { return }
    $previous = $words[-1]
    if ($words.Count -gt 2 -and $command.Values.ContainsKey($previous)) {
        & $offer $command.Values[$previous] 'ParameterValue'
        return
    }
    if ($wordToComplete.StartsWith('-')) {
        & $offer $command.Options 'ParameterName'
        return
    }

    $operands = 0
    for ($i = 2; $i -lt $words.Count; $i++) {
        if ($command.Values.ContainsKey($words[$i])) { $i++ }
        elseif (-not $words[$i].StartsWith('-')) { $operands++ }
    }
    if ($command.Repeats -and $command.Operands.Count -gt 0) {
        $operands = [Math]::Min($operands, $command.Operands.Count - 1)
    }
    if ($operands -ge $command.Operands.Count) { return }
    $operand = $command.Operands[$operands]
    & $offer $operand.Words 'ParameterValue'
    if ($operand.Extensions) {
        $rest = @($words | Select-Object -Skip 1)
        & $offer @(& $words[0] ${LIST_EXTENSIONS} @rest 2> $null) 'ParameterValue'
    }
}
`;
}

function commandTable(command: CompletedCommand): string {
  const { name, summary, options, operands, repeats } = command;
  const values = options.filter(({ value }) => value !== undefined)
    .flatMap((option) =>
      namesOf(option).map((each) =>
        `${quote(each)} = ${list(option.takes.words ?? [])}`
      )
    );
  return `        ${quote(name)} = @{
            Summary = ${quote(summary)}
            Options = ${list(options.map(({ long }) => long))}
            Values = @{ ${values.join("; ")} }
            Repeats = ${repeats ? "$true" : "$false"}
            Operands = @(${operands.map(operandTable).join(", ")})
        }`;
}

function operandTable({ words = [], extensions }: OperandSpec): string {
  const offers = extensions ? "$true" : "$false";
  return `@{ Words = ${list(words)}; Extensions = ${offers} }`;
}

function list(texts: readonly string[]): string {
  return `@(${texts.map(quote).join(", ")})`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
