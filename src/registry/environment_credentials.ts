/**
 * Credentials in environment variables that the configuration names.
 *
 * @module
 */

import { parseRegistryHost } from "../oci/mod.ts";
import type { CredentialLookup, CredentialSource } from "./credentials.ts";

/** The names of the variables for one registry. */
export interface CredentialVariables {
  /** Variable that holds the user name. */
  readonly usernameEnv?: string | undefined;
  /** Variable that holds the token or password. */
  readonly tokenEnv?: string | undefined;
}

/** Options of {@linkcode environmentCredentials}. */
export interface EnvironmentCredentialsOptions {
  /** Variables by registry, as `auth` in `forge.ron` has them. */
  readonly variables: Readonly<Record<string, CredentialVariables>>;
  /** Reads one variable. */
  readonly env: (name: string) => string | undefined;
}

/**
 * Reads credentials from the environment. They count only when both variables
 * are named and set; one that is named and not set is reported as missing.
 *
 * @param options The names, and the environment.
 *
 * @example
 * ```ts
 * import { environmentCredentials } from "@forgepoint/forge/oci";
 *
 * const credentials = environmentCredentials({
 *   variables: { "ghcr.io": { usernameEnv: "USERNAME", tokenEnv: "TOKEN" } },
 *   env: (name) => ({ USERNAME: "ada", TOKEN: "secret" })[name],
 * });
 * (await credentials.get("ghcr.io")).credential;
 * ```
 */
export function environmentCredentials(
  options: EnvironmentCredentialsOptions,
): CredentialSource {
  const byHost = new Map(
    Object.entries(options.variables).map(([registry, names]) =>
      [parseRegistryHost(registry), names] as const
    ),
  );
  return {
    get: (registry) => {
      const names = byHost.get(registry);
      const lookup = names === undefined ? {} : read(names, options.env);
      return Promise.resolve(lookup);
    },
  };
}

function read(
  names: CredentialVariables,
  env: (name: string) => string | undefined,
): CredentialLookup {
  const { usernameEnv, tokenEnv } = names;
  const isSet = (name: string | undefined): boolean =>
    name !== undefined && (env(name) ?? "") !== "";
  const missing = [usernameEnv, tokenEnv].filter((name) =>
    name !== undefined && !isSet(name)
  ) as string[];
  if (!isSet(usernameEnv) || !isSet(tokenEnv)) {
    return { missing: missing.map(showName) };
  }
  return {
    credential: {
      username: env(usernameEnv ?? "") ?? "",
      password: env(tokenEnv ?? "") ?? "",
      source: `environment variables ${usernameEnv} and ${tokenEnv}`,
    },
  };
}

/** Who pastes a token where a variable's name belongs must not find it in a log. */
function showName(name: string): string {
  const isName = /^[A-Z_][A-Z0-9_]*$/.test(name) &&
    !/^(?=.*[0-9])[A-Z0-9]{17,}$/.test(name);
  // Enough to find it by, and never much of something short.
  const shown = Math.min(4, Math.floor(name.length / 4));
  return isName ? name : `${name.slice(0, shown)}...`;
}
