/**
 * Undici's fetch, without its unpacking of bodies.
 *
 * A digest is one of bytes as they are sent: storage services name the packing
 * of blobs that are packed themselves, and what is unpacked on the way has
 * another digest.
 *
 * @module
 */

import type { Dispatcher } from "undici";

/** What fetch unpacks unasked (Fetch standard, "handle content codings"). */
const CODINGS = /\b(?:x-)?gzip\b|\b(?:deflate|br|zstd)\b/i;

/** Whether the runtime's own fetch may have unpacked the body of an answer. */
export function mayBeUnpacked(
  response: Response,
  method: string | undefined = "GET",
): boolean {
  return method.toUpperCase() === "GET" && response.body !== null &&
    CODINGS.test(response.headers.get("content-encoding") ?? "");
}

/** Sends a request through an agent; the body is given as it was sent. */
export async function fetchAsSent(
  input: string | URL,
  init: RequestInit,
  agent: Dispatcher,
): Promise<Response> {
  const undici = await import("undici");
  let encoding: string | undefined;
  const dispatcher = agent.compose((dispatch) => (options, handler) => {
    const inner: Dispatcher.DispatchHandler = new undici.DecoratorHandler(
      handler,
    );
    return dispatch(options, {
      onRequestStart: (...args) => inner.onRequestStart?.(...args),
      onRequestUpgrade: (...args) => inner.onRequestUpgrade?.(...args),
      onResponseStart(controller, status, headers, message) {
        const { "content-encoding": named, ...others } = headers;
        encoding = [named ?? []].flat().join(", ");
        // A proxy that is asked itself gives none, and fetch takes it for text.
        inner.onResponseStart?.(controller, status, others, message ?? "");
      },
      onResponseData: (...args) => inner.onResponseData?.(...args),
      onResponseEnd: (...args) => inner.onResponseEnd?.(...args),
      onResponseError: (...args) => inner.onResponseError?.(...args),
    });
  });
  // The same standard, two declarations of it.
  const response = await undici.fetch(
    input,
    { ...init, dispatcher } as Parameters<typeof undici.fetch>[1],
  ) as unknown as Response;
  if (!encoding) return response;
  const { status, body } = response;
  const headers = new Headers([...response.headers]);
  headers.set("content-encoding", encoding);
  return new Response(body, { status, headers });
}
