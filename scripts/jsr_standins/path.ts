/** Stands in for `@std/path`: the same names over `node:path`. */
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const {
  basename,
  dirname,
  extname,
  isAbsolute,
  join,
  normalize,
  relative,
  resolve,
} = path;
export const SEPARATOR: string = path.sep;

export function fromFileUrl(url: string | URL): string {
  return fileURLToPath(url);
}

export function toFileUrl(file: string): URL {
  return pathToFileURL(file);
}
