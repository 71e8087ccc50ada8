/**
 * The one way to the network, and what is put around it: each concern is a
 * decorator that takes a {@linkcode Fetch} and gives one.
 *
 * @module
 */

export * from "./allowlist.ts";
export * from "./fetch.ts";
export * from "./host_rules.ts";
export * from "./limiter.ts";
export * from "./network_denied_error.ts";
export * from "./network_error.ts";
export * from "./offline.ts";
export {
  discardBody,
  MAX_ERROR_BYTES,
  MAX_TOKEN_BYTES,
  readBounded,
  type ReadBoundedOptions,
} from "./read_bounded.ts";
export * from "./redact.ts";
export * from "./redirects.ts";
export * from "./retry.ts";
export * from "./retry_after.ts";
export * from "./timeout.ts";
export * from "./tls.ts";
export * from "./transport.ts";
