/**
 * `forge referrers`: what refers to an image, such as signatures.
 *
 * @module
 */

import { type Command, textOption } from "../command.ts";
import { EXIT_OK } from "../io.ts";
import {
  openRegistries,
  parseImage,
  REGISTRY_OPTIONS,
  repositoryOf,
} from "../registry_session.ts";
import { formatSize, formatTable } from "../table.ts";

/** The command. */
export const referrers: Command = {
  name: "referrers",
  operands: "REF",
  arity: { min: 1, max: 1 },
  options: {
    type: {
      type: "string",
      value: "TYPE",
      summary: "Only those of this artifact type",
    },
    ...REGISTRY_OPTIONS,
  },
  examples: [["forge referrers ghcr.io/acme/notes:v1", "A table of them"]],
  async run(args, io) {
    const image = parseImage(args.operands[0] ?? "");
    const client = await openRegistries(args, io, [image]);
    const repository = repositoryOf(client, image);
    const { signal } = io;
    const subject = image.digest ??
      (await repository.resolve(image.tag ?? "latest", { signal })).digest;
    const found = await repository.referrers(subject, {
      signal,
      artifactType: textOption(args, "type"),
    });
    if (args.options["json"] === true) {
      const document = { ok: true, subject, referrers: found };
      io.out(JSON.stringify(document, null, 2) + "\n");
      return EXIT_OK;
    }
    if (found.length === 0) {
      io.err(`Nothing refers to ${subject}\n`);
      return EXIT_OK;
    }
    const rows = found.map(({ digest, artifactType, mediaType, size }) => [
      digest,
      artifactType ?? mediaType,
      formatSize(size),
    ]);
    io.out(formatTable([["DIGEST", "TYPE", "SIZE"], ...rows], [2]));
    return EXIT_OK;
  },
};
