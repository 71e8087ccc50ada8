/**
 * What is said between a program and the thread or process in which one of its
 * extensions runs. All of it is data that can be cloned, and written as JSON.
 *
 * @module
 */

import type { ExtensionInfo } from "./field.ts";
import type { InstanceSpec, InstanceUsage, Operation } from "./instance.ts";
import type { LogLine } from "./log.ts";

/** What the program says. */
export type ToRemote =
  | {
    /** First of all: what to run. Its code is bytes. */
    readonly type: "start";
    /** What the instance is made of. */
    readonly spec: InstanceSpec;
  }
  | {
    /** Do something; nothing else meanwhile. */
    readonly type: "perform";
    /** What. */
    readonly operation: Operation;
  }
  | {
    /** Let go of everything. */
    readonly type: "close";
  };

/** What the other side says. */
export type FromRemote =
  | {
    /** It runs. */
    readonly type: "started";
    /** What it says of itself. */
    readonly info: ExtensionInfo | undefined;
    /** The schema that it serves. */
    readonly schema: string | undefined;
    /** What it has used so far. */
    readonly usage: InstanceUsage;
  }
  | {
    /** The operation is done. */
    readonly type: "done";
    /** What it gave. */
    readonly result: unknown;
    /** What it has used so far. */
    readonly usage: InstanceUsage;
  }
  | {
    /** It did not start, or the operation failed. */
    readonly type: "failed";
    /** How. */
    readonly error: RemoteError;
    /** What it has used so far. */
    readonly usage: InstanceUsage;
  }
  | {
    /** It wrote a line. */
    readonly type: "log";
    /** The line. */
    readonly line: LogLine;
  }
  | {
    /** It has let go of everything, and can be ended. */
    readonly type: "closed";
  };

/** An error that can be cloned. */
export interface RemoteError {
  /** Code of a `ForgeError`; absent for a fault of the host. */
  readonly code?: string | undefined;
  /** What happened. */
  readonly message: string;
  /** What to do. */
  readonly hint?: string | undefined;
}
