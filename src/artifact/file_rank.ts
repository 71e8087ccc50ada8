/**
 * How well the name of a file says that it is the module.
 *
 * @module
 */

/** Names that a module has by convention, best first. */
const KNOWN_NAMES = ["extension.wasm", "plugin.wasm"] as const;

/**
 * Ranks a path in an image or the title of a layer.
 *
 * @returns 0 for what is not a `.wasm` file, 1 for any that is, more for names
 * that mean the module by convention; at the root more than in a directory.
 */
export function rankFileName(path: string | undefined): number {
  if (path === undefined || !/\.wasm$/i.test(path)) return 0;
  const slash = path.lastIndexOf("/");
  const place = KNOWN_NAMES.findIndex((name) => name === path.slice(slash + 1));
  if (place < 0) return 1;
  return 2 + 2 * (KNOWN_NAMES.length - 1 - place) + (slash < 0 ? 1 : 0);
}
