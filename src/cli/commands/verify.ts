/**
 * `forge verify`: whether signatures hold, of an image in a registry or of
 * what the cache has.
 *
 * @module
 */

import { resolve } from "../../path.ts";
import { ForgeError } from "../../errors.ts";
import {
  type PlannedTrust,
  readTrustPolicy,
  resolveImage,
  verifyImage,
} from "../../install/mod.ts";
import { type StoredVerification, verifyProject } from "../../project/mod.ts";
import type { VerifiedSignature } from "../../trust/mod.ts";
import {
  type Arguments,
  type Command,
  listOption,
  textOption,
  usage,
} from "../command.ts";
import { EXIT_FAILED, EXIT_OK, type Io } from "../io.ts";
import { withoutControls } from "../plain_text.ts";
import { printError, problemJson } from "../problem.ts";
import {
  openRegistries,
  parseImage,
  placeOf,
  REGISTRY_OPTIONS,
  repositoryOf,
} from "../registry_session.ts";
import { openSession } from "../session.ts";
import { formatTable } from "../table.ts";

/** The command. */
export const verify: Command = {
  name: "verify",
  operands: "[REF | NAME...]",
  arity: { min: 0, max: Infinity },
  completes: [{ extensions: true }],
  options: {
    key: {
      type: "string",
      short: "k",
      value: "FILE",
      multiple: true,
      summary: "A public key that may have signed REF; may be repeated",
    },
    identity: {
      type: "string",
      value: "WHO",
      summary: "Who may have signed REF with a certificate",
    },
    issuer: {
      type: "string",
      value: "URL",
      summary: "The identity provider that said who it was",
    },
    "trusted-root": {
      type: "string",
      value: "FILE",
      summary: "What vouches for identities, trusted_root.json",
    },
    ...REGISTRY_OPTIONS,
  },
  examples: [
    ["forge verify", "What the cache has, as trust in forge.ron demands"],
    [
      "forge verify ghcr.io/acme/notes:v1.0.0 --key forge.pub",
      "An image in a registry",
    ],
  ],
  async run(args, io) {
    const [first = ""] = args.operands;
    return /[/:@.]/.test(first)
      ? await verifyReference(args, io)
      : await verifyCached(args, io);
  },
};

async function verifyReference(args: Arguments, io: Io): Promise<number> {
  const [text = "", another] = args.operands;
  if (another !== undefined) {
    throw usage(verify, `Cannot verify "${another}" as well: one image a time`);
  }
  const trust = trustOf(args, io);
  const image = parseImage(text);
  const policy = await readTrustPolicy(trust, io.platform.files);
  const client = await openRegistries(args, io, [image]);
  const repository = repositoryOf(client, image);
  const reference = image.digest ?? image.tag ?? "latest";
  const { signal } = io;
  const { digest, digests } = await resolveImage(reference, {
    repository,
    signal,
  });
  const { verified } = await verifyImage(repository, digests, {
    policy,
    signal,
  });
  if (args.options["json"] === true) {
    const document = { ok: true, digest, signature: verified };
    io.out(JSON.stringify(document, null, 2) + "\n");
    return EXIT_OK;
  }
  io.err(`verified ${placeOf(image)}, signed by ${signerText(verified)}\n`);
  io.out(`${digest}\n`);
  return EXIT_OK;
}

/** Whom the options trust. */
function trustOf(args: Arguments, { platform }: Io): PlannedTrust {
  const file = (name: string) => ({
    name,
    path: resolve(platform.cwd(), name),
  });
  const keys = listOption(args, "key").map(file);
  const [identity, issuer, root] = ["identity", "issuer", "trusted-root"]
    .map((name) => textOption(args, name));
  const given = [identity, issuer, root].filter((each) => each !== undefined);
  if (given.length % 3 !== 0) {
    throw usage(
      verify,
      "Cannot trust an identity without all of --identity, --issuer and --trusted-root",
    );
  }
  if (keys.length + given.length === 0) {
    throw usage(
      verify,
      `Cannot verify "${
        args.operands[0]
      }": nobody is named who may have signed it, add --key`,
    );
  }
  return {
    keys,
    identities: identity === undefined || issuer === undefined
      ? []
      : [{ identity, issuer }],
    trustedRoot: root === undefined ? undefined : file(root),
  };
}

async function verifyCached(args: Arguments, io: Io): Promise<number> {
  for (const name of ["key", "identity", "issuer", "trusted-root"]) {
    if (args.options[name] === undefined) continue;
    throw usage(
      verify,
      `Cannot take --${name} for extensions of forge.ron: their trust says who may sign`,
    );
  }
  const project = await openSession(args, io);
  const results = await verifyProject(project, {
    platform: io.platform,
    names: args.operands,
  });
  for (const { name, error } of results) {
    if (error !== undefined) printError(io, error, name);
  }
  const ok = results.every(({ status }) => status !== "failed");
  if (args.options["json"] === true) io.out(json(results, ok));
  else if (results.length === 0) io.err("No extension is from a registry\n");
  else io.out(table(results, io.columns));
  return ok ? EXIT_OK : EXIT_FAILED;
}

function table(
  results: readonly StoredVerification[],
  width: number | undefined,
): string {
  const rows = results.map(({ name, status, signature }) => [
    name,
    status === "unsigned" ? "no signature demanded" : status,
    signature === undefined ? "-" : signerText(signature),
  ]);
  return formatTable([["NAME", "STATUS", "SIGNED BY"], ...rows], [], width);
}

function json(results: readonly StoredVerification[], ok: boolean): string {
  const extensions = results.map(({ error, ...each }) => ({
    ...each,
    error: error instanceof ForgeError
      ? JSON.parse(problemJson(error, {})).error
      : undefined,
  }));
  return JSON.stringify({ ok, extensions }, null, 2) + "\n";
}

function signerText({ signer }: VerifiedSignature): string {
  return withoutControls(
    signer.kind === "key"
      ? `${signer.name} (${signer.fingerprint})`
      : `${signer.identity}, ${signer.issuer}`,
  );
}
