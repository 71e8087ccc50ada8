/**
 * What was asked of the registry, for assertions.
 *
 * @module
 */

/** A request that has arrived, and what became of it. */
export interface RecordedRequest {
  /** HTTP method in capitals. */
  readonly method: string;
  /** Path as sent, without the query. */
  readonly path: string;
  /** The query as sent, without its question mark; empty where there is none. */
  readonly query: string;
  /** The `Host` by which the client reached the server. */
  readonly host: string;
  /** All header fields under lower-case names, credentials included. */
  readonly headers: Readonly<Record<string, string>>;
  /** The `Authorization` field, where there is one. */
  readonly authorization: string | undefined;
  /** Bytes of the request's body that were read. */
  readonly bodyBytes: number;
  /** The status that was sent; `undefined` as long as none was. */
  readonly status: number | undefined;
}

/** A recorded request that is still being answered. */
export type OpenRecord = {
  -readonly [Field in keyof RecordedRequest]: RecordedRequest[Field];
};

/** The requests in the order of their arrival. A live list: it grows while the registry works. */
export interface RequestLog extends ReadonlyArray<RecordedRequest> {
  /** Forgets the requests so far. */
  readonly clear: () => void;
}

/** Makes an empty log, and the way to add to it. */
export function createRequestLog(): {
  readonly log: RequestLog;
  readonly add: (record: OpenRecord) => void;
} {
  const records: RecordedRequest[] = [];
  const clear = { value: () => void records.splice(0) };
  // Not enumerable: a log compares equal to a plain list.
  const log = Object.defineProperties(records, { clear });
  return {
    log: log as RecordedRequest[] & Pick<RequestLog, "clear">,
    add: (record) => void records.push(record),
  };
}
