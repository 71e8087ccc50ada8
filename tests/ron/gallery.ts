/** One real mistake for every code, and the page that shows them all. */
import type {
  RonErrorCode,
  RonWarningCode,
  Schema,
} from "../../src/ron/mod.ts";
import { formatDiagnostic, tryDecodeRon } from "../../src/ron/mod.ts";
import { Config, SHAPES } from "./shapes.ts";

/** A text that earns a diagnostic. */
export interface GalleryText {
  readonly text: string;
  readonly schema: Schema<unknown>;
}

function config(lines: string): GalleryText {
  return { text: lines, schema: Config };
}

function settings(lines: string): GalleryText {
  return config(
    `Config(\n    extensions: (\n        settings: (\n${lines}\n        ),\n    ),\n)`,
  );
}

function oci(lines: string): GalleryText {
  return config(
    `Config(\n    extensions: (\n        oci: [\n${lines}\n        ],\n    ),\n)`,
  );
}

function shape(name: string, text: string): GalleryText {
  return { text, schema: SHAPES[name]! };
}

const GITHUB = 'name: "github", registry: "ghcr.io", image: "acme/github"';

/** An error of each class. */
export const ERRORS: Readonly<Record<RonErrorCode, GalleryText>> = {
  DuplicateStructField: settings(
    "            offline_mode: true,\n            cache_dir: None,\n            offline_mode: false,",
  ),
  Eof: config('Config(\n    extensions: (\n        local: [(name: "dev",\n'),
  ExceededRecursionLimit: shape("any", "[".repeat(65) + "]".repeat(65)),
  ExpectedArray: config(
    '(extensions: (local: (name: "dev", path: "dev.wasm")))',
  ),
  ExpectedAttribute: config("#![enable implicit_some]\nConfig()"),
  ExpectedAttributeEnd: config("#![enable(implicit_some,,)]\nConfig()"),
  ExpectedBoolean: settings("            offline_mode: False,"),
  ExpectedByteLiteral: settings("            verify: b'é',"),
  ExpectedByteString: shape("bytes", "(1, 2)"),
  ExpectedChar: settings("            separator: 'ab',"),
  ExpectedComma: oci(
    '            (\n                name: "github,\n                registry: "ghcr.io",\n            ),',
  ),
  ExpectedDifferentLength: shape("Pair", "Pair(1)"),
  ExpectedDifferentStructName: config("Konfig(extensions: ())"),
  ExpectedFloat: settings("            ratio: 1e+,"),
  ExpectedIdentifier: oci(`            (${GITHUB}, reference: "v1.0.0"),`),
  ExpectedInteger: shape("u16", '"8080"'),
  ExpectedMap: config('(extensions: (auth: ["ghcr.io"]))'),
  ExpectedMapColon: settings("            offline_mode = true,"),
  ExpectedNamedStructLike: config(
    "(extensions: (settings: {offline_mode: true}))",
  ),
  ExpectedOption: config(
    '(extensions: (auth: {\n    "ghcr.io": (username_env: "GHCR_USER"),\n}))',
  ),
  ExpectedOptionEnd: settings('            cache_dir: Some("a", "b"),'),
  ExpectedString: oci("            (name: 'github'),"),
  ExpectedStringEnd: settings('            cache_dir: Some("cache),'),
  ExpectedStructLike: oci(`            (${GITHUB}, reference: Tag "v1"),`),
  ExpectedStructLikeEnd: oci(
    `            (${GITHUB}, reference: Tag("v1", "v2")),`,
  ),
  ExpectedStructName: config(
    "#![enable(explicit_struct_names)]\nConfig(extensions: ())",
  ),
  ExpectedUnit: shape("unit", "None"),
  FloatUnderscore: settings("            ratio: 1._5,"),
  IntegerOutOfBounds: shape("u16", "70000"),
  InvalidEscape: config(
    '(extensions: (local: [(name: "dev", path: "C:\\work\\dev.wasm")]))',
  ),
  InvalidIntegerDigit: settings("            mask: 0b102,"),
  InvalidValueForType: shape("u8", "5i32"),
  MissingStructField: oci(
    '            (name: "github", registry: "ghcr.io", reference: Tag("v1")),',
  ),
  NoSuchEnumVariant: oci(`            (${GITHUB}, reference: tag("v1")),`),
  NoSuchExtension: config("#![enable(implicitsome)]\nConfig()"),
  NoSuchStructField: shape("Strict", "(a: 1, c: 2)"),
  SuggestRawIdentifier: settings("            offline-mode: true,"),
  TrailingCharacters: config("Config())"),
  UnclosedBlockComment: config("Config(\n/* soon: oci\n)"),
  UnderscoreAtBeginning: settings("            mask: 0x_ff,"),
  UnexpectedChar: settings("            names: [1,,2],"),
};

/** A warning of each class. */
export const WARNINGS: Readonly<Record<RonWarningCode, GalleryText>> = {
  ByteOrderMark: config("\ufeffConfig()"),
  DuplicateKey: config(
    '(extensions: (auth: {\n    "ghcr.io": (),\n    "ghcr.io": (token_env: Some("T")),\n}))',
  ),
  LegacyAccepts: config(
    '(extensions: (local: [(name: "caf\\xe9", path: "dev.wasm")]))',
  ),
  LegacyReadsDifferently: config(
    '(extensions: (local: [(name: "caf\\xc3\\xa9", path: "dev.wasm")]))',
  ),
  LegacyRejects: settings("            retries: 3u8,"),
  UnknownField: settings("            ofline_mode: true,"),
};

/** The picture of the diagnostic with this code. */
export function picture(code: string, { text, schema }: GalleryText): string {
  const result = tryDecodeRon(text, schema);
  const found = result.ok ? result.warnings : result.diagnostics;
  const match = found.find((each) => each.code === code);
  if (match === undefined) throw new Error(`Nothing shows ${code}`);
  return formatDiagnostic(match, text, { fileName: "forge.ron" });
}

/** All pictures as Markdown. */
export function gallery(): string {
  const section = (all: Readonly<Record<string, GalleryText>>): string =>
    Object.entries(all).map(([code, each]) =>
      `\`${code}\`\n\n\`\`\`text\n${picture(code, each)}\n\`\`\`\n`
    ).join("\n");
  return `### Errors\n\n${section(ERRORS)}\n### Warnings\n\n${
    section(WARNINGS)
  }`;
}

const START = "<!-- gallery: written by scripts/ron_gallery.ts -->";
const END = "<!-- end of gallery -->";

/** Puts the pictures into the page, between its two markers. */
export function withGallery(page: string): string {
  const start = page.indexOf(START);
  const end = page.indexOf(END);
  if (start === -1 || end === -1) throw new Error("The page has no gallery");
  return `${page.slice(0, start)}${START}\n\n${gallery()}\n${page.slice(end)}`;
}
