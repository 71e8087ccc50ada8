/**
 * What the command line needs from its process, so that tests can stand in
 * for one.
 *
 * @module
 */

import type { Platform } from "../platform/types.ts";
import type { Progress } from "./progress.ts";

/** A terminal on which bars can be drawn; sizes change while it is open. */
export interface Terminal {
  /** Characters in a line. */
  readonly columns: () => number;
  /** Lines. */
  readonly rows: () => number;
}

/** A process as the commands see it. */
export interface Io {
  /** Disk, environment, network, clock. */
  readonly platform: Platform;
  /** Writes to standard output: results, nothing else. */
  readonly out: (text: string) => void;
  /** Writes to standard error: logs, progress, errors. */
  readonly err: (text: string) => void;
  /** Aborts when the user presses Ctrl-C. */
  readonly signal: AbortSignal;
  /**
   * Does work during which nothing of this process is heard: Ctrl-C ends it at
   * once. Absent where another process looks after that.
   */
  readonly whileBusy?: (<T>(work: () => T) => T) | undefined;
  /** Whether standard error is written in colours. */
  readonly color: boolean;
  /** Characters in a line of standard output, where it is a terminal. */
  readonly columns?: number | undefined;
  /** The terminal of standard error; absent where what is written stays. */
  readonly terminal?: Terminal | undefined;
  /** Reads all of standard input; absent where there is none. */
  readonly input?: (() => Promise<string>) | undefined;
  /** Asks the user a question; absent where there is nobody to ask. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
  /** Asks for something that is not shown while it is typed; absent where nobody is there. */
  readonly askSecret?: ((question: string) => Promise<string>) | undefined;
  /** URL of the module that this process runs, where it can be run again. */
  readonly entry?: string | undefined;
  /** Whether this process was started by another one with few permissions. */
  readonly isSecondStage?: boolean | undefined;
}

/** A process as a command sees it while it runs. */
export interface CommandIo extends Io {
  /** Takes how far transfers are; `undefined` where nothing of that is to be told. */
  readonly progress: Progress | undefined;
}

/** First argument of the second process, which has few permissions; not for people. */
export const SECOND_STAGE = "--second-stage";

/** Whether an argument is that one; how to write to the terminal may follow it. */
export function isSecondStage(argument: string | undefined): boolean {
  return argument?.split("=", 1)[0] === SECOND_STAGE;
}

/** First argument of the call with which shells ask for names of extensions; not for people. */
export const LIST_EXTENSIONS = "--list-extensions";

/** Exit status of a command that did all it had to do. */
export const EXIT_OK = 0;
/** Exit status of a command that could not do all it had to do. */
export const EXIT_FAILED = 1;
/** Exit status for a wrong command line or configuration. */
export const EXIT_USAGE = 2;
/** Exit status after Ctrl-C (128 + SIGINT). */
export const EXIT_INTERRUPTED = 130;
