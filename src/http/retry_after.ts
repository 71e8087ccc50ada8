/**
 * How long a server asks to wait.
 *
 * @module
 */

/** Milliseconds in the units that Go's durations use. */
const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  "µs": 1e-3,
  "μs": 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Nobody waits longer; a larger number would leave the calendar. */
const MAX_WAIT_MS = 30 * 24 * 3_600_000;

/** A number of seconds this large is a moment in time: Docker Hub sends those. */
const EPOCH_SECONDS = 1e9;
/** And one this large is in milliseconds, as JavaScript has it. */
const EPOCH_MS = 1e12;

const DURATION = /(\d+(?:\.\d+)?) ?(ns|us|µs|μs|ms|s|m|h)/gi;
/** Words for them. */
const LONG_UNIT = /(\d) ?(s|m|h)(?:ec(?:ond)?|in(?:ute)?|our)s?\b/gi;

/**
 * Reads a `Retry-After` header.
 *
 * RFC 9110 (section 10.2.3) allows seconds and an HTTP date. In the wild there
 * are also fractions, durations with units (`1m30s`, `2 minutes`), Unix time,
 * quotes, and the field twice (`30, 30`: the longest counts).
 *
 * @param value The field value.
 * @param nowMs The time now, in milliseconds since the epoch.
 * @returns Milliseconds to wait, from 0 to 30 days; `undefined` when it says
 * nothing.
 */
export function parseRetryAfter(
  value: string | null,
  nowMs: number,
): number | undefined {
  const text = value?.replace(/^[\s"]+|[\s"]+$/g, "") ?? "";
  const parts = text.split(",").map((part) => readWait(part.trim(), nowMs));
  const waitMs = parts.some((part) => part === undefined)
    ? readWait(text, nowMs) // A date has a comma, too.
    : Math.max(...parts as number[]);
  return waitMs === undefined
    ? undefined
    : Math.min(Math.max(0, waitMs), MAX_WAIT_MS);
}

function readWait(text: string, nowMs: number): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) {
    const seconds = Number(text);
    if (seconds >= EPOCH_MS) return seconds - nowMs;
    const ms = seconds * 1000;
    return seconds >= EPOCH_SECONDS ? ms - nowMs : ms;
  }
  const duration = parseDuration(text.replace(LONG_UNIT, "$1$2"));
  if (duration !== undefined) return duration;
  const date = /\d{4}/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? undefined : date - nowMs;
}

/**
 * Finds a wait that hides in the text of an error: GitHub's registry writes
 * `toomanyrequests: retry-after: 1.106666ms, allowed: 44000/minute`.
 *
 * @param body The text of the error.
 * @returns Milliseconds to wait; `undefined` when it says nothing.
 */
export function findRetryAfter(body: string): number | undefined {
  const match = /retry[-_ ]?after["']?\s*[:=]?\s*["']?([\d.a-zµμ]+)/i
    .exec(body);
  return match === null ? undefined : parseRetryAfter(match[1] ?? null, 0);
}

function parseDuration(text: string): number | undefined {
  if (text === "" || text.replace(DURATION, "").trim() !== "") return undefined;
  let ms = 0;
  for (const [, amount, unit = ""] of text.matchAll(DURATION)) {
    ms += Number(amount) * (UNIT_MS[unit.toLowerCase()] ?? 0);
  }
  return ms;
}
