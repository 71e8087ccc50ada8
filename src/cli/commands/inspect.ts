/**
 * `forge inspect`: what a module is, wants and offers, without running it.
 *
 * It is read by this program alone, which compiles none of it; of a registry
 * only the manifest and the layer with the module are asked.
 *
 * @module
 */

import { resolve } from "../../path.ts";
import { LIMIT_NAMES } from "../../config/mod.ts";
import { ForgeError } from "../../errors.ts";
import { readImage, readModule } from "../../install/mod.ts";
import { digestBytes, digestHex } from "../../oci/mod.ts";
import { extensionLimits, installProject } from "../../project/mod.ts";
import { examineModule, type ExtensionLimits } from "../../runtime/mod.ts";
import { inspect as inspectModule } from "../../wasm/mod.ts";
import type { Arguments, Command } from "../command.ts";
import {
  type Inspection,
  inspectionJson,
  inspectionText,
} from "../inspection.ts";
import { type CommandIo, EXIT_OK, type Io } from "../io.ts";
import { onlyExtension } from "../only_extension.ts";
import {
  openRegistries,
  parseImage,
  repositoryOf,
} from "../registry_session.ts";
import { narrated, openSession, PROJECT_OPTIONS } from "../session.ts";

/** The largest file that is read; more than any that could be run. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;

/** Options of the others that mean something where nothing is run. */
const OPTIONS = Object.fromEntries(
  Object.entries(PROJECT_OPTIONS).filter(([name]) => name !== "no-sandbox"),
);

/** The command. */
export const inspect: Command = {
  name: "inspect",
  operands: "FILE|NAME|REF",
  arity: { min: 1, max: 1 },
  completes: [{ extensions: true, paths: "files" }],
  options: OPTIONS,
  examples: [
    [
      "forge inspect notes",
      "An extension of forge.ron, from the cache if it is there",
    ],
    [
      "forge inspect ./notes.wasm",
      "A file: one that begins with . or / or ends in .wasm",
    ],
    [
      "forge inspect ghcr.io/acme/notes:v1 --json",
      "An image, with its manifest and annotations",
    ],
  ],
  async run(args, io) {
    const inspection = await look(args.operands[0] ?? "", args, io);
    io.out(
      args.options["json"] === true
        ? inspectionJson(inspection)
        : inspectionText(inspection),
    );
    return EXIT_OK;
  },
};

/** What looks like a path is a file, what looks like a name an extension; the rest is a file if there is one, else an image. */
async function look(
  operand: string,
  args: Arguments,
  io: CommandIo,
): Promise<Inspection> {
  if (/^[./]|^[A-Za-z]:[\\/]|\.wasm$/.test(operand)) {
    return await lookAtFile(operand, io);
  }
  if (/^[a-z0-9-]+$/.test(operand)) {
    return await lookAtExtension(operand, args, io);
  }
  const { files, cwd } = io.platform;
  const found = await files.stat(resolve(cwd(), operand));
  return found?.kind === "file"
    ? await lookAtFile(operand, io)
    : await lookAtImage(operand, args, io);
}

async function lookAtFile(file: string, io: Io): Promise<Inspection> {
  const path = resolve(io.platform.cwd(), file);
  const bytes = await readFile(path, io);
  const sha256 = digestHex(await digestBytes(bytes));
  return {
    source: "file",
    subject: path,
    ...await lookInto(file, bytes),
    sha256,
  };
}

async function readFile(
  path: string,
  { platform, signal }: Io,
): Promise<Uint8Array<ArrayBuffer>> {
  const stat = await platform.files.stat(path);
  if (stat?.kind !== "file") {
    throw new ForgeError(
      stat === undefined ? "FILE_NOT_FOUND" : "FILE_UNREADABLE",
      stat === undefined
        ? `Cannot find the file "${path}"`
        : `Cannot inspect "${path}": it is no file`,
      { hint: "Name a .wasm file, an extension of forge.ron, or an image" },
    );
  }
  if (stat.size > MAX_FILE_BYTES) {
    throw new ForgeError(
      "TOO_LARGE",
      `Cannot inspect "${path}": it has ${stat.size} bytes, the limit is ${MAX_FILE_BYTES}`,
      { hint: "No module of that size can be run" },
    );
  }
  return await platform.files.read(path, { signal });
}

async function lookAtExtension(
  name: string,
  args: Arguments,
  io: CommandIo,
): Promise<Inspection> {
  const project = onlyExtension(await openSession(args, io), name);
  const [outcome] = await narrated(
    args,
    io,
    (onEvent) =>
      installProject(project, {
        platform: io.platform,
        signal: io.signal,
        onEvent,
      }),
  );
  if (outcome === undefined) return await lookAtFile(name, io);
  if (!("path" in outcome)) throw outcome.error;
  const bytes = await readModule(outcome, { files: io.platform.files });
  const { sha256, manifestDigest, layerDigest } = outcome;
  return {
    ...{ source: "extension", subject: name },
    ...await lookInto(name, bytes, extensionLimits(project, name)),
    ...{ sha256, manifestDigest, layerDigest },
  };
}

async function lookAtImage(
  operand: string,
  args: Arguments,
  io: Io,
): Promise<Inspection> {
  const image = parseImage(operand);
  if (args.options["offline"] === true) {
    throw new ForgeError(
      "NETWORK_OFFLINE",
      `Cannot inspect the image "${operand}" offline`,
      { hint: "Name an extension of forge.ron that is cached, or a file" },
    );
  }
  const client = await openRegistries(args, io, [image]);
  const { bytes, ...read } = await readImage(
    image.digest ?? image.tag ?? "latest",
    {
      repository: repositoryOf(client, image),
      clock: io.platform.clock,
      signal: io.signal,
    },
  );
  return {
    source: "image",
    subject: operand,
    ...await lookInto(operand, bytes),
    sha256: read.sha256,
    manifestDigest: read.manifestDigest,
    layerDigest: read.layer.digest,
    image: read,
  };
}

async function lookInto(
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  limits?: ExtensionLimits,
): Promise<Pick<Inspection, "info" | "examined">> {
  // A file or an image gets its limits there, too, once it is an extension.
  const options = { limitNames: LIMIT_NAMES };
  // This first: its errors say which module it is.
  const examined = await examineModule({ name, bytes }, limits, options);
  return { info: inspectModule(bytes), examined };
}
