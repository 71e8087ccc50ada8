/**
 * Scripted faults: which requests meet them, and what is done to the reply.
 *
 * Nothing here waits for time to pass: whatever has to last is a promise that
 * the test resolves.
 *
 * @module
 */

import type { HeaderFields, RegistryReply } from "./exchange.ts";
import type { RecordedRequest } from "./recording.ts";

/** One fault. */
export interface Fault {
  /** Which requests meet it; all of them when absent. */
  readonly match?: FaultMatch;
  /** How many of those requests meet it, from the first on; all when absent. */
  readonly times?: number;
  /** What happens. */
  readonly action: FaultAction;
}

/** Which requests meet a fault; every field that is given has to agree. */
export interface FaultMatch {
  /** The method, or several. */
  readonly method?: string | readonly string[];
  /** A pattern in the path, such as `/\/blobs\/sha256:/`. */
  readonly path?: RegExp;
  /** A pattern in the query, without its question mark. */
  readonly query?: RegExp;
  /** Which of the requests that agree so far: 1 is the first; or several. */
  readonly nth?: number | readonly number[];
  /** Anything else. */
  readonly when?: (request: RecordedRequest) => boolean;
}

/** What a fault does. Several that meet one request are applied in their order. */
export type FaultAction =
  | ReplyFault
  | AlterFault
  | HeadersFault
  | RedirectFault
  | BodyFault
  | CorruptFault
  | ContentLengthFault
  | CutFault
  | ResetFault
  | HoldFault
  | StallFault
  | DripFault
  | RawFault;

/** Answers in place of the registry, which does not see the request. */
export interface ReplyFault {
  /** Tells the faults apart. */
  readonly kind: "reply";
  /** HTTP status. */
  readonly status: number;
  /** Header fields. */
  readonly headers?: HeaderFields;
  /** The body. */
  readonly body?: string | Uint8Array;
}

/** Answers with something made from the registry's own reply, after its work is done. */
export interface AlterFault {
  /** Tells the faults apart. */
  readonly kind: "alter";
  /** Makes the other reply. */
  readonly change: (
    reply: RegistryReply,
    request: RecordedRequest,
  ) => RegistryReply;
}

/** Sets and removes header fields of the reply. */
export interface HeadersFault {
  /** Tells the faults apart. */
  readonly kind: "headers";
  /** Fields to set, under lower-case names. */
  readonly set?: HeaderFields;
  /** Names of fields to remove, in lower case. */
  readonly remove?: readonly string[];
}

/** Redirects in place of the registry, which does not see the request. */
export interface RedirectFault {
  /** Tells the faults apart. */
  readonly kind: "redirect";
  /** Where to; a function sees the request. */
  readonly to: string | ((request: RecordedRequest) => string);
  /** 307 unless told otherwise. */
  readonly status?: number;
}

/** Sends other bytes, and says their length truthfully. */
export interface BodyFault {
  /** Tells the faults apart. */
  readonly kind: "body";
  /** The other bytes, or how to make them from the true ones. */
  readonly bytes: Uint8Array | ((bytes: Uint8Array) => Uint8Array);
}

/** Flips the bits of one byte: the length stays right. */
export interface CorruptFault {
  /** Tells the faults apart. */
  readonly kind: "corrupt";
  /** Which byte; the last when absent. */
  readonly at?: number;
}

/** Lies about the length, or keeps silent about it (a chunked body). */
export interface ContentLengthFault {
  /** Tells the faults apart. */
  readonly kind: "content-length";
  /** What to say. */
  readonly bytes: number | "absent";
}

/** Closes the connection in an orderly way in the middle of the body. */
export interface CutFault {
  /** Tells the faults apart. */
  readonly kind: "cut";
  /** Bytes of the body that arrive. */
  readonly afterBytes: number;
}

/** Resets the connection (TCP RST); the client gets no reply at all. */
export interface ResetFault {
  /** Tells the faults apart. */
  readonly kind: "reset";
  /**
   * At once on `arrival` of the head (the default), after the `body` of the
   * request was read, or after `handling`, when the work is done and only the
   * reply is lost.
   */
  readonly after?: "arrival" | "body" | "handling";
}

/** Sends nothing until a promise resolves. */
export interface HoldFault {
  /** Tells the faults apart. */
  readonly kind: "hold";
  /** The reply begins when this resolves. */
  readonly until: Promise<unknown>;
}

/** Stops in the middle of the body and keeps the connection open. */
export interface StallFault {
  /** Tells the faults apart. */
  readonly kind: "stall";
  /** Bytes of the body that arrive before. */
  readonly afterBytes: number;
  /** The rest follows when this resolves; never when absent. */
  readonly until?: Promise<unknown>;
}

/** Sends the body in small pieces. */
export interface DripFault {
  /** Tells the faults apart. */
  readonly kind: "drip";
  /** Bytes in one piece. */
  readonly chunkBytes: number;
  /** Called after each piece; the next follows when its promise resolves. */
  readonly pace: (sentBytes: number) => Promise<unknown>;
}

/** Sends bytes that need not be HTTP, and closes the connection. */
export interface RawFault {
  /** Tells the faults apart. */
  readonly kind: "raw";
  /** What to send. */
  readonly bytes: string | Uint8Array;
}

/** A fault in place. */
export interface FaultHandle {
  /** How many requests have met it. */
  readonly hits: number;
  /** Resolves as soon as so many requests have met it. */
  readonly met: (hits?: number) => Promise<void>;
  /** Takes the fault away. */
  readonly remove: () => void;
}
