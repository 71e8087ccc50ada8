/** From a path of a decoded value to the place where it was written. */
import type { RonDocument } from "./document.ts";
import { positionAt } from "./position.ts";
import { Cursor } from "./cursor.ts";
import { readUntyped } from "./untyped.ts";
import { Failure } from "./codes.ts";
import type { RonEntry, RonNode } from "./tree.ts";

/** Field names, map keys and indexes, from the root down. */
export type RonPath = readonly (number | string)[];

/** A part of a text. */
export interface RonSpan {
  /** In UTF-16 units from the start of the text. */
  readonly offset: number;
  /** In UTF-16 units. */
  readonly length: number;
  /** From 1. */
  readonly line: number;
  /** In code points, from 1. */
  readonly column: number;
}

/** A value in the tree, and the entry that holds it if one does. */
export interface Located {
  readonly node: RonNode;
  readonly entry: RonEntry | undefined;
}

/** What of a value to point at. */
export interface SpanOfOptions {
  /** The value, its key, or both with the colon. Default: "value". */
  readonly of?: "entry" | "key" | "value";
  /** Fall back to the closest value around it. Default: false. */
  readonly nearest?: boolean;
}

/**
 * Where a value stands in the text, or undefined when the text does not hold
 * it (a default, for example). `Some(...)` and newtypes are looked through.
 *
 * @example
 * ```ts
 * import { parseDocument, spanOf } from "@forgepoint/forge/ron";
 *
 * const document = parseDocument('(oci: [(name: "a b")])');
 * spanOf(document, ["oci", 0, "name"])?.column; // 15
 * ```
 */
export function spanOf(
  document: RonDocument,
  path: RonPath,
  options: SpanOfOptions = {},
): RonSpan | undefined {
  const found = locate(document, path, options.nearest ?? false);
  if (found === undefined) return undefined;
  const { entry, node } = found;
  const part = options.of === "key"
    ? entry?.key ?? node
    : options.of === "entry"
    ? entry ?? node
    : node;
  return {
    offset: part.start,
    length: part.end - part.start,
    ...positionAt(document.text, part.start),
  };
}

/** Finds the node of a path. */
export function locate(
  document: RonDocument,
  path: RonPath,
  nearest = false,
): Located | undefined {
  if (document.root === undefined) return undefined;
  let at: Located = { node: document.root, entry: undefined };
  for (const segment of path) {
    const next = step(document.text, at, segment);
    if (next === undefined) return nearest ? at : undefined;
    at = next;
  }
  return at;
}

function step(
  text: string,
  from: Located,
  segment: number | string,
): Located | undefined {
  const { node } = from;
  switch (node.kind) {
    case "map":
    case "struct": {
      const entry = node.entries.findLast((each) =>
        keyMatches(text, each.key, segment)
      );
      if (entry?.value !== undefined) return { node: entry.value, entry };
      return segment === "value" ? from : undefined;
    }
    case "list":
    case "tuple":
    case "some":
      return stepInto(text, from, segment);
    default:
      return segment === "value" ? from : undefined;
  }
}

function stepInto(
  text: string,
  from: Located,
  segment: number | string,
): Located | undefined {
  const node = from.node as Extract<RonNode, { items: readonly RonNode[] }>;
  const [only] = node.items;
  const wraps = node.kind !== "list" && node.items.length === 1;
  if (typeof segment === "number" && node.kind !== "some") {
    const item = node.items[segment];
    if (item !== undefined) return { node: item, entry: undefined };
  }
  if (!wraps || only === undefined) {
    return segment === "value" && node.kind !== "list" ? from : undefined;
  }
  const inner: Located = { node: only, entry: undefined };
  return segment === "value" ? inner : step(text, inner, segment);
}

function keyMatches(
  text: string,
  key: RonNode,
  segment: number | string,
): boolean {
  const source = text.slice(key.start, key.end);
  if (source === segment) return key.kind === "name";
  if (key.kind === "name") return source === `r#${segment}`;
  const value = readKey(text, key);
  return value === segment || String(value) === segment;
}

/** The value of a scalar key. */
function readKey(text: string, key: RonNode): unknown {
  if (key.kind === "map" || key.kind === "struct") return undefined;
  const slice = text.slice(key.start, key.end);
  const cursor = new Cursor(slice, {
    start: 0,
    dialect: "newest",
    recover: false,
  });
  try {
    const value = readUntyped(cursor);
    return "value" in value ? value.value : undefined;
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
