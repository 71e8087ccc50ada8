/**
 * The wire: requests from `node:http` in, replies out, well or badly behaved.
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Delivery } from "./delivery.ts";
import type { HeaderFields, RegistryRequest } from "./exchange.ts";
import type { OpenRecord } from "./recording.ts";
import { joinBytes } from "./store.ts";

/** Bytes in one write: backpressure needs an end that comes. */
const PIECE_BYTES = 1024 * 1024;

/** Statuses whose replies have no body (RFC 9110, section 6.4.1). */
const BODILESS: readonly number[] = [204, 304];

/** Notes a request whose head has arrived. */
export function openRecord(incoming: IncomingMessage): OpenRecord {
  const [path = "/", ...query] = (incoming.url ?? "/").split("?");
  const headers = readHeaders(incoming);
  return {
    method: incoming.method ?? "GET",
    path,
    query: query.join("?"),
    host: headers["host"] ?? "",
    headers,
    authorization: headers["authorization"],
    bodyBytes: 0,
    status: undefined,
  };
}

/** Makes plain data of a request that has arrived whole. */
export function toRequest(
  record: OpenRecord,
  body: Uint8Array,
  origin: string,
): RegistryRequest {
  const { method, path, headers } = record;
  const scheme = new URL(origin).protocol;
  return {
    method,
    path,
    query: new URLSearchParams(record.query),
    headers,
    origin: `${scheme}//${record.host}`,
    body,
  };
}

/** Reads a request's body; `undefined` when the client goes away before its end. */
export function readBody(
  incoming: IncomingMessage,
  onBytes: (count: number) => void,
): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    incoming.on("data", (chunk: Uint8Array) => {
      // Node's Buffer is a Uint8Array, but does not compare equal to one.
      const { buffer, byteOffset, byteLength } = chunk;
      chunks.push(new Uint8Array(buffer, byteOffset, byteLength));
      onBytes(chunk.byteLength);
    });
    incoming.on("end", () => resolve(joinBytes(chunks)));
    // After "end" this changes nothing.
    incoming.on("close", () => resolve(undefined));
    incoming.on("error", () => resolve(undefined));
  });
}

/** Header fields under lower-case names, repeated ones joined. */
function readHeaders(
  incoming: IncomingMessage,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(incoming.headers).map((
      [name, value],
    ) => [name, [value ?? []].flat().join(", ")]),
  );
}

/** Ends a connection with TCP RST; below TLS that is out of reach, and it just ends. */
export function resetConnection(incoming: IncomingMessage): void {
  const { socket } = incoming;
  if ("encrypted" in socket) socket.destroy();
  else socket.resetAndDestroy();
}

/** Tells the client that a fault of the script failed itself, so that a test does not hang. */
export function sendFailure(response: ServerResponse, error: unknown): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(500).end(`A scripted fault failed: ${error}`);
}

/** Sends a reply as its delivery says; `onHead` is told when its head goes out. */
export async function send(
  response: ServerResponse,
  delivery: Delivery,
  onHead: (status: number) => void,
): Promise<void> {
  for (const hold of delivery.holds) await hold.until;
  if (delivery.raw !== undefined) {
    response.socket?.end(delivery.raw);
    return;
  }
  const { status, headers, body } = delivery.reply;
  const hasBody = response.req.method !== "HEAD" && !BODILESS.includes(status);
  const claimed = delivery.contentLength ?? body.byteLength;
  onHead(status);
  response.writeHead(status, {
    ...fields(headers),
    ...(claimed === "absent" || BODILESS.includes(status)
      ? {}
      : { "content-length": `${claimed}` }),
    // After a lie the connection is of no use.
    ...(delivery.contentLength === undefined ? {} : { connection: "close" }),
  });
  if (!hasBody) {
    response.end();
    return;
  }
  await sendBody(response, body, delivery);
}

async function sendBody(
  response: ServerResponse,
  body: Uint8Array,
  delivery: Delivery,
): Promise<void> {
  const { stall, drip } = delivery;
  const end = Math.min(delivery.cutAfter ?? Infinity, body.byteLength);
  // So that a body of which nothing is to arrive still has a head that does.
  response.flushHeaders();
  let sent = 0;
  while (sent < end || stall?.afterBytes === sent) {
    if (stall?.afterBytes === sent) {
      await (stall.until ?? new Promise(() => {}));
    }
    if (sent === end) break;
    const next = nextStop(sent, end, delivery);
    if (!await write(response, body.subarray(sent, next))) return;
    sent = next;
    await drip?.pace(sent);
  }
  const isWhole = delivery.cutAfter === undefined &&
    !(Number(delivery.contentLength) > sent);
  if (isWhole) response.end();
  else response.socket?.destroySoon();
}

function nextStop(sent: number, end: number, delivery: Delivery): number {
  const piece = sent + (delivery.drip?.chunkBytes ?? PIECE_BYTES);
  const stop = delivery.stall?.afterBytes ?? Infinity;
  return Math.min(piece, end, stop > sent ? stop : Infinity);
}

/** Writes, and waits until the system has the bytes; false when the client is gone. */
function write(response: ServerResponse, bytes: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    const gone = () => resolve(false);
    response.once("close", gone);
    response.write(bytes, (error) => {
      response.off("close", gone);
      resolve(error === undefined || error === null);
    });
  });
}

function fields(headers: HeaderFields): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map((
      [name, value],
    ) => [name, typeof value === "string" ? value : [...value]]),
  );
}
