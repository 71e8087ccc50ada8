/**
 * What a configuration names and this machine does not have.
 *
 * @module
 */

import { resolve } from "../path.ts";
import type { Files } from "../platform/types.ts";
import type { RonDocument } from "../ron/mod.ts";
import { type ConfigFinding, type Lint, locateLints } from "./finding.ts";
import { type RawExtensions, trustsIn } from "./lint.ts";
import { isLikelyVariable } from "./lint_credentials.ts";
import type { RawConfig } from "./schema.ts";

/** The machine that a configuration is checked on. */
export interface Surroundings {
  /** The disk. */
  readonly files: Pick<Files, "stat">;
  /** Reads an environment variable. */
  readonly env: (name: string) => string | undefined;
  /** The project root, absolute: where relative paths start. */
  readonly root: string;
}

/**
 * Looks for the variables and files that a decoded configuration names.
 *
 * @returns The findings in the order of the file.
 */
export async function lintSurroundings(
  raw: RawConfig,
  document: RonDocument,
  surroundings: Surroundings,
): Promise<readonly ConfigFinding[]> {
  const { extensions } = raw;
  const lints = [
    ...lintVariables(extensions, surroundings),
    ...await lintModules(extensions, surroundings),
    ...await lintCertificates(extensions, surroundings),
    ...await lintTrust(extensions, surroundings),
  ];
  return locateLints(lints, document);
}

function* lintVariables(
  { auth }: RawExtensions,
  { env }: Surroundings,
): Generator<Lint> {
  for (const [host, { username_env, token_env }] of auth) {
    for (const [field, name] of Object.entries({ username_env, token_env })) {
      // What may be a password is another lint's, and not to be printed.
      if (name === undefined || !isLikelyVariable(name)) continue;
      if ((env(name) ?? "") !== "") continue;
      yield {
        code: "UnsetVariable",
        path: ["auth", host, field],
        message: `${name} is not set here: the registry is asked anonymously`,
        hint: `Set ${name} before forge runs, or correct its name`,
      };
    }
  }
}

async function lintModules(
  { local }: RawExtensions,
  surroundings: Surroundings,
): Promise<readonly Lint[]> {
  const lints: Lint[] = [];
  for (const [i, { path }] of local.entries()) {
    // An empty path is invalid and reported as that.
    if (path === "") continue;
    const problem = await problemWith(path, surroundings);
    if (problem === undefined) continue;
    lints.push({
      code: "MissingFile",
      path: ["local", i, "path"],
      message: `Cannot find the module "${path}": ${problem}`,
      hint: `Build it, or correct the path: relative ones start at ${
        JSON.stringify(surroundings.root)
      }`,
    });
  }
  return lints;
}

async function lintCertificates(
  { registries, settings }: RawExtensions,
  surroundings: Surroundings,
): Promise<readonly Lint[]> {
  const lints: Lint[] = [];
  // Offline nobody reads them.
  if (settings.offline_mode) return lints;
  for (const [host, { ca_file, client_certificate }] of registries) {
    const base = ["registries", host];
    const named = [
      { file: ca_file, path: [...base, "ca_file"] },
      ...["cert_file" as const, "key_file" as const].map((field) => ({
        file: client_certificate?.[field],
        path: [...base, "client_certificate", field],
      })),
    ];
    for (const { file, path } of named) {
      if (file === undefined) continue;
      const problem = await problemWith(file, surroundings);
      if (problem === undefined) continue;
      lints.push({
        code: "MissingCertificate",
        path,
        message: `Cannot find "${file}": ${problem}`,
        hint: `Put it there, or correct the path: relative ones start at ${
          JSON.stringify(surroundings.root)
        }`,
      });
    }
  }
  return lints;
}

async function lintTrust(
  extensions: RawExtensions,
  surroundings: Surroundings,
): Promise<readonly Lint[]> {
  const named = trustsIn(extensions)
    .filter(({ trust }) => trust.required)
    .flatMap(({ trust, path }) => [
      ...trust.keys.map((file, i) => ({ file, path: [...path, "keys", i] })),
      { file: trust.trusted_root, path: [...path, "trusted_root"] },
    ]);
  const lints: Lint[] = [];
  for (const { file, path } of named) {
    // An empty path is invalid and reported as that.
    if (file === undefined || file === "") continue;
    const problem = await problemWith(file, surroundings);
    if (problem === undefined) continue;
    lints.push({
      code: "MissingTrust",
      path,
      message: `Cannot find "${file}": ${problem}`,
      hint: `Put it there, or correct the path: relative ones start at ${
        JSON.stringify(surroundings.root)
      }`,
    });
  }
  return lints;
}

/** Why there is no file at a path; `undefined` when there is one. */
async function problemWith(
  path: string,
  { files, root }: Surroundings,
): Promise<string | undefined> {
  try {
    const stat = await files.stat(resolve(root, path));
    if (stat === undefined) return "it is not there";
    return stat.kind === "directory" ? "it is a directory" : undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
