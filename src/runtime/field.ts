/**
 * What the host asks of an extension, and what it answers.
 *
 * @module
 */

/** An object that JSON can say. */
export type JsonObject = { readonly [name: string]: unknown };

/** A GraphQL field to resolve. */
export interface FieldRequest {
  /** Name of the field. */
  readonly fieldName: string;
  /** Name of the type that has it: `Query`, `Mutation`, or an object type. */
  readonly parentType: string;
  /** Its arguments, as an object or as JSON text; `{}` if not given. */
  readonly arguments?: JsonObject | string | undefined;
  /** On whose behalf; global if not given. */
  readonly context?: RequestContext | undefined;
  /** The object that has the field, as an object or as JSON text. */
  readonly parent?: JsonObject | string | undefined;
}

/** On whose behalf a field is resolved, and where. */
export interface RequestContext {
  /** What the request is about. */
  readonly scope: "global" | "repository" | "user" | "repository-user";
  /** The repository. */
  readonly repository?: RepositoryContext | undefined;
  /** Who is signed in. */
  readonly user?: UserContext | undefined;
  /** The installation. */
  readonly global?: GlobalContext | undefined;
  /** Anything else, as JSON text. */
  readonly extraJson?: string | undefined;
}

/** A repository. */
export interface RepositoryContext {
  /** Its identifier. */
  readonly id: string;
  /** Its name in addresses. */
  readonly slug: string;
  /** Identifier of the group that it is in. */
  readonly groupId?: string | undefined;
  /** Its name and that of the groups above it. */
  readonly fullPath?: string | undefined;
  /** Whether it is kept elsewhere. */
  readonly isRemote: boolean;
  /** Where. */
  readonly remoteUrl?: string | undefined;
}

/** A user. */
export interface UserContext {
  /** Their identifier. */
  readonly id: string;
  /** Their name in addresses. */
  readonly username: string;
  /** Their name. */
  readonly displayName?: string | undefined;
  /** Their address. */
  readonly email?: string | undefined;
}

/** An installation of the host. */
export interface GlobalContext {
  /** Its identifier. */
  readonly installationId?: string | undefined;
  /** What it is for, such as `production`. */
  readonly environment?: string | undefined;
  /** Features that are switched on. */
  readonly featureFlags: readonly string[];
}

/** What a field came to. */
export type FieldResult =
  | {
    /** It was resolved. */
    readonly status: "success";
    /** Its value, as JSON text. */
    readonly json: string;
  }
  | {
    /** The extension says why not; it is well and can be called again. */
    readonly status: "error";
    /** Its reason. */
    readonly message: string;
  };

/** What an extension says of itself. */
export interface ExtensionInfo {
  /** Its own name, which need not be the configured one. */
  readonly name: string;
  /** Its version. */
  readonly version: string;
  /** What it can do, in its own words. */
  readonly capabilities: readonly string[];
}
