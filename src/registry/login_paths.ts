/**
 * Where `docker login` and `podman login` keep what they know.
 *
 * @module
 */

/** Options of {@linkcode loginPaths}. */
export interface LoginPathsOptions {
  /** Reads one environment variable. */
  readonly env: (name: string) => string | undefined;
}

/**
 * Lists login files in the order in which to ask them: Docker's, then
 * podman's.
 *
 * @param options The environment.
 * @returns Paths; none need exist.
 *
 * @example
 * ```ts
 * import { loginPaths } from "@forgepoint/forge/oci";
 *
 * loginPaths({ env: (name) => name === "HOME" ? "/home/ada" : undefined });
 * // ["/home/ada/.docker/config.json", "/home/ada/.config/containers/auth.json"]
 * ```
 */
export function loginPaths(options: LoginPathsOptions): readonly string[] {
  const read = (name: string): string | undefined =>
    options.env(name) || undefined;
  const home = read("HOME") ?? read("USERPROFILE");
  const runtime = read("XDG_RUNTIME_DIR");
  const config = read("XDG_CONFIG_HOME") ?? (home && `${home}/.config`);
  const docker = read("DOCKER_CONFIG") ?? (home && `${home}/.docker`);
  const authFile = read("REGISTRY_AUTH_FILE");
  return [
    docker && `${docker}/config.json`,
    authFile,
    authFile === undefined && runtime && `${runtime}/containers/auth.json`,
    authFile === undefined && config && `${config}/containers/auth.json`,
  ].filter((path): path is string => typeof path === "string" && path !== "");
}
