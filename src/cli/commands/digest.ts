/**
 * `forge digest`: the digest behind a tag.
 *
 * @module
 */

import { parseReference } from "../../oci/mod.ts";
import { createProjectClient } from "../../project/mod.ts";
import type { Command } from "../command.ts";
import { EXIT_OK } from "../io.ts";
import { loudnessOf, narrate, VERBOSE_OPTION } from "../narration.ts";
import { openSession } from "../session.ts";

/** The command. */
export const digest: Command = {
  name: "digest",
  operands: "REF",
  arity: { min: 1, max: 1 },
  options: {
    config: {
      type: "string",
      short: "c",
      value: "FILE",
      summary: "The configuration with credentials, instead of searching",
    },
    json: { type: "boolean", summary: "Print one JSON document" },
    ...VERBOSE_OPTION,
  },
  examples: [
    ["forge digest ghcr.io/acme/extensions/notes:v1.0.0", "As crane digest"],
  ],
  async run(args, io) {
    const reference = parseReference(args.operands[0] ?? "");
    const project = await openSession(args, io);
    const client = await createProjectClient(project.config, {
      platform: io.platform,
      root: project.location.root,
      registries: [reference.registry],
      offline: false,
      onEvent: (event) => narrate(event, io, loudnessOf(args, "quiet")),
    });
    const descriptor = await client
      .repository(reference.registry, reference.repository)
      .resolve(reference.digest ?? reference.tag ?? "latest", {
        signal: io.signal,
      });
    io.out(
      args.options["json"] === true
        ? JSON.stringify({ ok: true, ...descriptor }, null, 2) + "\n"
        : `${descriptor.digest}\n`,
    );
    return EXIT_OK;
  },
};
