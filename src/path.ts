/**
 * Paths as the system writes them: `node:path`, loaded when there is one.
 *
 * @module
 */

import { systemPath } from "./deno_path.ts";

/** Puts parts together. */
export function join(...parts: string[]): string {
  return systemPath().join(...parts);
}

/** Makes a path absolute, from the last part that is. */
export function resolve(...parts: string[]): string {
  return systemPath().resolve(...parts);
}

/** The way from one path to another. */
export function relative(from: string, to: string): string {
  return systemPath().relative(from, to);
}

/** The directory of a file. */
export function dirname(path: string): string {
  return systemPath().dirname(path);
}

/** The last part of a path. */
export function basename(path: string, suffix?: string): string {
  return systemPath().basename(path, suffix);
}

/** Whether a path is a directory, or in it; both absolute. */
export function isWithin(path: string, directory: string): boolean {
  return path === directory ||
    path.startsWith(`${directory}${systemPath().sep}`);
}
