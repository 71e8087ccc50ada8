/**
 * Which line of the configuration says something.
 *
 * @module
 */

import { relative } from "../path.ts";
import type { ConfigLocation } from "../config/mod.ts";
import type { Files } from "../platform/types.ts";
import { parseDocument, spanOf } from "../ron/mod.ts";

/** Reads the file once; gives `file:line` for what the file says itself. */
export async function sourceLines(
  location: ConfigLocation,
  files: Files,
): Promise<(path: readonly (string | number)[]) => string | undefined> {
  if (location.kind === "scan") return () => undefined;
  const text = new TextDecoder().decode(await files.read(location.path));
  const document = parseDocument(text);
  const name = relative(location.root, location.path);
  return (path) => {
    const span = spanOf(document, path);
    return span === undefined ? undefined : `${name}:${span.line}`;
  };
}
