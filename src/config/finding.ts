/**
 * What `forge check` can find in a configuration: the codes, and how bad each
 * one is.
 *
 * @module
 */

import {
  createDiagnostic,
  type RonDiagnostic,
  type RonDocument,
  type RonPath,
  spanOf,
  type SpanOfOptions,
} from "../ron/mod.ts";

/** Codes of the lints, stable and meant for programs. */
export type LintCode =
  /** `verify_checksums` is off. */
  | "ChecksumsOff"
  /** A credential stands in the file itself. */
  | "CredentialInFile"
  /** Only one of the two variables of a registry is named. */
  | "IncompleteAuth"
  /** A file with certificates or a key is not there. */
  | "MissingCertificate"
  /** The file of a local extension is not there. */
  | "MissingFile"
  /** A file that `trust` names is not there. */
  | "MissingTrust"
  /** An extension is named by a tag. */
  | "MutableTag"
  /** Two names become one when they are made slugs. */
  | "NameCollision"
  /** Offline mode takes tags from the cache as they once were. */
  | "OfflineTags"
  /** A registry other than on loopback is asked without TLS. */
  | "PlainHttp"
  /** Two names for one file. */
  | "SameFile"
  /** Two names for one image. */
  | "SameImage"
  /** A variable that is named is not set. */
  | "UnsetVariable"
  /** `auth` for a registry that nothing comes from. */
  | "UnusedAuth"
  /** `registries` for a registry that nothing comes from. */
  | "UnusedRegistry"
  /** `trust` names somebody and demands nothing. */
  | "UnusedTrust"
  /** What should name a variable looks like the value of one. */
  | "UnlikelyVariable";

/** How bad a finding is: an error fails a check, a warning a strict one. */
export type FindingSeverity = "error" | "warning" | "info";

/** How bad each lint is. */
export const LINT_SEVERITIES: Readonly<Record<LintCode, FindingSeverity>> = {
  ChecksumsOff: "warning",
  CredentialInFile: "error",
  IncompleteAuth: "warning",
  MissingCertificate: "error",
  MissingFile: "error",
  MissingTrust: "error",
  MutableTag: "warning",
  NameCollision: "error",
  OfflineTags: "info",
  PlainHttp: "warning",
  SameFile: "warning",
  SameImage: "warning",
  UnlikelyVariable: "warning",
  UnsetVariable: "warning",
  UnusedAuth: "warning",
  UnusedRegistry: "warning",
  UnusedTrust: "warning",
};

/**
 * One finding with its place. The code is a {@linkcode LintCode},
 * `InvalidConfig`, or one of the RON library.
 */
export interface ConfigFinding extends Omit<RonDiagnostic<string>, "severity"> {
  /** How bad it is. */
  readonly severity: FindingSeverity;
}

/** A lint before its place in the text is known. */
export interface Lint {
  /** Which lint. */
  readonly code: LintCode;
  /** What it is about, from `extensions` down. */
  readonly path: RonPath;
  /** What of it to point at. Default: the value. */
  readonly of?: SpanOfOptions["of"];
  /** What is probably not meant, without a trailing period. */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
}

/** Gives lints their severity and their place in the text, in its order. */
export function locateLints(
  lints: readonly Lint[],
  document: RonDocument,
): readonly ConfigFinding[] {
  return lints.map(({ code, path, of, message, hint }) => {
    const span = spanOf(document, ["extensions", ...path], {
      nearest: true,
      ...(of === undefined ? {} : { of }),
    });
    const diagnostic = createDiagnostic(document.text, {
      severity: "warning",
      code,
      message,
      hint,
      offset: span?.offset ?? 0,
      length: span?.length ?? 0,
    });
    return { ...diagnostic, severity: LINT_SEVERITIES[code] };
  }).sort((a, b) => a.offset - b.offset);
}
