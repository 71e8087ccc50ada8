/**
 * An OCI registry in memory: its parts put together and on the wire.
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import { type Descriptor, type Digest, tryParseDigest } from "../oci/mod.ts";
import { answerRequest, type RegistryParts } from "./answer.ts";
import { completeBehavior } from "./behavior.ts";
import { applyFaults, replyInstead } from "./delivery.ts";
import { FaultScript } from "./fault_script.ts";
import type { Fault, FaultAction, FaultHandle } from "./faults.ts";
import { guardFor } from "./guard.ts";
import {
  type ImageContent,
  putImage,
  putIndex,
  type StoredImage,
  toJsonBytes,
} from "./image.ts";
import { listen, type Listener } from "./listener.ts";
import {
  createRequestLog,
  type OpenRecord,
  type RequestLog,
} from "./recording.ts";
import type { Registry, StartRegistryOptions } from "./registry.ts";
import { digestOf, RegistryStore, type StoredManifest } from "./store.ts";
import { TokenStore } from "./tokens.ts";
import { storeManifest } from "./unchecked_store.ts";
import {
  openRecord,
  readBody,
  resetConnection,
  send,
  sendFailure,
  toRequest,
} from "./wire.ts";

/**
 * Starts a registry in memory.
 *
 * It speaks the whole of the distribution specification 1.1 and can be told to
 * misbehave. It is made for tests on this machine: what is pushed stays in
 * memory, and there is no limit to it.
 *
 * @param options Where it listens, who may use it, how it misbehaves.
 * @returns The running registry; `await using` closes it.
 * @throws {Error} The system's error where it cannot listen there, such as
 * `EADDRINUSE`; that of the runtime where `tls` is no key and certificate.
 *
 * @example
 * ```ts
 * import { startRegistry } from "@forgepoint/forge/testing";
 *
 * await using registry = await startRegistry();
 * registry.image("acme/notes", "v1", {
 *   layers: [{ mediaType: "application/wasm", content: new Uint8Array(8) }],
 * });
 * const url = `${registry.origin}/v2/acme/notes/manifests/v1`;
 * (await fetch(url, { method: "HEAD" })).status; // 200
 * registry.requests.length; // 1
 * ```
 */
export async function startRegistry(
  options: StartRegistryOptions = {},
): Promise<Registry> {
  const registry = new MemoryRegistry(options);
  await registry.start();
  return registry;
}

class MemoryRegistry implements Registry {
  readonly requests: RequestLog;
  readonly #addRecord: (record: OpenRecord) => void;
  readonly #options: StartRegistryOptions;
  readonly #store = new RegistryStore();
  readonly #faults = new FaultScript();
  readonly #tokens: TokenStore | undefined;
  readonly #parts: RegistryParts;
  #main: Listener | undefined;
  #second: Listener | undefined;
  #running = 0;
  #peak = 0;

  constructor(options: StartRegistryOptions) {
    const { log, add } = createRequestLog();
    const { auth, clock = Date, newId = randomId } = options;
    this.requests = log;
    this.#addRecord = add;
    this.#options = options;
    for (const fault of options.faults ?? []) this.#faults.add(fault);
    this.#tokens = auth?.kind === "bearer"
      ? new TokenStore({ auth, newId, now: () => clock.now() })
      : undefined;
    this.#parts = {
      tokens: this.#tokens,
      guard: guardFor(auth, this.#tokens, () => this.tokenUrl),
      context: {
        store: this.#store,
        behavior: completeBehavior(options.behavior),
        newId,
        storageOrigin: () => this.secondOrigin,
      },
    };
  }

  async start(): Promise<void> {
    const { hostname = "127.0.0.1", port = 0, tls } = this.#options;
    const onRequest = (incoming: IncomingMessage, response: ServerResponse) =>
      void this.#serve(incoming, response).catch((error) =>
        sendFailure(response, error)
      );
    this.#main = await listen(onRequest, { hostname, port, tls });
    this.#second = await listen(onRequest, { hostname, port: 0, tls });
  }

  get host(): string {
    return this.#main?.host ?? "";
  }

  get origin(): string {
    return this.#main?.origin ?? "";
  }

  get secondOrigin(): string {
    return this.#second?.origin ?? "";
  }

  get tokenUrl(): string {
    const { auth } = this.#options;
    const isApart = auth?.kind === "bearer" && auth.separateOrigin === true;
    return `${isApart ? this.secondOrigin : this.origin}/token`;
  }

  get peakRequests(): number {
    return this.#peak;
  }

  putBlob = (
    bytes: Uint8Array,
    options: { readonly repository?: string } = {},
  ): Digest => {
    const digest = digestOf(bytes);
    this.#store.addBlob(digest, bytes, options);
    return digest;
  };

  putManifest = (
    repository: string,
    reference: string,
    content: Uint8Array | string | object,
    mediaType?: string,
  ): Digest => {
    const bytes = toJsonBytes(content);
    return storeManifest(this.#store, { repository, reference }, {
      bytes,
      mediaType,
    });
  };

  image = (
    repository: string,
    tag: string,
    image: ImageContent,
  ): StoredImage => putImage(this, { repository, tag }, image);

  index = (
    repository: string,
    tag: string,
    manifests: readonly Descriptor[],
  ): Descriptor => putIndex(this, { repository, tag }, { manifests });

  blob = (digest: string): Uint8Array | undefined => {
    const parsed = tryParseDigest(digest);
    return parsed === undefined ? undefined : this.#store.blob(parsed);
  };

  manifest = (
    repository: string,
    reference: string,
  ): StoredManifest | undefined => this.#store.manifest(repository, reference);

  tags = (repository: string): readonly string[] => [
    ...this.#store.repository(repository)?.tags.keys() ?? [],
  ];

  fault = (fault: Fault): FaultHandle => this.#faults.add(fault);

  clearFaults = (): void => this.#faults.clear();

  revokeTokens = (): void => this.#tokens?.revoke();

  close = async (): Promise<void> => {
    await Promise.all([this.#main?.close(), this.#second?.close()]);
  };

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #serve(
    incoming: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const record = openRecord(incoming);
    this.#addRecord(record);
    this.#running++;
    this.#peak = Math.max(this.#peak, this.#running);
    response.once("close", () => this.#running--);
    const actions = this.#faults.take(record);
    if (resets(actions, "arrival")) return resetConnection(incoming);
    const body = await readBody(incoming, (count) => record.bodyBytes += count);
    if (body === undefined) return;
    if (resets(actions, "body")) return resetConnection(incoming);
    const reply = replyInstead(actions, record) ??
      answerRequest(this.#parts, toRequest(record, body, this.origin));
    if (resets(actions, "handling")) return resetConnection(incoming);
    const delivery = applyFaults(reply, actions, record);
    await send(response, delivery, (status) => record.status = status);
  }
}

function resets(
  actions: readonly FaultAction[],
  when: "arrival" | "body" | "handling",
): boolean {
  return actions.some((action) =>
    action.kind === "reset" && (action.after ?? "arrival") === when
  );
}

function randomId(): string {
  return crypto.randomUUID();
}
