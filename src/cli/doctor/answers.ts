/**
 * What answers of registries tell beside their content: the way they came, and
 * what time it is there.
 *
 * @module
 */

import type { Platform, PlatformFetch } from "../../platform/types.ts";
import type { Line } from "./line.ts";

/** Tokens and certificates begin to fail when clocks differ by minutes. */
const MAX_SKEW_MS = 60_000;

/** What one answer told beside its content. */
export interface Answer {
  /** `http:` or `https:`. */
  readonly scheme: string;
  /** Who answered. */
  readonly host: string;
  /** The status. */
  readonly status: number;
  /** How far this clock is ahead of the host's; negative: behind. */
  readonly aheadMs: number | undefined;
}

/** The platform, with an ear at its network. */
export function listening(
  platform: Platform,
  answers: Answer[],
): Platform {
  const fetch: PlatformFetch = async (input, init) => {
    const sentMs = platform.clock.now();
    const response = await platform.fetch(input, init);
    const { protocol, host } = new URL(input);
    const theirMs = Date.parse(response.headers.get("date") ?? "");
    // The field has whole seconds: on average it is half a second behind.
    const ourMs = (sentMs + platform.clock.now()) / 2 - 500;
    answers.push({
      scheme: protocol,
      host,
      status: response.status,
      aheadMs: Number.isNaN(theirMs) ? undefined : ourMs - theirMs,
    });
    return response;
  };
  return { ...platform, fetch };
}

/** Whether this clock agrees with the first one that told its time. */
export function clockLine(answers: readonly Answer[]): Line {
  const area = "clock";
  const [answer] = answers.filter(({ aheadMs }) => aheadMs !== undefined);
  if (answer?.aheadMs === undefined) {
    const message = "no registry said what time it is";
    return { area, status: "skipped", message };
  }
  const { host, aheadMs } = answer;
  if (Math.abs(aheadMs) <= MAX_SKEW_MS) {
    return { area, status: "ok", message: `agrees with ${host}` };
  }
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  const side = aheadMs > 0 ? "ahead of" : "behind";
  return {
    area,
    status: "warning",
    message: `this clock is ${seconds} s ${side} ${host}`,
    hint: "Set the clock: certificates, tokens and signatures depend on it",
  };
}
