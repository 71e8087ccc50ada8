/**
 * What `forge inspect` tells of a module, for people and for programs.
 *
 * @module
 */

import type { ForgeError } from "../errors.ts";
import type { ReadImage } from "../install/mod.ts";
import type { ExaminedModule } from "../runtime/mod.ts";
import type {
  WasmExport,
  WasmFunctionType,
  WasmImport,
  WasmInfo,
  WasmMemory,
} from "../wasm/mod.ts";
import { shortText } from "./plain_text.ts";
import { formatSize, formatTable } from "./table.ts";

/** A module, where it was found and what it is. */
export interface Inspection {
  /** What it was asked for by. */
  readonly source: "file" | "extension" | "image";
  /** Path, name or reference. */
  readonly subject: string;
  /** SHA-256 of the module, 64 hex digits. */
  readonly sha256: string;
  /** What is in it. */
  readonly info: WasmInfo;
  /** What it would be to its host. */
  readonly examined: ExaminedModule;
  /** Digest of the manifest that the reference names, where that is known. */
  readonly manifestDigest?: string | undefined;
  /** Digest of the layer that holds it, likewise. */
  readonly layerDigest?: string | undefined;
  /** The image, where it was fetched. */
  readonly image?: Omit<ReadImage, "bytes"> | undefined;
}

/** Pages are 64 KiB. */
const PAGE_BYTES = 64 * 1024;
/** Characters of a name in a list, and of a value of an annotation. */
const MAX_TEXT = 100;
/** Imports, exports and sections that are listed for people. */
const MAX_LISTED = 200;

/** One JSON document with everything. */
export function inspectionJson(inspection: Inspection): string {
  const { source, subject, sha256, info, examined, image } = inspection;
  const { kind, name, sizeBytes, memory, worlds, producers } = info;
  const { imports, exports, sections, customSections, modules } = info;
  const document = {
    ...{ ok: true, source, subject, kind, world: examined.world },
    worldVersion: examined.version,
    ...{ name, sizeBytes, sha256, memory, worlds, producers },
    runs: examined.problem === undefined,
    problem: examined.problem && problemOf(examined.problem),
    ...{ imports, exports, sections, customSections },
    modules: modules.map(({ offset, info }) => ({ offset, ...info })),
    manifestDigest: inspection.manifestDigest,
    layerDigest: inspection.layerDigest,
    annotations: image?.manifest.annotations,
    manifest: image?.manifest,
  };
  return JSON.stringify(document, null, 2) + "\n";
}

/** The same in lines. */
export function inspectionText(inspection: Inspection): string {
  const { info, image } = inspection;
  return [
    facts([
      ...headOf(inspection),
      ...info.producers.map(({ field, name, version }): Fact => [
        field,
        `${name} ${version}`,
      ]),
    ]),
    list("Imports", importsOf(info)),
    list("Exports", exportsOf(info.exports)),
    list(
      "Custom sections",
      info.customSections.map(({ name, size }) => [
        shortText(name, MAX_TEXT),
        formatSize(size),
      ]),
    ),
    ...info.modules.map((nested, i) =>
      list(`Module ${i + 1} inside, ${formatSize(nested.info.sizeBytes)}`, [
        ...importsOf(nested.info).map((row) => ["imports", ...row]),
        ...exportsOf(nested.info.exports).map((row) => ["exports", ...row]),
      ])
    ),
    image === undefined ? "" : list(
      "Annotations",
      Object.entries(image.manifest.annotations).map((pair) =>
        pair.map((text) => shortText(text, MAX_TEXT))
      ),
    ),
  ].join("");
}

type Fact = readonly [name: string, value: string | undefined];

function headOf(inspection: Inspection): readonly Fact[] {
  const { source, subject, info, examined, image } = inspection;
  return [
    [source, subject],
    ["kind", info.kind === "core" ? "core module" : "component"],
    ["name", info.name],
    ["world", worldText(examined)],
    ["bindings", info.worlds.join(", ") || undefined],
    ["memory", info.memory && memoryText(info.memory)],
    ["size", `${formatSize(info.sizeBytes)} (${info.sizeBytes} bytes)`],
    ["sha256", inspection.sha256],
    ["image", image && image.digest],
    ["manifest", inspection.manifestDigest],
    ["layer", inspection.layerDigest],
    ["artifact", image && artifactText(image)],
    ["runs", runsText(examined.problem)],
    ["hint", examined.problem?.hint],
  ];
}

function worldText({ world, version }: ExaminedModule): string | undefined {
  if (world !== "forge:extension") return world;
  return `${world}@${version}`;
}

function memoryText({ min, max, imported, shared }: WasmMemory): string {
  const size = (pages: number) => formatSize(pages * PAGE_BYTES);
  return [
    size(min),
    max === undefined ? "no maximum" : `at most ${size(max)}`,
    ...(imported ? ["imported"] : []),
    ...(shared ? ["shared"] : []),
  ].join(", ");
}

function artifactText(image: Omit<ReadImage, "bytes">): string {
  const { artifactType, config, mediaType } = image.manifest;
  return artifactType ?? config.mediaType ?? mediaType;
}

function runsText(problem: ForgeError | undefined): string {
  return problem === undefined ? "yes" : `no: ${problem.message}`;
}

function problemOf({ code, message, hint }: ForgeError) {
  return { code, message, hint };
}

function importsOf({ imports }: WasmInfo): readonly (readonly string[])[] {
  return imports.map((each: WasmImport) => [
    shortText([each.module, each.name].filter(Boolean).join(" "), MAX_TEXT),
    typeText(each),
  ]);
}

function exportsOf(
  exports: readonly WasmExport[],
): readonly (readonly string[])[] {
  return exports.map((each) => [
    shortText(each.name, MAX_TEXT),
    typeText(each),
  ]);
}

function typeText(
  { kind, type }: {
    readonly kind: string;
    readonly type?: WasmFunctionType | undefined;
  },
): string {
  if (type === undefined) return kind;
  return `(${type.params.join(", ")}) -> (${type.results.join(", ")})`;
}

/** What is known, one fact in a line. */
function facts(all: readonly Fact[]): string {
  const rows = all.flatMap(([name, value]) =>
    value === undefined ? [] : [[
      shortText(name, MAX_TEXT),
      shortText(value, 1000),
    ]]
  );
  return formatTable(rows);
}

function list(
  title: string,
  rows: readonly (readonly string[])[],
): string {
  if (rows.length === 0) return "";
  const listed = formatTable(rows.slice(0, MAX_LISTED));
  const more = rows.length > MAX_LISTED
    ? `  and ${rows.length - MAX_LISTED} more, see --json\n`
    : "";
  return `\n${title}:\n${listed.replace(/^(?=.)/gm, "  ")}${more}`;
}
