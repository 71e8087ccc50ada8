/**
 * Changes to a text as edits that leave every other character alone: comments,
 * commas, spelling of numbers, line ends.
 */
import type { RonDocument } from "./document.ts";
import { RonEditError } from "./edit_error.ts";
import { insertionEdits } from "./insertion.ts";
import { fragmentFor } from "./fragment.ts";
import type { Located, RonPath } from "./path.ts";
import { locate } from "./path.ts";
import { removalEdits } from "./removal.ts";
import type { RonEntriesNode, RonNode, RonSeqNode } from "./tree.ts";

/** Replaces `length` UTF-16 units at `offset` by `text`. */
export interface TextEdit {
  /** Where to replace, in UTF-16 units. */
  readonly offset: number;
  /** How much to replace, in UTF-16 units. */
  readonly length: number;
  /** What to put there. */
  readonly text: string;
}

/** A node that holds others. */
export type RonContainer = RonEntriesNode | RonSeqNode;

/**
 * Applies edits to the text that they were made for.
 *
 * @throws {RangeError} when edits overlap or reach beyond the text.
 *
 * @example
 * ```ts
 * import { applyEdits, parseDocument, setValue } from "@forgepoint/forge/ron";
 *
 * const text = "(port: 80) // kept";
 * applyEdits(text, setValue(parseDocument(text), ["port"], "8080"));
 * // "(port: 8080) // kept"
 * ```
 */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = edits.map((edit, index) => ({ edit, index }))
    .sort((a, b) => a.edit.offset - b.edit.offset || a.index - b.index);
  let out = "";
  let at = 0;
  for (const { edit } of sorted) {
    const end = edit.offset + edit.length;
    if (edit.offset < at || edit.length < 0 || end > text.length) {
      throw new RangeError(
        `Cannot apply the edit at offset ${edit.offset}: it overlaps another or leaves the text`,
      );
    }
    out += text.slice(at, edit.offset) + edit.text;
    at = end;
  }
  return out + text.slice(at);
}

/**
 * Replaces the value at a path, or adds it where its struct or map exists. The
 * new value is RON text; {@linkcode stringifyRon} and `encodeRon` make it.
 *
 * @throws {RonEditError} when there is no such place, or the source is no value.
 *
 * @example
 * ```ts
 * import { applyEdits, parseDocument, setValue } from "@forgepoint/forge/ron";
 *
 * const document = parseDocument("(port: 80, tls: false)");
 * applyEdits(document.text, setValue(document, ["port"], "8080"));
 * ```
 */
export function setValue(
  document: RonDocument,
  path: RonPath,
  source: string,
): TextEdit[] {
  const found = locate(document, path);
  if (found === undefined) return insertValue(document, path, source);
  const { start, end } = found.node;
  const text = fragmentFor(document, path, { source, at: start });
  return [{ offset: start, length: end - start, text }];
}

/**
 * Adds a value: a field or key that is new to its struct or map, or an element
 * before the given index of its list or tuple.
 *
 * @throws {RonEditError} when there is no such place, it is taken, or the
 * source is no value.
 *
 * @example
 * ```ts
 * import {
 *   applyEdits,
 *   insertValue,
 *   parseDocument,
 * } from "@forgepoint/forge/ron";
 *
 * const text = "(port: 80)";
 * applyEdits(text, insertValue(parseDocument(text), ["host"], `"a"`));
 * // '(port: 80, host: "a")'
 * ```
 */
export function insertValue(
  document: RonDocument,
  path: RonPath,
  source: string,
): TextEdit[] {
  const parent = containerOf(document, path);
  const segment = path[path.length - 1]!;
  const taken = parent.kind === "map" || parent.kind === "struct";
  if (taken && locate(document, path) !== undefined) {
    throw new RonEditError("AlreadyThere", path, "it has a value");
  }
  return insertionEdits(document, path, { parent, segment, source });
}

/**
 * Removes an element, field or entry with the comma that belongs to it.
 * Comments stay.
 *
 * @throws {RonEditError} when there is no such place.
 *
 * @example
 * ```ts
 * import {
 *   applyEdits,
 *   parseDocument,
 *   removeValue,
 * } from "@forgepoint/forge/ron";
 *
 * const text = "(port: 80, host: 7)";
 * applyEdits(text, removeValue(parseDocument(text), ["host"])); // "(port: 80)"
 * ```
 */
export function removeValue(document: RonDocument, path: RonPath): TextEdit[] {
  const found = locate(document, path);
  if (found === undefined) throw new RonEditError("NotFound", path);
  const parent = parentOf(document, path, found);
  return removalEdits(document.text, parent, found.entry ?? found.node);
}

function containerOf(document: RonDocument, path: RonPath): RonContainer {
  if (path.length === 0) {
    throw new RonEditError("NotFound", path, "the document has no value");
  }
  const found = locate(document, path.slice(0, -1));
  if (found === undefined) throw new RonEditError("NotFound", path);
  const node = unwrapped(found.node, path[path.length - 1]!);
  if (node === undefined || !node.closed) {
    throw new RonEditError("NotAContainer", path, "nothing can be put into it");
  }
  return node;
}

/** Looks through `Some(...)` and newtypes at what can take the segment. */
function unwrapped(
  node: RonNode,
  segment: number | string,
): RonContainer | undefined {
  let at: RonNode | undefined = node;
  while (at !== undefined && "items" in at) {
    const direct = typeof segment === "number" && at.kind !== "some";
    if (direct || at.items.length !== 1) break;
    at = at.items[0];
  }
  if (at === undefined || !("closed" in at)) return undefined;
  const named = at.kind === "map" || at.kind === "struct";
  const empty = at.kind === "tuple" && at.items.length === 0;
  if (typeof segment === "string") return named || empty ? at : undefined;
  return at.kind === "list" || at.kind === "tuple" ? at : undefined;
}

/** The innermost container around what was found. */
function parentOf(
  document: RonDocument,
  path: RonPath,
  found: Located,
): RonContainer {
  const target = found.entry ?? found.node;
  let at: RonNode | undefined = document.root;
  while (at !== undefined && at !== target) {
    if (!("closed" in at)) break;
    const children:
      readonly (RonNode | { readonly value: RonNode | undefined })[] =
        "items" in at ? at.items : at.entries;
    if (children.some((each) => each === target)) return at;
    const next: RonNode | undefined = childAround(at, target.start);
    at = next;
  }
  throw new RonEditError("NotAContainer", path, "it is not inside anything");
}

function childAround(node: RonContainer, offset: number): RonNode | undefined {
  const children = "items" in node
    ? node.items
    : node.entries.flatMap(({ key, value }) => value ? [key, value] : [key]);
  return children.find((each) => each.start <= offset && offset < each.end);
}
