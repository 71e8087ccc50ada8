/**
 * `forge copy`: an image from one registry to another.
 *
 * @module
 */

import { copyImage } from "../../publish/mod.ts";
import { type Command, listOption, usage } from "../command.ts";
import { EXIT_OK } from "../io.ts";
import {
  openRegistries,
  parseImage,
  placeOf,
  REGISTRY_OPTIONS,
  repositoryOf,
} from "../registry_session.ts";
import { narratedPush } from "../session.ts";

/** The command. */
export const copy: Command = {
  name: "copy",
  operands: "FROM TO",
  arity: { min: 2, max: 2 },
  options: {
    tag: {
      type: "string",
      short: "t",
      value: "TAG",
      multiple: true,
      summary: "Another tag for the copy; may be repeated",
    },
    referrers: {
      type: "boolean",
      summary: "Signatures and whatever else refers to it as well",
    },
    ...REGISTRY_OPTIONS,
  },
  examples: [
    [
      "forge copy ghcr.io/acme/notes:v1 registry.company.com/mirror/notes",
      "Under the same tag, with the same digest",
    ],
  ],
  async run(args, io) {
    const [from, to] = args.operands.map(parseImage);
    if (from === undefined || to === undefined) {
      throw usage(copy, "Cannot copy without two images");
    }
    if (to.digest !== undefined) {
      throw usage(copy, `Cannot copy to "${to.digest}": the digest stays`);
    }
    const own = to.tag ??
      (from.digest === undefined ? from.tag ?? "latest" : from.tag);
    const more = listOption(args, "tag");
    const tags = own === undefined ? more : [own, ...more];
    const outcome = await narratedPush(io, async (onEvent) => {
      const client = await openRegistries(args, io, [from, to]);
      return await copyImage(
        {
          repository: repositoryOf(client, from),
          reference: from.digest ?? from.tag ?? "latest",
        },
        repositoryOf(client, to),
        {
          tags,
          includeReferrers: args.options["referrers"] === true,
          mountFrom: from.registry === to.registry
            ? from.repository
            : undefined,
          signal: io.signal,
          onEvent,
        },
      );
    });
    const { descriptor, ...counts } = outcome;
    if (args.options["json"] === true) {
      const { registry, repository: image } = to;
      const document = {
        ok: true,
        registry,
        image,
        tags,
        manifestDigest: descriptor.digest,
        ...counts,
      };
      io.out(JSON.stringify(document, null, 2) + "\n");
    } else {
      io.err(
        `copied to ${
          placeOf(to)
        }, ${counts.uploadedBlobs} blobs sent, ${counts.presentBlobs} already there\n`,
      );
      io.out(`${descriptor.digest}\n`);
    }
    return EXIT_OK;
  },
};
