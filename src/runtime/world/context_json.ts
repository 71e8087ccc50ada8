/**
 * The context of a request as version 0.1 of the world has it: JSON.
 *
 * @module
 */

import type { RequestContext } from "../field.ts";

/** Writes a context as JSON, names in snake case. */
export function contextJson(context: RequestContext): string {
  const { scope, repository, user, global, extraJson } = context;
  const text = JSON.stringify({
    scope: scope.replaceAll("-", "_"),
    repository: repository && {
      id: repository.id,
      slug: repository.slug,
      group_id: repository.groupId,
      full_path: repository.fullPath,
      is_remote: repository.isRemote,
      remote_url: repository.remoteUrl,
    },
    user: user && {
      id: user.id,
      username: user.username,
      display_name: user.displayName,
      email: user.email,
    },
    global: global && {
      installation_id: global.installationId,
      environment: global.environment,
      feature_flags: global.featureFlags,
    },
  });
  // As it was written: numbers that were read would be rounded.
  return extraJson === undefined
    ? text
    : `${text.slice(0, -1)},"extra":${extraJson}}`;
}
