/**
 * `forge publish`: a file becomes an image in a registry.
 *
 * @module
 */

import { basename, resolve } from "../../path.ts";
import { ForgeError } from "../../errors.ts";
import { type PublishedModule, publishModule } from "../../publish/mod.ts";
import {
  type Arguments,
  type Command,
  listOption,
  textOption,
  usage,
} from "../command.ts";
import { EXIT_OK, type Io } from "../io.ts";
import { extensionSnippet } from "../extension_snippet.ts";
import {
  type ImageOperand,
  openRegistries,
  parseImage,
  placeOf,
  REGISTRY_OPTIONS,
  repositoryOf,
} from "../registry_session.ts";
import { narratedPush } from "../session.ts";
import { formatSize, shortDigest } from "../table.ts";

/** The command. */
export const publish: Command = {
  name: "publish",
  operands: "FILE REF",
  arity: { min: 2, max: 2 },
  completes: [{ paths: "files" }, {}],
  options: {
    tag: {
      type: "string",
      short: "t",
      value: "TAG",
      multiple: true,
      summary: "Another tag for it; may be repeated",
    },
    annotation: {
      type: "string",
      short: "a",
      value: "K=V",
      multiple: true,
      summary: "An annotation of the manifest; may be repeated",
    },
    version: {
      type: "string",
      value: "VERSION",
      summary: "Its version, as org.opencontainers.image.version",
    },
    title: {
      type: "string",
      value: "NAME",
      summary: "File name for those who pull; that of FILE by default",
    },
    created: {
      type: "string",
      value: "TIME",
      summary: "When it was made, as 2026-01-31T12:00:00Z",
    },
    ...REGISTRY_OPTIONS,
  },
  examples: [
    [
      "forge publish notes.wasm ghcr.io/acme/notes:v1.0.0",
      "Prints the digest, and what to write into forge.ron",
    ],
    [
      "forge publish notes.wasm ghcr.io/acme/notes:v1.0.0 --tag v1 --tag latest",
      "Several tags at once",
    ],
  ],
  async run(args, io) {
    const [file = "", text = ""] = args.operands;
    const image = parseImage(text);
    const tags = tagsOf(args, image);
    const annotations = annotationsOf(args);
    const created = createdOf(args);
    const title = titleOf(args, file);
    const version = versionOf(args);
    const wasm = await readFile(file, io);
    const published = await narratedPush(io, async (onEvent) => {
      const client = await openRegistries(args, io, [image]);
      return await publishModule(repositoryOf(client, image), wasm, {
        title,
        tags,
        version,
        annotations,
        created,
        signal: io.signal,
        onEvent,
      });
    });
    if (args.options["json"] === true) {
      io.out(publishedJson(published, image));
    } else {
      io.err(publishedText(published, image));
      io.out(`${published.manifest.digest}\n`);
    }
    return EXIT_OK;
  },
};

/** The tag of the reference and those of the options; there has to be one. */
function tagsOf(args: Arguments, image: ImageOperand): readonly string[] {
  if (image.digest !== undefined) {
    throw usage(
      publish,
      `Cannot publish to "${image.digest}": the digest follows from the file`,
    );
  }
  const more = listOption(args, "tag");
  const tags = image.tag === undefined ? more : [image.tag, ...more];
  if (tags.length > 0) return tags;
  throw new ForgeError(
    "USAGE",
    `Cannot publish to "${placeOf(image)}": it names no tag`,
    { hint: `Write one, such as ${placeOf(image)}:v1.0.0` },
  );
}

function annotationsOf(args: Arguments): Readonly<Record<string, string>> {
  const annotations = new Map<string, string>();
  for (const text of listOption(args, "annotation")) {
    const at = text.indexOf("=");
    const [key, value] = [text.slice(0, at), text.slice(at + 1)];
    if (at <= 0) {
      throw usage(
        publish,
        `Cannot read the annotation "${text}": it is no K=V`,
      );
    }
    if ((annotations.get(key) ?? value) !== value) {
      throw usage(publish, `Cannot give the annotation "${key}" two values`);
    }
    annotations.set(key, value);
  }
  return Object.fromEntries(annotations);
}

/** The file name for those who pull: they write it into a directory of theirs. */
function titleOf(args: Arguments, file: string): string {
  const title = textOption(args, "title");
  if (title === undefined) return basename(file);
  // deno-lint-ignore no-control-regex -- these are what is refused
  if (/^(?!\.{1,2}$)[^/\\\u0000-\u001f\u007f]+$/.test(title)) return title;
  throw usage(publish, `Cannot use "${title}" of --title: it is no file name`);
}

/** A variable that is not set gives an empty one, which nobody means. */
function versionOf(args: Arguments): string | undefined {
  const version = textOption(args, "version");
  if (version?.trim() !== "") return version;
  throw usage(publish, "Cannot use an empty --version");
}

function createdOf(args: Arguments): Date | undefined {
  const text = textOption(args, "created");
  if (text === undefined) return undefined;
  const created = new Date(text);
  const isTime = /^\d{4}-\d\d-\d\d/.test(text) &&
    !Number.isNaN(created.getTime());
  if (isTime) return created;
  throw usage(publish, `Cannot read the time "${text}" of --created`);
}

async function readFile(
  file: string,
  { platform, signal }: Io,
): Promise<Uint8Array<ArrayBuffer>> {
  const path = resolve(platform.cwd(), file);
  const stat = await platform.files.stat(path);
  if (stat?.kind === "file") return await platform.files.read(path, { signal });
  throw new ForgeError(
    stat === undefined ? "FILE_NOT_FOUND" : "FILE_UNREADABLE",
    stat === undefined
      ? `Cannot find the file "${path}"`
      : `Cannot publish "${path}": it is no file`,
    { hint: "Name the .wasm file that your compiler wrote" },
  );
}

function publishedText(
  { manifest, layer, outcome, tags }: PublishedModule,
  image: ImageOperand,
): string {
  const sent = outcome === "uploaded" ? "uploaded" : "already there";
  const lines = [
    `published ${placeOf(image)}, ${formatSize(layer.size)} ${sent}\n`,
  ];
  for (const { tag, previous } of tags) {
    const before = previous === undefined
      ? ""
      : previous === manifest.digest
      ? ", as before"
      : `, was ${shortDigest(previous)}`;
    lines.push(`  ${tag}${before}\n`);
  }
  lines.push(
    "\nFor forge.ron:\n\n",
    extensionSnippet(image, { digest: manifest.digest, tag: tags[0]?.tag }),
    "\n",
  );
  return lines.join("");
}

function publishedJson(
  { manifest, config, layer, outcome, annotations, tags }: PublishedModule,
  image: ImageOperand,
): string {
  const document = {
    ok: true,
    registry: image.registry,
    image: image.repository,
    tags,
    manifestDigest: manifest.digest,
    configDigest: config.digest,
    layerDigest: layer.digest,
    sha256: layer.digest.slice("sha256:".length),
    sizeBytes: layer.size,
    outcome,
    annotations,
  };
  return JSON.stringify(document, null, 2) + "\n";
}
