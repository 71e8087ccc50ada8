/**
 * What the tests of this room share. No tests of its own.
 */

import { Script, type Step } from "../http/fakes_test.ts";
import { type Descriptor, digestBytes, OCI_MANIFEST } from "../oci/mod.ts";
import {
  createRegistryClient,
  type CreateRegistryClientOptions,
  type Repository,
} from "./client.ts";
import type { CredentialLookup, CredentialSource } from "./credentials.ts";

/** A client of a scripted network. */
export function clientOf(
  script: Script,
  options: Partial<CreateRegistryClientOptions> = {},
): ReturnType<typeof createRegistryClient> {
  const { fetch, clock } = script;
  return createRegistryClient({ fetch, clock, ...options });
}

/** Runs a test against one repository, `r.example/acme/notes`. */
export async function playRepository(
  steps: readonly Step[],
  test: (repository: Repository, script: Script) => Promise<void>,
  options: Partial<CreateRegistryClientOptions> = {},
): Promise<void> {
  const script = new Script(steps);
  const client = clientOf(script, options);
  await test(client.repository("r.example", "acme/notes"), script);
  script.done();
}

/** The root of that repository. */
export const AT = "https://r.example/v2/acme/notes";

export const utf8 = (text: string): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(text);

/** What bytes are called. */
export async function describe(
  text: string,
  mediaType = "application/wasm",
): Promise<Descriptor> {
  const bytes = utf8(text);
  const digest = await digestBytes(bytes);
  return { mediaType, digest, size: bytes.byteLength };
}

/** A manifest with one layer, as text. */
export function manifestOf(layer: Descriptor, more: object = {}): string {
  const config = { ...layer, mediaType: "application/vnd.oci.empty.v1+json" };
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config,
    layers: [layer],
    ...more,
  });
}

/** Credentials for everyone. */
export function knows(lookup: CredentialLookup): CredentialSource {
  return { get: () => Promise.resolve(lookup) };
}

export const LAYER: Descriptor = await describe("\0asm content");
export const MANIFEST: string = manifestOf(LAYER);
export const DESCRIPTOR: Descriptor = await describe(MANIFEST, OCI_MANIFEST);

/** Answers with that manifest. */
export const SERVED = {
  body: MANIFEST,
  headers: {
    "content-type": OCI_MANIFEST,
    "docker-content-digest": DESCRIPTOR.digest,
  },
} as const;
