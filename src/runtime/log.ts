/**
 * What extensions say.
 *
 * @module
 */

/** How much a line matters. */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error";

/** One line that an extension wrote, or one entry of its log. */
export interface LogLine {
  /** Name of the extension. */
  readonly name: string;
  /** How it wrote the line: to the host's log, or as a program writes. */
  readonly stream: "log" | "stdout" | "stderr";
  /** What it says itself; `info` for standard output, `warn` for standard error. */
  readonly level: LogLevel;
  /** The line without its end; an entry of the log as it is, which may have several. */
  readonly text: string;
}
