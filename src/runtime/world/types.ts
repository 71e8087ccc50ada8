/**
 * The world `forge:extension`, as types of the canonical ABI.
 *
 * @module
 */

import type { Executed, SqlValue } from "../../platform/types.ts";
import {
  type AbiFunction,
  type AbiResult,
  type AbiType,
  bool,
  bytes,
  enumeration,
  f64,
  list,
  option,
  record,
  result,
  s64,
  string,
  u64,
  variant,
} from "../abi/mod.ts";
import type {
  ExtensionInfo,
  FieldResult,
  GlobalContext,
  RepositoryContext,
  RequestContext,
  UserContext,
} from "../field.ts";
import type { LogLevel } from "../log.ts";
import type {
  GuestFunctionName,
  HostInterfaceName,
  WorldVersion,
} from "./names.ts";

/** Parameters of one statement; SQLite itself allows 32,766. */
const MAX_SQL_PARAMS = 65_536;
/** What an extension may say that it can do. */
const MAX_CAPABILITIES = 1_000;
/** For lists that only the host makes. */
const NEVER_READ = { maxLength: 0 };

/** Levels in their order in WIT. */
const logLevel: AbiType<LogLevel> = enumeration<LogLevel>([
  "trace",
  "debug",
  "info",
  "warn",
  "error",
]);

const sqlValue: AbiType<SqlValue> = variant<SqlValue>({
  cases: [
    { name: "null" },
    { name: "boolean", type: bool },
    { name: "integer", type: s64 },
    { name: "float", type: f64 },
    { name: "text", type: string },
    { name: "blob", type: bytes },
  ],
  caseOf(value) {
    switch (typeof value) {
      case "bigint":
        return 2;
      case "number":
        return 3;
      case "string":
        return 4;
      default:
        return value === null ? 0 : 5;
    }
  },
  contentOf: (value) => value,
  make(index, content) {
    if (index === 0) return null;
    // SQLite has no truth values.
    if (index === 1) return content === true ? 1n : 0n;
    return content as SqlValue;
  },
});

/** A statement and its parameters. */
export interface Statement {
  /** One statement. */
  readonly sql: string;
  /** Values for its placeholders. */
  readonly params: readonly SqlValue[];
}

const statement = record<Statement>({
  sql: string,
  params: list(sqlValue, { maxLength: MAX_SQL_PARAMS }),
});

/** Rows of a query. A row is a record of one list, which lies in memory as the list does. */
export type Rows = readonly (readonly SqlValue[])[];

const rows: AbiType<Rows> = list(list(sqlValue, NEVER_READ), NEVER_READ);

const executed = record<Executed>({
  rowsAffected: u64,
  lastInsertId: option(u64),
});

/** A variant of two cases whose names are not those of `result`. */
const SUCCESS_OR_ERROR = ["success", "error"] as const;

/** Functions of `host-log`. */
export const HOST_LOG: {
  readonly log: AbiFunction<
    { readonly level: LogLevel; readonly message: string },
    void
  >;
} = {
  log: { name: "log", params: record({ level: logLevel, message: string }) },
};

/** Functions of `host-database`. */
export const HOST_DATABASE: {
  readonly query: AbiFunction<Statement, AbiResult<Rows, string>>;
  readonly execute: AbiFunction<Statement, AbiResult<Executed, string>>;
  readonly migrate: AbiFunction<
    { readonly sql: string },
    AbiResult<void, string>
  >;
} = {
  query: {
    name: "query",
    params: statement,
    result: result(rows, string, SUCCESS_OR_ERROR),
  },
  execute: {
    name: "execute",
    params: statement,
    result: result(executed, string, SUCCESS_OR_ERROR),
  },
  migrate: {
    name: "migrate",
    params: record({ sql: string }),
    result: result<void, string>(undefined, string),
  },
};

/** Functions of the host by interface and name. */
export const HOST_FUNCTIONS: Readonly<
  Record<
    HostInterfaceName,
    Readonly<Record<string, AbiFunction<unknown, unknown>>>
  >
> = { "host-log": HOST_LOG, "host-database": HOST_DATABASE };

