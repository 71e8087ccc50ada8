/**
 * `forge init`: a `forge.ron` to begin with, and extensions for one that is
 * there.
 *
 * @module
 */

import { join, relative, resolve } from "../../path.ts";
import { CONFIG_PATH_VARIABLE, readConfigText } from "../../config/mod.ts";
import { ForgeError } from "../../errors.ts";
import { changeText, createFile, replaceFile } from "../../lock/mod.ts";
import { type Command, listOption } from "../command.ts";
import { EXIT_OK, type Io } from "../io.ts";
import {
  NEW_CONFIG,
  type NewExtension,
  parseNewExtension,
  withNewExtensions,
} from "../new_config.ts";
import { printWarning } from "../problem.ts";

/** The command. */
export const init: Command = {
  name: "init",
  operands: "[DIR]",
  arity: { min: 0, max: 1 },
  completes: [{ paths: "directories" }],
  options: {
    extension: {
      type: "string",
      short: "e",
      value: "NAME=REF",
      multiple: true,
      summary: "An extension to write into it; may be repeated",
    },
    force: {
      type: "boolean",
      summary: "Write a new file in the place of the old one",
    },
    json: { type: "boolean", summary: "Print one JSON document" },
  },
  examples: [
    ["forge init", "Writes forge.ron, with comments to begin from"],
    [
      "forge init --extension notes=ghcr.io/acme/notes:v1.0.0",
      "With an extension; adds it where there is a forge.ron",
    ],
  ],
  async run(args, io) {
    const extensions = listOption(args, "extension").map(parseNewExtension);
    const directory = resolve(io.platform.cwd(), args.operands[0] ?? ".");
    const place = { directory, path: join(directory, "forge.ron"), io };
    const done = args.options["force"] === true
      ? await writeAnew(place, extensions)
      : await writeOrAdd(place, extensions);
    warnOverridden(place);
    if (args.options["json"] === true) {
      const added = extensions.map(({ name }) => name);
      const document = { ok: true, path: place.path, done, added };
      io.out(JSON.stringify(document, null, 2) + "\n");
    } else io.out(tell(place, done, extensions));
    return EXIT_OK;
  },
};

/** Where to write. */
interface Place {
  readonly directory: string;
  readonly path: string;
  readonly io: Io;
}

/** What was done with the file. */
type Done = "created" | "replaced" | "changed";

async function writeAnew(
  place: Place,
  extensions: readonly NewExtension[],
): Promise<Done> {
  const { io: { platform, signal }, path } = place;
  const content = contentOf(extensions);
  return await onDisk(place, async () => {
    await platform.files.makeDirectory(place.directory);
    const isThere = await platform.files.stat(path) !== undefined;
    await replaceFile(path, content, { ...platform, signal });
    return isThere ? "replaced" : "created";
  });
}

async function writeOrAdd(
  place: Place,
  extensions: readonly NewExtension[],
): Promise<Done> {
  const { path, directory, io: { platform, signal } } = place;
  const { files } = platform;
  const content = contentOf(extensions);
  const hidden = join(directory, ".forge", "config.ron");
  if (await onDisk(place, () => files.stat(path)) === undefined) {
    // It would count no longer, and nobody would see why.
    if (await onDisk(place, () => files.stat(hidden)) !== undefined) {
      throw taken(shown(hidden, place.io), "forge.ron would hide it");
    }
    const isMade = await onDisk(place, async () => {
      await files.makeDirectory(directory);
      return await createFile(path, content, { ...platform, signal });
    });
    if (isMade) return "created";
  }
  const file = shown(path, place.io);
  if (extensions.length === 0) throw taken(file);
  await onDisk(place, () =>
    changeText(
      path,
      (text = "") => withNewExtensions(text, extensions, file),
      { ...platform, signal, read: () => readConfigText({ path }, files) },
    ));
  return "changed";
}

function contentOf(extensions: readonly NewExtension[]): Uint8Array {
  return new TextEncoder().encode(
    withNewExtensions(NEW_CONFIG, extensions, "forge.ron"),
  );
}

function taken(file: string, why = "it exists"): ForgeError {
  return new ForgeError("USAGE", `Cannot write over ${file}: ${why}`, {
    hint:
      "Add to it with --extension NAME=REF, or write it anew with forge init --force",
  });
}

/** Gives failures of the disk the name of the file. */
async function onDisk<T>(place: Place, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    place.io.signal.throwIfAborted();
    if (cause instanceof ForgeError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ForgeError(
      "FILE_UNWRITABLE",
      `Cannot write "${place.path}": ${reason}`,
      { hint: "Name a directory that may be written to", cause },
    );
  }
}

/** The variable names another file: what was written would not be read. */
function warnOverridden({ path, io }: Place): void {
  const named = io.platform.env(CONFIG_PATH_VARIABLE) ?? "";
  if (named === "" || resolve(io.platform.cwd(), named) === path) return;
  printWarning(
    io,
    `${CONFIG_PATH_VARIABLE} names "${named}": that file counts, not ${
      shown(path, io)
    }`,
    `Unset ${CONFIG_PATH_VARIABLE}`,
  );
}

function shown(path: string, io: Io): string {
  return relative(io.platform.cwd(), path);
}

const VERBS = { created: "Wrote", replaced: "Replaced", changed: "Changed" };

function tell(
  { path, directory, io }: Place,
  done: Done,
  extensions: readonly NewExtension[],
): string {
  const where = relative(io.platform.cwd(), directory);
  const steps: (readonly [line: string, does: string])[] = [
    ...(where === "" ? [] : [[`cd ${where}`, ""] as const]),
    ...(extensions.length === 0
      ? [
        [
          "forge init --extension NAME=REF",
          "adds an extension, or edit the file",
        ] as const,
      ]
      : [["forge pull", "fetches and verifies"] as const]),
    ["forge doctor", "says what is missing to run"],
    ["forge lock", "writes forge.lock; commit both"],
    ["echo .forge/extensions/ >> .gitignore", "keeps the cache out of git"],
  ];
  const width = Math.max(...steps.map(([line]) => line.length));
  const added = extensions.map(({ name }) => name).join(", ");
  const beside = added === "" ? "" : ` with ${added}`;
  return [
    `${VERBS[done]} ${shown(path, io)}${beside}\n\nNext:\n`,
    ...steps.map(([line, does]) =>
      `  ${line.padEnd(does === "" ? 0 : width + 2)}${does}\n`
    ),
  ].join("");
}
