/**
 * `forge completions`: a script with which a shell completes command lines.
 *
 * @module
 */

import type { Command } from "../command.ts";
import { COMMANDS } from "../commands.ts";
import { type CompletedCommand, readCommands } from "../completions/model.ts";
import { EXIT_OK } from "../io.ts";

type Format = (commands: readonly CompletedCommand[]) => string;

const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;
type Shell = typeof SHELLS[number];

const SCRIPTS: Readonly<Record<Shell, () => Promise<Format>>> = {
  bash: async () => (await import("../completions/bash.ts")).bashScript,
  zsh: async () => (await import("../completions/zsh.ts")).zshScript,
  fish: async () => (await import("../completions/fish.ts")).fishScript,
  powershell: async () =>
    (await import("../completions/powershell.ts")).powershellScript,
};

/** The command. */
export const completions: Command = {
  name: "completions",
  operands: "SHELL",
  withoutJson: "It prints a script for a shell.",
  arity: { min: 1, max: 1 },
  completes: [{ words: SHELLS }],
  options: {},
  examples: [
    ["source <(forge completions bash)", "bash, in ~/.bashrc"],
    ["source <(forge completions zsh)", "zsh, in ~/.zshrc after compinit"],
    ["forge completions fish | source", "fish, in config.fish"],
    [
      "forge completions powershell | Out-String | Invoke-Expression",
      "PowerShell, in $PROFILE",
    ],
  ],
  async run(args, io) {
    const format = await SCRIPTS[args.operands[0] as Shell]();
    io.out(format(await readCommands(COMMANDS)));
    return EXIT_OK;
  },
};
