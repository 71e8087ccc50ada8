/**
 * Token scopes: what a token is asked to allow.
 *
 * @module
 */

/** What a token shall allow in a repository. */
export type RepositoryAction = "pull" | "push";

/** Characters of a challenge's scope that are worth reading. */
const MAX_SCOPE_LENGTH = 2048;

/** The scope for work in a repository (distribution's token specification). */
export function repositoryScope(
  repository: string,
  action: RepositoryAction,
): string {
  const actions = action === "push" ? "pull,push" : "pull";
  return `repository:${repository}:${actions}`;
}

/** The repository that a scope is about, or the first of several. */
export function repositoryOf(scope: string): string | undefined {
  return /^repository:([^:\s]+):/.exec(scope)?.[1];
}

/**
 * Joins what is wanted with what a challenge asks for.
 *
 * @param scopes Scopes, each a list separated by blanks.
 * @returns One scope per resource, with the actions of all.
 */
export function mergeScopes(...scopes: readonly string[]): readonly string[] {
  const actionsOf = new Map<string, Set<string>>();
  for (const text of scopes) {
    for (const scope of text.slice(0, MAX_SCOPE_LENGTH).split(/\s+/)) {
      const colon = scope.lastIndexOf(":");
      if (colon <= 0) continue;
      const resource = scope.slice(0, colon);
      const actions = actionsOf.get(resource) ?? new Set();
      for (const action of scope.slice(colon + 1).split(",")) {
        actions.add(action);
      }
      actionsOf.set(resource, actions);
    }
  }
  return [...actionsOf].map(([resource, actions]) =>
    `${resource}:${[...actions].join(",")}`
  );
}
