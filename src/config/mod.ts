/**
 * `forge.ron`: found, read, checked.
 *
 * @module
 */

export * from "./check.ts";
export * from "./discover.ts";
export type { ConfigFinding, FindingSeverity, LintCode } from "./finding.ts";
export { LINT_SEVERITIES } from "./finding.ts";
export { isLikelyVariable } from "./lint_credentials.ts";
export type { Surroundings } from "./lint_surroundings.ts";
export { LIMIT_NAMES } from "./limits.ts";
export * from "./model.ts";
export * from "./parse.ts";
export * from "./problem.ts";
export * from "./read.ts";
export * from "./scan.ts";
export * from "./slug.ts";
