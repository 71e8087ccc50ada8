/**
 * What faults make of a reply, before the wire sees it.
 *
 * @module
 */

import { emptyReply, type RegistryReply } from "./exchange.ts";
import type {
  DripFault,
  FaultAction,
  HoldFault,
  StallFault,
} from "./faults.ts";
import type { RecordedRequest } from "./recording.ts";

/** A reply, and how it is to be sent. */
export interface Delivery {
  /** What to send. */
  readonly reply: RegistryReply;
  /** The length to claim; the true one when absent. */
  readonly contentLength?: number | "absent";
  /** Bytes of the body after which the connection is closed. */
  readonly cutAfter?: number;
  /** What to wait for before the first byte. */
  readonly holds: readonly HoldFault[];
  /** Where to stop. */
  readonly stall?: StallFault;
  /** In which pieces. */
  readonly drip?: DripFault;
  /** Sent in place of everything else. */
  readonly raw?: string | Uint8Array;
}

/**
 * Answers in place of the registry, where a fault does.
 *
 * @param actions What happens to the request.
 * @param request The request.
 */
export function replyInstead(
  actions: readonly FaultAction[],
  request: RecordedRequest,
): RegistryReply | undefined {
  for (const action of actions) {
    if (action.kind === "reply") {
      const { status, headers = {}, body = "" } = action;
      return { status, headers, body: toBytes(body) };
    }
    if (action.kind === "redirect") {
      const { to, status = 307 } = action;
      const target = typeof to === "string" ? to : to(request);
      return emptyReply(status, { location: target });
    }
    if (action.kind === "raw") return emptyReply(200);
  }
  return undefined;
}

/** Applies the faults to a reply, in their order. */
export function applyFaults(
  reply: RegistryReply,
  actions: readonly FaultAction[],
  request: RecordedRequest,
): Delivery {
  return actions.reduce<Delivery>(
    (delivery, action) => applyFault(delivery, action, request),
    { reply, holds: [] },
  );
}

function applyFault(
  delivery: Delivery,
  action: FaultAction,
  request: RecordedRequest,
): Delivery {
  const { reply } = delivery;
  switch (action.kind) {
    case "alter":
      return { ...delivery, reply: action.change(reply, request) };
    case "headers": {
      const headers = { ...reply.headers, ...action.set };
      for (const name of action.remove ?? []) delete headers[name];
      return { ...delivery, reply: { ...reply, headers } };
    }
    case "body": {
      const { bytes } = action;
      const body = bytes instanceof Uint8Array ? bytes : bytes(reply.body);
      return { ...delivery, reply: { ...reply, body } };
    }
    case "corrupt":
      return {
        ...delivery,
        reply: { ...reply, body: flipByte(reply.body, action.at) },
      };
    case "content-length":
      return { ...delivery, contentLength: action.bytes };
    case "cut":
      return { ...delivery, cutAfter: action.afterBytes };
    case "hold":
      return { ...delivery, holds: [...delivery.holds, action] };
    case "stall":
      return { ...delivery, stall: action };
    case "drip":
      return { ...delivery, drip: action };
    case "raw":
      return { ...delivery, raw: action.bytes };
    case "reply":
    case "redirect":
    case "reset":
      // Done before there was a reply.
      return delivery;
  }
}

function flipByte(bytes: Uint8Array, at = bytes.byteLength - 1): Uint8Array {
  const changed = bytes.slice();
  const byte = changed[at];
  if (byte !== undefined) changed[at] = byte ^ 0xff;
  return changed;
}

function toBytes(body: string | Uint8Array): Uint8Array {
  return typeof body === "string" ? new TextEncoder().encode(body) : body;
}
