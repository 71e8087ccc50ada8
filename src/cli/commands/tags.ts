/**
 * `forge tags`: what versions a repository has.
 *
 * @module
 */

import { referrersTagSubject } from "../../registry/mod.ts";
import { type Command, textOption, usage } from "../command.ts";
import { EXIT_OK } from "../io.ts";
import { printWarning } from "../problem.ts";
import {
  openRegistries,
  parseImage,
  placeOf,
  REGISTRY_OPTIONS,
  repositoryOf,
} from "../registry_session.ts";

/** Tags that are shown unless told otherwise. */
const DEFAULT_LIMIT = 10_000;

/** The command. */
export const tags: Command = {
  name: "tags",
  operands: "IMAGE",
  arity: { min: 1, max: 1 },
  options: {
    all: {
      type: "boolean",
      short: "a",
      summary: "Those that hold signatures and the like as well",
    },
    limit: {
      type: "string",
      value: "N",
      summary: "At most so many; 10000 by default",
    },
    ...REGISTRY_OPTIONS,
  },
  examples: [["forge tags ghcr.io/acme/notes", "One to a line"]],
  async run(args, io) {
    const image = parseImage(args.operands[0] ?? "");
    if (image.tag !== undefined || image.digest !== undefined) {
      throw usage(
        tags,
        `Cannot list the tags of "${
          args.operands[0]
        }": it names one version, leave that out`,
      );
    }
    const limit = textOption(args, "limit");
    if (limit !== undefined && !/^[1-9][0-9]{0,6}$/.test(limit)) {
      throw usage(tags, `Cannot list "${limit}" tags: --limit takes a number`);
    }
    const client = await openRegistries(args, io, [image]);
    const most = limit === undefined ? DEFAULT_LIMIT : Number(limit);
    const list = await repositoryOf(client, image).tags({
      signal: io.signal,
      limit: Math.max(most, DEFAULT_LIMIT),
    });
    const wanted = args.options["all"] === true
      ? list.tags
      : list.tags.filter((tag) => referrersTagSubject(tag) === undefined);
    const shown = wanted.slice(0, most);
    const isComplete = list.isComplete && shown.length === wanted.length;
    if (args.options["json"] === true) {
      const document = { ok: true, tags: shown, isComplete };
      io.out(JSON.stringify(document, null, 2) + "\n");
      return EXIT_OK;
    }
    if (!isComplete) {
      printWarning(
        io,
        `${placeOf(image)} has more tags than these`,
        "Raise --limit",
      );
    }
    io.out(shown.map((tag) => `${tag}\n`).join(""));
    return EXIT_OK;
  },
};
