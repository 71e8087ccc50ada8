/**
 * A disk that is loaded when something is first asked of it.
 *
 * @module
 */

import type { Files } from "./types.ts";

/** Makes {@linkcode Files} that cost nothing until they are used. */
export function lazyFiles(load: () => Promise<Files>): Files {
  let loading: Promise<Files> | undefined;
  const files = () => loading ??= load();
  return {
    read: async (...args) => await (await files()).read(...args),
    async *readChunks(...args) {
      yield* (await files()).readChunks(...args);
    },
    stat: async (...args) => await (await files()).stat(...args),
    list: async (...args) => await (await files()).list(...args),
    create: async (...args) => await (await files()).create(...args),
    append: async (...args) => await (await files()).append(...args),
    rename: async (...args) => await (await files()).rename(...args),
    replace: async (...args) => await (await files()).replace(...args),
    realPath: async (...args) => await (await files()).realPath(...args),
    remove: async (...args) => await (await files()).remove(...args),
    makeDirectory: async (...args) =>
      await (await files()).makeDirectory(...args),
    syncDirectory: async (...args) =>
      await (await files()).syncDirectory(...args),
  };
}
