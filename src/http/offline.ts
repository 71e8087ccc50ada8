/**
 * The fetch of a program that is offline on purpose.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import type { Fetch } from "./fetch.ts";
import { hostAndPort } from "./network_denied_error.ts";

/**
 * Makes a fetch that refuses everything. Offline is not a flag that travels:
 * whoever holds this function cannot reach a network.
 *
 * @returns A fetch that rejects with {@linkcode ForgeError} `NETWORK_OFFLINE`.
 *
 * @example
 * ```ts
 * import { offlineFetch } from "@forgepoint/forge/oci";
 *
 * await offlineFetch()("https://example.com/")
 *   .catch((error) => error.code); // "NETWORK_OFFLINE"
 * ```
 */
export function offlineFetch(): Fetch {
  return (input) =>
    Promise.reject(
      new ForgeError(
        "NETWORK_OFFLINE",
        `Cannot connect to ${hostAndPort(new URL(input))}: offline mode is on`,
        { hint: "Turn offline mode off, or fill the cache while online" },
      ),
    );
}
