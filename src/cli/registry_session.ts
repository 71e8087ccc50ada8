/**
 * What the commands that name an image on the command line have in common.
 *
 * @module
 */

import {
  parseReference,
  type Reference,
  tryParseReference,
} from "../oci/mod.ts";
import { createProjectClient } from "../project/mod.ts";
import type { RegistryClient, Repository } from "../registry/mod.ts";
import type { Arguments, OptionSpec } from "./command.ts";
import type { Io } from "./io.ts";
import { loudnessOf, narrate, VERBOSE_OPTION } from "./narration.ts";
import { openSession } from "./session.ts";

/** Options of these commands. */
export const REGISTRY_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  config: {
    type: "string",
    short: "c",
    value: "FILE",
    summary: "The configuration with credentials, instead of searching",
  },
  json: { type: "boolean", summary: "Print one JSON document" },
  ...VERBOSE_OPTION,
};

/** An image as it was written: with a tag only where one was written. */
export interface ImageOperand extends Omit<Reference, "tag"> {
  /** The tag, if it was written. */
  readonly tag: string | undefined;
}

/**
 * Reads an image, and tells a tag that was written from none at all.
 *
 * @throws {ForgeError} `REFERENCE_INVALID` or `DIGEST_INVALID`.
 */
export function parseImage(text: string): ImageOperand {
  const { tag, ...reference } = parseReference(text);
  // With another tag the text stands for something else, unless it has one.
  const hasTag = reference.digest !== undefined ||
    tryParseReference(`${text}:x`)?.tag !== "x";
  return { ...reference, tag: hasTag ? tag : undefined };
}

/** A client for the registries of these images, with the credentials of the configuration. */
export async function openRegistries(
  args: Arguments,
  io: Io,
  images: readonly ImageOperand[],
): Promise<RegistryClient> {
  const project = await openSession(args, io);
  return await createProjectClient(project.config, {
    platform: io.platform,
    root: project.location.root,
    registries: [...new Set(images.map(({ registry }) => registry))],
    offline: false,
    onEvent: (event) =>
      narrate(
        event,
        io,
        loudnessOf(args, args.options["json"] === true ? "quiet" : "usual"),
      ),
  });
}

/** The repository of an image. */
export function repositoryOf(
  client: RegistryClient,
  { registry, repository }: ImageOperand,
): Repository {
  return client.repository(registry, repository);
}

/** An image's place without its version, `ghcr.io/acme/notes`. */
export function placeOf({ registry, repository }: ImageOperand): string {
  return `${registry}/${repository}`;
}
