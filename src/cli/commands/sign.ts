/**
 * `forge sign`: signs an image, so that `trust` and cosign accept it.
 *
 * @module
 */

import { signImage } from "../../publish/mod.ts";
import { type Command, textOption, usage } from "../command.ts";
import { EXIT_OK } from "../io.ts";
import { readSigningKey } from "../key_files.ts";
import {
  openRegistries,
  parseImage,
  placeOf,
  REGISTRY_OPTIONS,
  repositoryOf,
} from "../registry_session.ts";

/** The command. */
export const sign: Command = {
  name: "sign",
  operands: "REF",
  arity: { min: 1, max: 1 },
  options: {
    key: {
      type: "string",
      short: "k",
      value: "FILE",
      summary: "The private key, or env://NAME for a variable",
    },
    "password-env": {
      type: "string",
      value: "VAR",
      summary: "Variable with the password; COSIGN_PASSWORD if it is set",
    },
    legacy: {
      type: "boolean",
      summary: "In the form that cosign before 2.6 reads",
    },
    ...REGISTRY_OPTIONS,
  },
  examples: [
    [
      "forge sign ghcr.io/acme/notes:v1.0.0 --key forge.key",
      "What the tag names now",
    ],
    [
      "forge verify ghcr.io/acme/notes:v1.0.0 --key forge.pub",
      "Whether it holds",
    ],
  ],
  async run(args, io) {
    const [text = ""] = args.operands;
    const image = parseImage(text);
    const reference = image.digest ?? image.tag;
    if (reference === undefined) {
      throw usage(
        sign,
        `Cannot sign "${text}": it names no version, add a tag or digest`,
      );
    }
    const name = textOption(args, "key");
    if (name === undefined) {
      throw usage(sign, `Cannot sign "${text}": --key names no private key`);
    }
    const key = await readSigningKey(name, args, io);
    const client = await openRegistries(args, io, [image]);
    const signed = await signImage(repositoryOf(client, image), reference, {
      key,
      name: placeOf(image),
      legacy: args.options["legacy"] === true,
      now: new Date(io.platform.clock.now()),
      signal: io.signal,
    });
    const { digest, form, signature } = signed;
    if (args.options["json"] === true) {
      const document = {
        ok: true,
        digest,
        form,
        signature: signature.digest,
        fingerprint: key.publicKey.fingerprint,
      };
      io.out(JSON.stringify(document, null, 2) + "\n");
      return EXIT_OK;
    }
    io.err(`signed ${placeOf(image)}, as ${form}\n`);
    io.out(`${digest}\n`);
    return EXIT_OK;
  },
};
