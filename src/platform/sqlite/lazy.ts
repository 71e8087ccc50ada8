/**
 * `Platform.openDatabase`, which costs nothing until a database is opened.
 *
 * @module
 */

import type { Database, OpenDatabaseOptions } from "../types.ts";

type OpenDatabase = (
  path: string,
  options?: OpenDatabaseOptions,
) => Promise<Database>;

/**
 * Makes `Platform.openDatabase`.
 *
 * @param makeDirectory Makes a directory and those above it.
 */
export function lazyOpenDatabase(
  makeDirectory: (path: string) => Promise<void>,
): OpenDatabase {
  let loading: Promise<OpenDatabase> | undefined;
  return async (path, options) => {
    loading ??= import("./open.ts").then(({ createOpenDatabase }) =>
      createOpenDatabase(makeDirectory)
    );
    return await (await loading)(path, options);
  };
}
