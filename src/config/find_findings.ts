/**
 * Looking through a configuration.
 *
 * @module
 */

import { tryDecodeRon } from "../ron/mod.ts";
import type { ConfigFinding } from "./finding.ts";
import { lintConfig } from "./lint.ts";
import { maskCredentials } from "./lint_credentials.ts";
import { lintSurroundings } from "./lint_surroundings.ts";
import { CONFIG_SCHEMA } from "./schema.ts";
import { validateConfig } from "./validate.ts";
import type { CheckConfigOptions, ConfigCheck } from "./check.ts";

/** Decodes, validates and lints. */
export async function findFindings(
  text: string,
  options: CheckConfigOptions,
): Promise<ConfigCheck> {
  const decoded = tryDecodeRon(text, CONFIG_SCHEMA);
  if (!decoded.ok) return result(text, decoded.diagnostics, false);
  const { value, document, warnings } = decoded;
  const invalid = validateConfig(value, document);
  const lints = lintConfig(value, document);
  const surrounding = options.surroundings === undefined
    ? []
    : await lintSurroundings(value, document, options.surroundings);
  return result(text, [
    ...warnings,
    ...invalid.filter((finding) => !isTold(finding, lints)),
    ...lints,
    ...surrounding,
  ], invalid.length === 0);
}

/** Whether a lint says of the same place what is wrong, and better. */
function isTold(
  { offset, length }: ConfigFinding,
  lints: readonly ConfigFinding[],
): boolean {
  return lints.some((lint) =>
    lint.code === "CredentialInFile" && lint.offset === offset &&
    lint.length === length
  );
}

function result(
  text: string,
  found: readonly ConfigFinding[],
  usable: boolean,
): ConfigCheck {
  const findings = found.map((finding): ConfigFinding =>
    finding.code === "UnknownField"
      ? { ...finding, severity: "error" }
      : finding
  ).sort((a, b) => a.offset - b.offset);
  return { findings, usable, maskedText: maskCredentials(text, findings) };
}
