/**
 * A request and its reply as plain data, so that the registry is a function
 * from one to the other and the wire stays in one place.
 *
 * @module
 */

/** Header fields; a list becomes a field that is sent several times. */
export type HeaderFields = Readonly<Record<string, string | readonly string[]>>;

/** A request that has arrived whole. */
export interface RegistryRequest {
  /** HTTP method in capitals. */
  readonly method: string;
  /** Path as sent, without the query. */
  readonly path: string;
  /** The query, decoded. */
  readonly query: URLSearchParams;
  /** Header fields under lower-case names; repeated ones joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** Scheme, host and port by which the client reached the server. */
  readonly origin: string;
  /** The body, empty where there is none. */
  readonly body: Uint8Array;
}

/** What the registry answers. For `HEAD` the body is measured, not sent. */
export interface RegistryReply {
  /** HTTP status. */
  readonly status: number;
  /** Header fields under lower-case names. */
  readonly headers: HeaderFields;
  /** The body, empty where there is none. */
  readonly body: Uint8Array;
}

/** Codes of the error envelope (distribution-spec, "Error Codes"). */
export type RegistryErrorCode =
  | "BLOB_UNKNOWN"
  | "BLOB_UPLOAD_INVALID"
  | "BLOB_UPLOAD_UNKNOWN"
  | "DENIED"
  | "DIGEST_INVALID"
  | "MANIFEST_BLOB_UNKNOWN"
  | "MANIFEST_INVALID"
  | "MANIFEST_UNKNOWN"
  | "NAME_INVALID"
  | "NAME_UNKNOWN"
  | "SIZE_INVALID"
  | "TAG_INVALID"
  | "TOOMANYREQUESTS"
  | "UNAUTHORIZED"
  | "UNSUPPORTED";

const NOTHING = new Uint8Array();

/** A reply without a body. */
export function emptyReply(
  status: number,
  headers: HeaderFields = {},
): RegistryReply {
  return { status, headers, body: NOTHING };
}

/** A reply with a JSON body. */
export function jsonReply(
  status: number,
  value: unknown,
  headers: HeaderFields = {},
): RegistryReply {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    body: new TextEncoder().encode(JSON.stringify(value)),
  };
}

/** A reply with the error envelope (distribution-spec, "Error Codes"). */
export function errorReply(
  status: number,
  error: {
    readonly code: RegistryErrorCode;
    readonly message: string;
    readonly detail?: unknown;
  },
  headers: HeaderFields = {},
): RegistryReply {
  return jsonReply(status, { errors: [error] }, headers);
}
