/**
 * What happens to an extension, and how much of everything it used.
 *
 * @module
 */

import type { ForgeError } from "../errors.ts";
import type { ExtensionInfo } from "./field.ts";

/** What happens to an extension. */
export type ExtensionEvent =
  | {
    /** It is loaded and can be called. */
    readonly type: "loaded";
    /** Name of the extension. */
    readonly name: string;
    /** What it says of itself, if it is one of the Forge world. */
    readonly info?: ExtensionInfo | undefined;
  }
  | {
    /** An operation broke its instance, which is gone; the next call gets a fresh one. */
    readonly type: "failed";
    /** Name of the extension. */
    readonly name: string;
    /** What it was asked to do, such as `resolve-field`. */
    readonly operation: string;
    /** How it failed. */
    readonly error: ForgeError;
    /** How long calls are refused from now on, in milliseconds; mostly 0. */
    readonly backoffMs: number;
  }
  | {
    /** A fresh instance took the place of a broken one. */
    readonly type: "restarted";
    /** Name of the extension. */
    readonly name: string;
  }
  | {
    /** Other bytes took the place of the running ones. */
    readonly type: "reloaded";
    /** Name of the extension. */
    readonly name: string;
    /** What the new instance says of itself. */
    readonly info?: ExtensionInfo | undefined;
  }
  | {
    /** Other bytes could not be loaded; the running ones stay. */
    readonly type: "reload-failed";
    /** Name of the extension. */
    readonly name: string;
    /** Why. */
    readonly error: ForgeError;
  }
  | {
    /** It was shut down. */
    readonly type: "closed";
    /** Name of the extension. */
    readonly name: string;
  };

/** What an extension has used since it was loaded. */
export interface ExtensionMetrics {
  /** Operations that were begun. */
  readonly calls: number;
  /** Operations that failed, broken instances and refused data alike. */
  readonly failures: number;
  /** Instances that broke: by a trap, or at a limit. */
  readonly traps: number;
  /** Fresh instances that took the place of broken ones. */
  readonly restarts: number;
  /** Time in operations in milliseconds. */
  readonly timeMs: number;
  /** Fuel that was burnt; beyond 2^53 approximate. */
  readonly fuel: number;
  /** Memory of the running instance in bytes; 0 when there is none. */
  readonly memoryBytes: number;
}
