/**
 * `forge check`: what is wrong with `forge.ron`, and what is probably not
 * meant.
 *
 * @module
 */

import { relative } from "../../path.ts";
import {
  checkConfig,
  type ConfigCheck,
  type ConfigFile,
  type ConfigFinding,
  type ConfigScan,
  findConfig,
  type FindingSeverity,
  formatFinding,
  readConfigText,
  scanExtensions,
} from "../../config/mod.ts";
import type { Command } from "../command.ts";
import { EXIT_FAILED, EXIT_OK, EXIT_USAGE, type Io } from "../io.ts";
import { printWarning } from "../problem.ts";

/** The command. */
export const check: Command = {
  name: "check",
  operands: "",
  arity: { min: 0, max: 0 },
  options: {
    config: {
      type: "string",
      short: "c",
      value: "FILE",
      summary: "The configuration, instead of searching for it",
    },
    strict: { type: "boolean", summary: "Fail on warnings too" },
    json: { type: "boolean", summary: "Print one JSON document" },
  },
  emptyJson: { diagnostics: [] },
  examples: [
    ["forge check", "Errors, warnings and what to do about them"],
    ["forge check --strict", "For production: tags are not good enough"],
    ["forge check --json", "For editors and other programs"],
  ],
  async run(args, io) {
    const { config, strict, json } = args.options;
    const location = await findConfig({
      ...io.platform,
      path: typeof config === "string" ? config : undefined,
    });
    const isJson = json === true;
    if (location.kind === "scan") return await checkScan(location, io, isJson);
    const file = relative(io.platform.cwd(), location.path);
    const checked = await checkFile(location, io);
    const status = statusOf(checked, strict === true);
    const ok = status === EXIT_OK;
    if (isJson) printJson(io, { file, findings: checked.findings, ok });
    else printText(io, file, checked);
    return status;
  },
};

async function checkFile(location: ConfigFile, io: Io): Promise<ConfigCheck> {
  const { files, env } = io.platform;
  const text = await readConfigText(location, files);
  return await checkConfig(text, {
    surroundings: { files, env, root: location.root },
  });
}

/** Without a file there are only the names of modules that can be wrong. */
async function checkScan(
  { directory, root }: ConfigScan,
  io: Io,
  isJson: boolean,
): Promise<number> {
  const { config, warnings } = await scanExtensions(
    directory,
    io.platform.files,
  );
  if (isJson) {
    const findings = warnings.map(({ message, hint }) => ({
      severity: "warning" as const,
      code: "NameChanged",
      message,
      hint,
    }));
    printJson(io, { file: undefined, findings, ok: true });
    return EXIT_OK;
  }
  for (const { message, hint } of warnings) printWarning(io, message, hint);
  const count = plural(config.local.length, "module");
  const place = relative(root, directory);
  io.out(`No forge.ron: ${count} in ${place}\n`);
  return EXIT_OK;
}

function statusOf(
  { findings, usable }: ConfigCheck,
  isStrict: boolean,
): number {
  if (!usable) return EXIT_USAGE;
  const fails = ({ severity }: ConfigFinding) =>
    severity === "error" || (isStrict && severity === "warning");
  return findings.some(fails) ? EXIT_FAILED : EXIT_OK;
}

function printText(io: Io, file: string, checked: ConfigCheck): void {
  const { findings, maskedText } = checked;
  for (const finding of findings) {
    const picture = formatFinding(finding, maskedText, {
      fileName: file,
      color: io.color,
    });
    io.err(`${picture}\n\n`);
  }
  io.out(`${file}: ${summary(findings)}\n`);
}

function summary(findings: readonly ConfigFinding[]): string {
  const count = (wanted: FindingSeverity) =>
    findings.filter(({ severity }) => severity === wanted).length;
  const parts = [
    [count("error"), "error"],
    [count("warning"), "warning"],
    [count("info"), "remark"],
  ] as const;
  const told = parts.filter(([number]) => number > 0)
    .map(([number, word]) => plural(number, word));
  return told.length === 0 ? "nothing to complain about" : told.join(", ");
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

type JsonFinding =
  & Pick<ConfigFinding, "severity" | "code" | "message" | "hint">
  & Partial<
    Pick<ConfigFinding, "line" | "column" | "endLine" | "endColumn">
  >;

function printJson(
  io: Io,
  { file, findings, ok }: {
    readonly file: string | undefined;
    readonly findings: readonly JsonFinding[];
    readonly ok: boolean;
  },
): void {
  const diagnostics = findings.map((finding) => ({
    severity: finding.severity,
    code: finding.code,
    message: finding.message,
    hint: finding.hint,
    line: finding.line,
    column: finding.column,
    endLine: finding.endLine,
    endColumn: finding.endColumn,
  }));
  io.out(JSON.stringify({ file, diagnostics, ok }, null, 2) + "\n");
}
