/**
 * What the tests of this room and of `registry/` put in place of the network
 * and of time. No tests of its own.
 */

import { assertEquals, fail } from "@std/assert";
import type { Clock } from "../platform/types.ts";
import type { Fetch, FetchInit } from "./fetch.ts";

/** A request that was made. */
export interface Recorded {
  readonly request: string;
  readonly headers: Headers;
  readonly body: string;
  readonly init: FetchInit;
}

/** What to answer: a response, a failure, or nothing at all. */
export type Answer = ResponseAnswer | Error | "hang";

export interface ResponseAnswer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** Whole, or in pieces; an `Error` fails there, `"hang"` stands still there. */
  readonly body?: string | readonly Piece[];
}

export type Piece = string | Error | "hang" | { readonly afterMs: number };

/** An expected request, `GET https://...`, and its answer. */
export type Step = readonly [
  request: string,
  answer: Answer | ((recorded: Recorded) => Answer),
];

/**
 * A network that knows its requests beforehand. Equal requests are answered in
 * the order of the table; others may come in any order. What is not in the
 * table fails the test, and so does what is left over.
 */
export class Script {
  readonly clock: VirtualClock = new VirtualClock();
  readonly requests: Recorded[] = [];
  readonly #steps: Step[];
  readonly #unexpected: string[] = [];

  constructor(steps: readonly Step[]) {
    this.#steps = [...steps];
  }

  readonly fetch: Fetch = async (input, init = {}) => {
    const request = `${init.method ?? "GET"} ${new URL(input).href}`;
    const headers = new Headers(init.headers);
    const body = init.body instanceof ReadableStream
      ? await new Response(init.body).text()
      : textOf(init.body);
    const recorded = { request, headers, body, init };
    this.requests.push(recorded);
    const at = this.#steps.findIndex(([expected]) => expected === request);
    if (at < 0) {
      this.#unexpected.push(request);
      return Promise.reject(new Error(`unexpected request: ${request}`));
    }
    const [[, answer]] = this.#steps.splice(at, 1) as [Step];
    const given = typeof answer === "function" ? answer(recorded) : answer;
    return this.#answer(given, init.signal ?? undefined);
  };

  /** Fails unless exactly the requests of the table were made. */
  done(): void {
    assertEquals(this.#unexpected, []);
    assertEquals(this.#steps.map(([request]) => request), []);
  }

  /** The values of one header field, request by request. */
  headers(name: string): (string | null)[] {
    return this.requests.map(({ headers }) => headers.get(name));
  }

  #answer(answer: Answer, signal?: AbortSignal): Promise<Response> {
    if (answer === "hang") return untilAborted(signal);
    if (answer instanceof Error) return Promise.reject(answer);
    const { status = 200, headers = {}, body } = answer;
    const isEmpty = body === undefined || [204, 205, 304].includes(status);
    const stream = isEmpty ? null : this.#stream(body, signal);
    return Promise.resolve(new Response(stream, { status, headers }));
  }

  #stream(
    body: string | readonly Piece[],
    signal?: AbortSignal,
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    const pieces = typeof body === "string" ? [body] : [...body];
    const clock = this.clock;
    return new ReadableStream({
      async pull(controller) {
        const piece = pieces.shift();
        if (piece === undefined) return controller.close();
        if (piece === "hang") return void await untilAborted(signal);
        if (piece instanceof Error) return controller.error(piece);
        if (typeof piece === "string") {
          return controller.enqueue(new TextEncoder().encode(piece));
        }
        await clock.sleep(piece.afterMs, { signal });
        controller.enqueue(new Uint8Array(1));
      },
    }, { highWaterMark: 0 });
  }
}

function textOf(body: unknown): string {
  if (body === undefined || body === null) return "";
  if (typeof body === "string") return body;
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  fail("a body is bytes or text");
}

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    signal?.addEventListener("abort", () => reject(signal.reason));
  });
}

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

/**
 * Time that passes only while everybody sleeps: once nothing else is to be
 * done, the clock jumps to the moment at which the first sleeper wakes.
 */
export class VirtualClock implements Clock {
  readonly sleeps: number[] = [];
  /** What `random` answers. */
  chance = 0.5;
  #nowMs = Date.UTC(2030, 0, 1);
  readonly #sleepers = new Set<Sleeper>();

  readonly now = (): number => this.#nowMs;
  readonly random = (): number => this.chance;

  readonly sleep: Clock["sleep"] = (milliseconds, { signal } = {}) => {
    this.sleeps.push(milliseconds);
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const untilMs = this.#nowMs + milliseconds;
      const sleeper = { untilMs, wake: () => end(resolve) };
      const abort = () => end(() => reject(signal?.reason));
      const end = (settle: () => void) => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener("abort", abort);
        settle();
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.#sleepers.add(sleeper);
      this.#jumpWhenIdle();
    });
  };

  /** Lets time pass while somebody else is at work. */
  advance(milliseconds: number): void {
    this.#nowMs += milliseconds;
  }

  #jumpWhenIdle(): void {
    setTimeout(() => {
      const first = [...this.#sleepers]
        .sort((a, b) => a.untilMs - b.untilMs)[0];
      if (first === undefined) return;
      this.#nowMs = Math.max(this.#nowMs, first.untilMs);
      first.wake();
      if (this.#sleepers.size > 0) this.#jumpWhenIdle();
    });
  }
}

/** Runs a test against a script, and checks that it was played to its end. */
export async function play<T>(
  steps: readonly Step[],
  test: (script: Script) => Promise<T>,
): Promise<T> {
  const script = new Script(steps);
  const result = await test(script);
  script.done();
  return result;
}

/** The waits between attempts: guards over requests sleep too, for round times. */
export function pauses(clock: VirtualClock): number[] {
  return clock.sleeps.filter((ms) => ms !== 60_000 && ms !== 30_000);
}
