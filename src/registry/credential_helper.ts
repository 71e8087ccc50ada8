/**
 * Docker's credential helpers: programs named `docker-credential-<name>`.
 *
 * @module
 */

import { IDENTITY_TOKEN_USERNAME } from "./basic.ts";
import type { Credential } from "./credentials.ts";

/** What a helper program answered. */
export interface CredentialHelperOutput {
  /** Its exit status. */
  readonly code: number;
  /** What it wrote to standard output. */
  readonly stdout: string;
}

/**
 * Runs `docker-credential-<name> get`, gives it the server on standard input.
 * Rejects when the program cannot be run.
 */
export type CredentialHelperRunner = (
  name: string,
  server: string,
) => Promise<CredentialHelperOutput>;

/** What asking a helper gave. */
export interface HelperAnswer {
  /** The credentials, where it has some. */
  readonly credential?: Credential | undefined;
  /** What to warn of; never what the helper wrote, which may be the secret. */
  readonly problem?: string | undefined;
}

/** A helper's name becomes the name of a program. */
const HELPER_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/**
 * Asks a helper.
 *
 * @param name Its name, without `docker-credential-`.
 * @param server What to ask for.
 * @param run Runs it; absent: programs cannot be run here.
 */
export async function askHelper(
  name: string,
  server: string,
  run: CredentialHelperRunner | undefined,
): Promise<HelperAnswer> {
  const program = `docker-credential-${name}`;
  const problem = (why: string): HelperAnswer => ({
    problem: `Credential helper ${program} ${why}; going on without it`,
  });
  if (!HELPER_NAME.test(name)) return problem("has a name that is no program");
  if (run === undefined) return problem("may not be run here");
  let output: CredentialHelperOutput;
  try {
    output = await run(name, server);
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    return problem(
      code === "ENOENT" ? "is not installed" : "could not be run",
    );
  }
  if (/credentials not found/i.test(output.stdout)) return {};
  if (output.code !== 0) return problem(`failed with status ${output.code}`);
  const credential = readAnswer(output.stdout, program);
  return credential === undefined
    ? problem("answered with something else than credentials")
    : { credential };
}

function readAnswer(stdout: string, program: string): Credential | undefined {
  let json: { readonly Username?: unknown; readonly Secret?: unknown } | null;
  try {
    json = JSON.parse(stdout);
  } catch {
    return undefined; // The parser's message would quote the secret.
  }
  const { Username: username, Secret: secret } = json ?? {};
  if (typeof username !== "string" || typeof secret !== "string") {
    return undefined;
  }
  if (secret === "") return undefined;
  const source = `credential helper ${program}`;
  return username === IDENTITY_TOKEN_USERNAME
    ? { identityToken: secret, source }
    : { username, password: secret, source };
}
