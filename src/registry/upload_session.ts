/**
 * One upload of one blob, in the protocol's own steps.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { checkHop, discardBody, redactUrl } from "../http/mod.ts";
import { type Digest, tryParseDigest } from "../oci/mod.ts";
import {
  mountScope,
  nameOf,
  pushScope,
  type RepositoryPlace,
  type SignalOptions,
  urlOf,
} from "./repository.ts";

/** Options of {@linkcode startUpload}. */
export interface StartUploadOptions extends SignalOptions {
  /** Another repository of the registry that may have the blob already. */
  readonly mountFrom?: string | undefined;
}

/**
 * Starts an upload (distribution-spec, "POST then PUT", "Mounting a blob from
 * another repository").
 *
 * @param place The repository.
 * @param digest The blob.
 * @param options Where it may be mounted from, and the signal.
 * @returns The session; `undefined` when the blob was mounted.
 */
export async function startUpload(
  place: RepositoryPlace,
  digest: Digest,
  options: StartUploadOptions = {},
): Promise<UploadSession | undefined> {
  const { mountFrom, signal } = options;
  const url = urlOf(place, "blobs/uploads/");
  if (mountFrom !== undefined) {
    url.searchParams.set("mount", digest);
    url.searchParams.set("from", mountFrom);
  }
  const action = `upload blob ${digest} to ${nameOf(place)}`;
  const response = await place.connection.send({
    action,
    method: "POST",
    url,
    scope: mountFrom === undefined
      ? pushScope(place)
      : mountScope(place, mountFrom),
    expect: mountFrom === undefined ? [202] : [201, 202],
    init: {
      body: new Uint8Array(),
      purpose: "api",
      replayable: true,
      signal: signal ?? null,
    },
  });
  discardBody(response);
  if (response.status === 201) return undefined;
  return new UploadSession(place, { action, digest, signal }, response, url);
}

/** What an upload is of. */
interface UploadSubject extends SignalOptions {
  readonly action: string;
  readonly digest: Digest;
}

/** An upload that has been started. Each answer names the place of the next step. */
export class UploadSession {
  readonly #place: RepositoryPlace;
  readonly #subject: UploadSubject;
  #location: URL;
  /** The least bytes that a chunk may have, the last one excepted. */
  readonly minChunkBytes: number;

  /** Made by {@linkcode startUpload}. */
  constructor(
    place: RepositoryPlace,
    subject: UploadSubject,
    response: Response,
    url: URL,
  ) {
    this.#place = place;
    this.#subject = subject;
    this.#location = this.#nextLocation(response, url);
    const minimum = Number(response.headers.get("oci-chunk-min-length"));
    this.minChunkBytes = Number.isSafeInteger(minimum) ? minimum : 0;
  }

  /** Sends the last bytes, or all, and ends the upload. */
  async finish(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const { digest } = this.#subject;
    const url = new URL(this.#location);
    // By hand: the rest of the query may be signed as it is written.
    url.search += `${url.search === "" ? "?" : "&"}digest=${
      encodeURIComponent(digest)
    }`;
    const response = await this.#send("PUT", url, {
      body: bytes,
      expect: [200, 201, 204],
    });
    discardBody(response);
    const stored = tryParseDigest(
      response.headers.get("docker-content-digest") ?? "",
    );
    if (stored === undefined || stored === digest) return;
    throw new ForgeError(
      "DIGEST_MISMATCH",
      `Failed to upload blob ${digest}: the registry stored it as ${stored}`,
      { hint: "Try again: the transfer was altered on its way" },
    );
  }

  /**
   * Sends one chunk (distribution-spec, "Pushing a blob in chunks").
   *
   * @param bytes The chunk.
   * @param offset Where it starts in the blob.
   * @returns How many bytes of the blob the registry has now.
   */
  async append(
    bytes: Uint8Array<ArrayBuffer>,
    offset: number,
  ): Promise<number> {
    const end = offset + bytes.byteLength;
    const response = await this.#send("PATCH", this.#location, {
      body: bytes,
      expect: [201, 202, 204],
      headers: { "content-range": `${offset}-${end - 1}` },
    });
    discardBody(response);
    this.#location = this.#nextLocation(response, this.#location);
    return receivedBytes(response) ?? end;
  }

  /**
   * Sends all bytes as one stream, as Docker and crane do; it is not ended.
   *
   * @param bytes All of the blob.
   * @param onSent Hears how many bytes are on their way.
   * @returns How many bytes of the blob the registry has now.
   */
  async stream(
    bytes: Uint8Array<ArrayBuffer>,
    onSent: (sentBytes: number) => void = () => {},
  ): Promise<number> {
    const response = await this.#send("PATCH", this.#location, {
      body: bytes,
      expect: [201, 202, 204],
      onSent,
    });
    discardBody(response);
    this.#location = this.#nextLocation(response, this.#location);
    return receivedBytes(response) ?? bytes.byteLength;
  }

  /** Asks how many bytes of the blob the registry has. */
  async status(): Promise<number> {
    const response = await this.#send("GET", this.#location, {
      expect: [200, 202, 204],
    });
    discardBody(response);
    this.#location = this.#nextLocation(response, this.#location);
    return receivedBytes(response) ?? 0;
  }

  /** Gives the upload up, as a courtesy: registries tidy up by themselves. */
  async cancel(): Promise<void> {
    const response = await this.#send("DELETE", this.#location, {
      expect: Array.from({ length: 400 }, (_, index) => 200 + index),
    });
    discardBody(response);
  }

  #send(
    method: "GET" | "PUT" | "PATCH" | "DELETE",
    url: URL,
    options: {
      readonly expect: readonly number[];
      readonly body?: Uint8Array<ArrayBuffer>;
      readonly headers?: Record<string, string>;
      readonly onSent?: (sentBytes: number) => void;
    },
  ): Promise<Response> {
    const { action, signal } = this.#subject;
    const { body, expect, onSent, headers = {} } = options;
    return this.#place.connection.send({
      action,
      method,
      url,
      scope: pushScope(this.#place),
      expect,
      init: {
        headers: body === undefined
          ? headers
          : { "content-type": "application/octet-stream", ...headers },
        ...(body === undefined ? {} : { body }),
        onSent,
        purpose: "upload location",
        signal: signal ?? null,
      },
    });
  }

  /** Where the registry wants the next step; held to the rules of redirects. */
  #nextLocation(response: Response, base: URL): URL {
    const { root, settings } = this.#place.connection;
    const text = response.headers.get("location") ?? "";
    if (text === "" || !URL.canParse(text, base)) {
      if (this.#location !== undefined) return this.#location;
      throw new ForgeError(
        "REGISTRY_RESPONSE_INVALID",
        `Failed to ${this.#subject.action}: ${
          redactUrl(base)
        } names no upload location`,
        { hint: "Check that the host is a registry that takes uploads" },
      );
    }
    const location = new URL(text, base);
    checkHop(root, location, {
      purpose: "upload location",
      allowedHosts: settings.allowedHosts,
    });
    return location;
  }
}

/** How far the registry has got: `Range: 0-<last byte>`. */
function receivedBytes(response: Response): number | undefined {
  const match = /^(?:bytes=)?0-(\d+)$/.exec(
    response.headers.get("range")?.trim() ?? "",
  );
  return match === null ? undefined : Number(match[1]) + 1;
}
