/**
 * What standard error is: a terminal or not, with colours or not, and whether
 * what is on it may be drawn again.
 *
 * @module
 */

/** What of standard error is asked. */
export interface ErrorStream {
  /** Whether it is a terminal. */
  readonly isTTY?: boolean | undefined;
}

/** How things may be said on standard error. */
export interface Manner {
  /** Whether colours are wanted. */
  readonly color: boolean;
  /** Whether what was written may be drawn again, as bars are. */
  readonly redraws: boolean;
}

/** The environment variables that have a say. */
export const MANNER_VARIABLES = ["CI", "FORCE_COLOR", "TERM"] as const;

/**
 * Decides from the stream and the environment: `NO_COLOR` (no-color.org) wins
 * over `FORCE_COLOR` (force-color.org), both over what the stream is. Nothing
 * is drawn again in CI, whose logs keep every byte, nor where `TERM` is `dumb`.
 *
 * @param variables Those of {@linkcode MANNER_VARIABLES} that are known.
 */
export function mannerOf(
  stream: ErrorStream,
  noColor: boolean,
  variables: Readonly<Record<string, string | undefined>>,
): Manner {
  const isScreen = stream.isTTY === true && variables["TERM"] !== "dumb";
  const force = variables["FORCE_COLOR"];
  const isForced = force !== undefined && force !== "";
  return {
    color: !noColor && (isForced ? isYes(force) : isScreen),
    redraws: isScreen && !isYes(variables["CI"]),
  };
}

/** A manner as an argument for another process on the same terminal. */
export function formatManner({ color, redraws }: Manner): string {
  return [color ? "color" : "", redraws ? "redraws" : ""].filter((word) =>
    word !== ""
  ).join(",");
}

/** The inverse of {@linkcode formatManner}. */
export function parseManner(text: string): Manner {
  const words = text.split(",");
  return { color: words.includes("color"), redraws: words.includes("redraws") };
}

function isYes(value: string | undefined): boolean {
  return value !== undefined && !["", "0", "false"].includes(value);
}