/** What `init` is told. */
export interface GuestConfig {
  /** Name of the extension. */
  readonly name: string;
  /** Its version, as far as the host knows it. */
  readonly version: string;
  /** Name of its database. */
  readonly databasePath: string;
  /** Configuration in whatever format it wants. */
  readonly customConfig?: string | undefined;
}

/** What `resolve-field` is told, all of JSON as text; `C` is the context. */
export interface ResolveInfo<C> {
  /** Name of the field. */
  readonly fieldName: string;
  /** Name of the type that has it. */
  readonly parentType: string;
  /** Its arguments. */
  readonly arguments: string;
  /** On whose behalf. */
  readonly context: C;
  /** The object that has the field. */
  readonly parent?: string | undefined;
}

const requestContext = record<RequestContext>({
  scope: enumeration<RequestContext["scope"]>([
    "global",
    "repository",
    "user",
    "repository-user",
  ]),
  repository: option(record<RepositoryContext>({
    id: string,
    slug: string,
    groupId: option(string),
    fullPath: option(string),
    isRemote: bool,
    remoteUrl: option(string),
  })),
  user: option(record<UserContext>({
    id: string,
    username: string,
    displayName: option(string),
    email: option(string),
  })),
  global: option(record<GlobalContext>({
    installationId: option(string),
    environment: option(string),
    featureFlags: list(string, NEVER_READ),
  })),
  extraJson: option(string),
});

const fieldResult: AbiType<FieldResult> = variant<FieldResult>({
  cases: [{ name: "success", type: string }, { name: "error", type: string }],
  caseOf: ({ status }) => status === "success" ? 0 : 1,
  contentOf: (value) => value.status === "success" ? value.json : value.message,
  make: (index, content) =>
    index === 0
      ? { status: "success", json: content as string }
      : { status: "error", message: content as string },
});

function resolveField<C>(
  context: AbiType<C>,
): AbiFunction<{ readonly info: ResolveInfo<C> }, FieldResult> {
  const info = record<ResolveInfo<C>>({
    fieldName: string,
    parentType: string,
    arguments: string,
    context,
    parent: option(string),
  });
  return {
    name: "resolve-field",
    params: record({ info }),
    result: fieldResult,
  };
}

type NoParams = Record<never, never>;
const noParams = record<NoParams>({});

/** Functions of `extension-api` that all versions have. */
export const EXTENSION_API: {
  readonly init: AbiFunction<
    { readonly config: GuestConfig },
    AbiResult<void, string>
  >;
  readonly "get-info": AbiFunction<NoParams, ExtensionInfo>;
  readonly "get-schema": AbiFunction<NoParams, string>;
  readonly shutdown: AbiFunction<NoParams, void>;
} = {
  init: {
    name: "init",
    params: record({
      config: record<GuestConfig>({
        name: string,
        version: string,
        databasePath: string,
        customConfig: option(string),
      }),
    }),
    result: result<void, string>(undefined, string),
  },
  "get-info": {
    name: "get-info",
    params: noParams,
    result: record<ExtensionInfo>({
      name: string,
      version: string,
      capabilities: list(string, { maxLength: MAX_CAPABILITIES }),
    }),
  },
  "get-schema": { name: "get-schema", params: noParams, result: string },
  shutdown: { name: "shutdown", params: noParams },
};

/** `resolve-field` of version 0.2, where the context is a record. */
export const RESOLVE_FIELD: AbiFunction<
  { readonly info: ResolveInfo<RequestContext> },
  FieldResult
> = resolveField(requestContext);

/** `resolve-field` of version 0.1, where the context is JSON. */
export const RESOLVE_FIELD_0_1: AbiFunction<
  { readonly info: ResolveInfo<string> },
  FieldResult
> = resolveField(string);

/** Functions that an extension exports, by name. */
export function guestFunctions(
  version: WorldVersion,
): Readonly<Record<GuestFunctionName, AbiFunction<unknown, unknown>>> {
  const resolveField = version === "0.1" ? RESOLVE_FIELD_0_1 : RESOLVE_FIELD;
  return { ...EXTENSION_API, "resolve-field": resolveField };
}
