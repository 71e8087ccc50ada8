/**
 * Who this program is to a registry, and who said so.
 *
 * @module
 */

/** What to show a registry. `source` may be shown to anyone; the rest to nobody. */
export type Credential = PasswordCredential | IdentityTokenCredential;

/** A user name and a password or access token. */
export interface PasswordCredential {
  /** User name. */
  readonly username: string;
  /** Password, or what a registry takes for one. */
  readonly password: string;
  /** Where it comes from, such as `environment variables GHCR_USERNAME and GHCR_TOKEN`. */
  readonly source: string;
}

/** A refresh token that buys access tokens (Docker: "identity token"). */
export interface IdentityTokenCredential {
  /** The token. */
  readonly identityToken: string;
  /** Where it comes from. */
  readonly source: string;
}

/** What is known of a registry's credentials. */
export interface CredentialLookup {
  /** What to show; absent: nothing. */
  readonly credential?: Credential | undefined;
  /** Environment variables that the configuration names and that are not set. */
  readonly missing?: readonly string[] | undefined;
}

/** A place where credentials are kept. */
export interface CredentialSource {
  /**
   * Looks up a registry.
   *
   * @param registry The registry as people write it, such as `docker.io`.
   * @param repository The repository in it, where it is about one: podman keeps
   * logins for parts of a registry, too.
   */
  readonly get: (
    registry: string,
    repository?: string,
  ) => Promise<CredentialLookup>;
}

/** No credentials for anyone. */
export const anonymous: CredentialSource = {
  get: () => Promise.resolve({}),
};
