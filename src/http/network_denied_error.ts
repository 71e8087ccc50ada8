/**
 * The error for a host that may not be reached.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import type { RequestPurpose } from "./fetch.ts";

/** Options of the {@linkcode NetworkDeniedError} constructor. */
export interface NetworkDeniedErrorOptions extends ErrorOptions {
  /** What asked for the host. */
  readonly purpose: RequestPurpose;
  /** Why it is refused, as a clause about "it". */
  readonly why: string;
  /** The setting or flag that would allow it. */
  readonly hint: string;
}

/** A host that the configuration, or caution, does not allow. */
export class NetworkDeniedError extends ForgeError {
  /** The name of the class. */
  override readonly name: string = "NetworkDeniedError";
  /** The host that was refused, and its port. */
  readonly host: string;
  /** What asked for it. */
  readonly purpose: RequestPurpose;

  /**
   * Makes an error.
   *
   * @param url Where the request would have gone.
   * @param options What asked, why not, and what to do.
   */
  constructor(url: URL, options: NetworkDeniedErrorOptions) {
    super(
      "NETWORK_DENIED",
      `Refused to connect to ${
        hostAndPort(url)
      } (${options.purpose}): ${options.why}`,
      { hint: options.hint, cause: options.cause },
    );
    this.host = hostAndPort(url);
    this.purpose = options.purpose;
  }
}

/** The host of a URL and its port, spelled out even where it is the usual one; of a URL without a host its scheme. */
export function hostAndPort(url: URL): string {
  if (url.hostname === "") return `a ${url.protocol} URL`;
  if (url.port !== "") return url.host;
  return `${url.hostname}:${url.protocol === "http:" ? 80 : 443}`;
}

/** Code of a lookup that refused a private address (`platform/public_lookup.ts`). */
const PRIVATE_ADDRESS = "ERR_PRIVATE_ADDRESS";

/**
 * Puts the failure of a request whose name led to a private address into
 * words.
 *
 * @param url Where the request went.
 * @param error What was thrown.
 * @param purpose What the request was for.
 * @returns `undefined` for any other failure.
 */
export function privateAddressDenial(
  url: URL,
  error: unknown,
  purpose: RequestPurpose = "api",
): NetworkDeniedError | undefined {
  let current: unknown = error;
  for (let depth = 0; depth < 5 && current instanceof Error; depth++) {
    if ((current as { code?: unknown }).code === PRIVATE_ADDRESS) {
      return new NetworkDeniedError(url, {
        purpose,
        why: `it is a public registry's, and ${current.message}`,
        hint: `Check DNS; for a private endpoint of that registry, add "${
          hostAndPort(url)
        }" to its allowed_hosts in forge.ron`,
        cause: error,
      });
    }
    current = current instanceof AggregateError
      ? current.errors[0]
      : current.cause;
  }
  return undefined;
}
