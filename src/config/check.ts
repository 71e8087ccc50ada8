/**
 * Everything that can be said about the text of a configuration, at once.
 *
 * @module
 */

import { formatDiagnostic, type FormatDiagnosticOptions } from "../ron/mod.ts";
import type { ConfigFinding } from "./finding.ts";
import type { Surroundings } from "./lint_surroundings.ts";

/** Options of {@linkcode checkConfig}. */
export interface CheckConfigOptions {
  /**
   * Where the configuration will be used, to look for the variables and files
   * that it names. Without it, only the text counts.
   */
  readonly surroundings?: Surroundings | undefined;
}

/** What {@linkcode checkConfig} found. */
export interface ConfigCheck {
  /** The findings in the order of the text. */
  readonly findings: readonly ConfigFinding[];
  /** Whether `parseConfig` takes the text. */
  readonly usable: boolean;
  /**
   * The text around the findings may be shown: stars stand where it has
   * credentials, and every offset is as in the text.
   */
  readonly maskedText: string;
}

/**
 * Parses, decodes, validates and lints the text of a configuration.
 *
 * Unknown fields are errors here: `parseConfig`, like the original server,
 * goes on without them, and so nothing else tells of a misspelled setting.
 *
 * @param text RON, as in the guide.
 * @param options The machine to check on.
 * @throws Whatever `env` of the surroundings throws: that of `platform` a
 * `ForgeError`, `PERMISSION_DENIED`, on Deno. What is wrong with the text is a
 * finding.
 *
 * @example
 * ```ts
 * import { checkConfig } from "@forgepoint/forge";
 *
 * const { findings } = await checkConfig(
 *   "(extensions: (settings: (verify_checksums: false)))",
 * );
 * findings.map(({ code }) => code); // ["ChecksumsOff"]
 * ```
 */
export async function checkConfig(
  text: string,
  options: CheckConfigOptions = {},
): Promise<ConfigCheck> {
  const { findFindings } = await import("./find_findings.ts");
  return await findFindings(text, options);
}

/** One finding with the lines that it is about, as compilers print it. */
export function formatFinding(
  finding: ConfigFinding,
  maskedText: string,
  options: FormatDiagnosticOptions = {},
): string {
  if (finding.severity !== "info") {
    const { severity } = finding;
    return formatDiagnostic({ ...finding, severity }, maskedText, options);
  }
  // RON itself has no findings of this kind.
  return formatDiagnostic(
    { ...finding, severity: "warning" },
    maskedText,
    options,
  ).replace("warning[", "info[");
}
