/**
 * The one way to the network: a function of the shape of web-standard `fetch`.
 *
 * @module
 */

/**
 * Sends one request.
 *
 * `globalThis.fetch` is one; the decorators of this room are made from one and
 * give one. Bodies are byte arrays or strings so that a request can be sent
 * again.
 */
export type Fetch = (
  input: string | URL,
  init?: RequestInit,
) => Promise<Response>;
