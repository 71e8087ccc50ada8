/**
 * A response with another body.
 *
 * @module
 */

/**
 * Makes a response that differs from another in its body only; the URL that
 * answered is kept, which the constructor alone would lose.
 *
 * @param response What was received.
 * @param body The body to give on.
 * @param url The URL that answered, where the response does not know it.
 */
export function rebuildResponse(
  response: Response,
  body:
    | ReadableStream<Uint8Array<ArrayBuffer>>
    | Uint8Array<ArrayBuffer>
    | null,
  url: string = response.url,
): Response {
  const { status, headers } = response;
  const statusText = plainStatusText(response);
  const rebuilt = new Response(body, { status, statusText, headers });
  return withUrl(rebuilt, url);
}

/** Characters of a status text that are worth showing. */
const MAX_STATUS_TEXT = 80;

/**
 * What a server says beside its status, fit for a terminal: it may be
 * anything, and what is not Latin is refused by `Response` itself.
 */
export function plainStatusText({ statusText }: Response): string {
  return statusText.replace(/[^\x20-\x7e]+/g, " ").slice(0, MAX_STATUS_TEXT);
}

/** Tells a response which URL answered, when it does not know. */
export function withUrl(response: Response, url: string): Response {
  if (response.url === url) return response;
  return Object.defineProperty(response, "url", { value: url });
}
