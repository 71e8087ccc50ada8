/** Where a new element goes, and what comes with it: commas, lines, margins. */
import type { RonDocument } from "./document.ts";
import { RonEditError } from "./edit_error.ts";
import type { RonContainer, TextEdit } from "./edit.ts";
import { fragmentFor, lineEndOf, marginAt } from "./fragment.ts";
import { identifierText, stringLiteral } from "./literals.ts";
import type { RonEntry, RonNode, RonPart } from "./tree.ts";

/** One level, where the text shows none. */
const DEFAULT_INDENT = "    ";

/** What to insert. */
export interface Insertion {
  readonly parent: RonContainer;
  readonly segment: number | string;
  readonly source: string;
}

interface Site {
  readonly text: string;
  readonly parent: RonContainer;
  readonly children: readonly (RonEntry | RonNode)[];
  /** Whether elements stand on lines of their own. */
  readonly lines: boolean;
  readonly margin: string;
  readonly eol: string;
}

/** The edits that put a new element or entry into a container. */
export function insertionEdits(
  document: RonDocument,
  path: readonly (number | string)[],
  insertion: Insertion,
): TextEdit[] {
  const { parent, segment, source } = insertion;
  const site = siteOf(document.text, parent);
  const value = fragmentFor(document, path, { source, margin: site.margin });
  const content = keyPrefix(parent, segment) + value;
  const count = site.children.length;
  if (typeof segment !== "number") return append(site, content);
  if (!Number.isInteger(segment) || segment < 0 || segment > count) {
    throw new RonEditError("NotFound", path, `the index is not 0 to ${count}`);
  }
  return segment === count
    ? append(site, content)
    : insertBefore(site, content, segment);
}

function keyPrefix(parent: RonContainer, segment: number | string): string {
  if (typeof segment === "number") return "";
  return parent.kind === "map"
    ? `${stringLiteral(segment)}: `
    : `${identifierText(segment)}: `;
}

function siteOf(text: string, parent: RonContainer): Site {
  const children = "items" in parent ? parent.items : parent.entries;
  const close = parent.parts[parent.parts.length - 1]!;
  const open = openIndex(parent);
  const from = parent.parts[open]!.end;
  const first = children[0];
  const lines = text.slice(from, (first ?? close).start).includes("\n");
  const margin = !lines
    ? marginAt(text, parent.start)
    : first !== undefined
    ? marginAt(text, first.start)
    : marginAt(text, close.start) + unitOf(text);
  return { text, parent, children, lines, margin, eol: lineEndOf(text) };
}

/** The first margin of the text is its unit. */
function unitOf(text: string): string {
  return /\n([ \t]+)\S/.exec(text)?.[1] ?? DEFAULT_INDENT;
}

/** The index of the opening bracket among the parts. */
function openIndex(parent: RonContainer): number {
  const from = parent.name?.end ?? parent.start;
  return parent.parts.findIndex((part) =>
    part.kind === "punctuation" && part.start >= from
  );
}

/** The comma behind a part, if there is one. */
function commaAfter(site: Site, child: RonPart): RonPart | undefined {
  const { parts } = site.parent;
  for (let i = parts.indexOf(child) + 1; i < parts.length; i++) {
    const part = parts[i]!;
    if (part.kind !== "punctuation") continue;
    return site.text[part.start] === "," ? part : undefined;
  }
  return undefined;
}

/** Behind a part and the comments that follow it on its line. */
function lineEndAfter(site: Site, part: RonPart): number {
  const { parts } = site.parent;
  let end = part.end;
  for (let i = parts.indexOf(part) + 1; i < parts.length; i++) {
    const next = parts[i]!;
    const text = site.text.slice(next.start, next.end);
    if (next.kind === "lineComment") return next.end;
    if (next.kind === "blockComment" && !text.includes("\n")) end = next.end;
    else if (next.kind !== "whitespace" || text.includes("\n")) break;
  }
  return site.text[end - 1] === "\r" ? end - 1 : end;
}

function insertText(offset: number, text: string): TextEdit {
  return { offset, length: 0, text };
}

function append(site: Site, content: string): TextEdit[] {
  const last = site.children[site.children.length - 1];
  if (last === undefined) return fill(site, content);
  const comma = commaAfter(site, last);
  const line = site.eol + site.margin + content;
  if (comma === undefined) {
    if (!site.lines) return [insertText(last.end, `, ${content}`)];
    const end = lineEndAfter(site, last);
    return end === last.end
      ? [insertText(end, "," + line)]
      : [insertText(last.end, ","), insertText(end, line)];
  }
  if (!site.lines) return [insertText(comma.end, ` ${content},`)];
  return [insertText(lineEndAfter(site, comma), line + ",")];
}

/** Puts the first element between brackets. */
function fill(site: Site, content: string): TextEdit[] {
  const { parent } = site;
  const close = parent.parts[parent.parts.length - 1]!;
  if (!site.lines) return [insertText(close.start, content)];
  const comments = parent.parts.filter((part) =>
    part.kind === "lineComment" || part.kind === "blockComment"
  );
  const after = comments[comments.length - 1] ??
    parent.parts[openIndex(parent)]!;
  const end = lineEndAfter(site, after);
  return [insertText(end, site.eol + site.margin + content + ",")];
}

function insertBefore(site: Site, content: string, index: number): TextEdit[] {
  const next = site.children[index]!;
  if (!site.lines) return [insertText(next.start, `${content}, `)];
  const before = site.children[index - 1];
  const anchor = before === undefined
    ? site.parent.parts[openIndex(site.parent)]!
    : commaAfter(site, before) ?? before;
  const end = lineEndAfter(site, anchor);
  return [insertText(end, site.eol + site.margin + content + ",")];
}
