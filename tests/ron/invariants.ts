/** What must hold of every text, however broken. */
import {
  applyEdits,
  documentText,
  formatDiagnostic,
  formatRon,
  insertValue,
  parseDocument,
  parseRon,
  removeValue,
  type RonDocument,
  type RonEntry,
  type RonNode,
  type RonPart,
  type RonPath,
  RonSyntaxError,
  type RonValue,
  setValue,
  spanOf,
  stringifyRon,
  tryDecodeRon,
} from "../../src/ron/mod.ts";
import type { Random } from "./random.ts";
import { Config } from "./shapes.ts";

/** An invariant that a text breaks. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

function hold(condition: boolean, what: string): asserts condition {
  if (!condition) throw new InvariantError(what);
}

/** Checks everything; returns whether the text is RON. */
export function checkInvariants(text: string, random: Random): boolean {
  const document = parseDocument(text);
  hold(documentText(document) === text, "the tree is not the text");
  checkSpans(document.parts, 0, text.length);
  checkDiagnostics(document);
  checkTyped(text);
  const value = parsed(text);
  const errors = document.diagnostics.filter((d) => d.severity === "error");
  hold((value !== undefined) === (errors.length === 0), "parse and document");
  if (value === undefined) return false;
  checkTree(document, value);
  checkWriting(value);
  checkFormat(text, value);
  checkEdits(document, random);
  return true;
}

function parsed(text: string): RonValue | undefined {
  try {
    return parseRon(text);
  } catch (error) {
    if (error instanceof RonSyntaxError) return undefined;
    throw error;
  }
}

/** Parts are in order, touch each other, and fill their node. */
function checkSpans(
  parts: readonly RonPart[],
  start: number,
  end: number,
): void {
  let at = start;
  for (const part of parts) {
    hold(part.start === at && part.end > part.start, "parts do not touch");
    if ("parts" in part) checkSpans(part.parts, part.start, part.end);
    at = part.end;
  }
  hold(at === end, "parts do not fill their node");
}

function checkDiagnostics(document: RonDocument): void {
  for (const diagnostic of document.diagnostics) {
    const { offset, length, line, column, span } = diagnostic;
    hold(offset >= 0 && length >= 0, "negative place");
    hold(offset + length <= document.text.length, "place beyond the text");
    hold(line >= 1 && column >= 1, "line or column before the text");
    hold(span.start <= span.end, "span is reversed");
    formatDiagnostic(diagnostic, document.text, { color: true });
  }
}

function checkTyped(text: string): void {
  const result = tryDecodeRon(text, Config);
  const found = result.ok ? result.warnings : result.diagnostics;
  for (const each of found) formatDiagnostic(each, text);
  hold(result.ok || found.length > 0, "refused without a reason");
}

function checkTree(document: RonDocument, value: RonValue): void {
  hold(document.root !== undefined, "a value without a root");
  hold(countErrors(document.parts) === 0, "error nodes in a good text");
  const unwraps = document.extensions.includes("unwrap_variant_newtypes");
  if (!unwraps) checkShape(document.text, document.root, value);
}

function countErrors(parts: readonly RonPart[]): number {
  let count = 0;
  for (const part of parts) {
    if (part.kind === "error" || part.kind === "unknown") count++;
    if ("parts" in part) count += countErrors(part.parts);
  }
  return count;
}

/** The tree and the value have the same shape. */
function checkShape(text: string, node: RonNode, value: RonValue): void {
  switch (node.kind) {
    case "list":
    case "tuple": {
      if (value.type === "unit") {
        hold(text.slice(node.start, node.end) === "()", "unit from a tuple");
        return;
      }
      hold(value.type === "seq", `${node.kind} reads as ${value.type}`);
      hold(value.items.length === node.items.length, "items are missing");
      node.items.forEach((item, i) => checkShape(text, item, value.items[i]!));
      return;
    }
    case "some":
      hold(value.type === "option", "Some reads as something else");
      return checkShape(text, node.items[0]!, value.value!);
    case "struct":
    case "map":
      hold(value.type === "map", `${node.kind} reads as ${value.type}`);
      hold(value.entries.length <= node.entries.length, "entries are missing");
      return;
    case "name":
      return hold(value.type === "unit", "a name reads as something else");
    case "none":
      return hold(value.type === "option", "None reads as something else");
    case "number":
      return hold(
        value.type === "number" || value.type === "map" ||
          value.type === "unit",
        "a number reads as something else",
      );
    default:
      return hold(value.type === node.kind, `${node.kind} is ${value.type}`);
  }
}

function checkWriting(value: RonValue): void {
  for (const options of [{}, { indent: 0 }, { lineWidth: 1 }]) {
    const written = stringifyRon(value, options);
    hold(sameValue(parseRon(written), value), `stringify: ${written}`);
  }
}

function comments(parts: readonly RonPart[], text: string): string[] {
  return parts.flatMap((part) => {
    if ("parts" in part) return comments(part.parts, text);
    const comment = part.kind === "lineComment" || part.kind === "blockComment";
    if (!comment) return [];
    const words = text.slice(part.start, part.end).replace(/\r\n/g, "\n");
    return [part.kind === "lineComment" ? words.trimEnd() : words];
  });
}

function checkFormat(text: string, value: RonValue): void {
  const formatted = formatRon(text);
  hold(formatRon(formatted) === formatted, "formatting is not idempotent");
  const windows = text.includes("\r");
  hold(
    windows || sameValue(parseRon(formatted), value),
    "format changed value",
  );
  const before = comments(parseDocument(text).parts, text);
  const after = comments(parseDocument(formatted).parts, formatted);
  hold(before.join("\0") === after.join("\0"), "format changed comments");
}

/** Every path of a tree that has one value only. */
function paths(document: RonDocument): RonPath[] {
  const out: RonPath[] = [];
  const visit = (node: RonNode, path: RonPath): void => {
    if ("items" in node && node.kind !== "some") {
      node.items.forEach((item, i) => visit(item, [...path, i]));
    }
    if ("entries" in node) {
      for (const entry of node.entries) visitEntry(entry, path);
    }
    if (path.length > 0) out.push(path);
  };
  const visitEntry = ({ key, value }: RonEntry, path: RonPath): void => {
    if (key.kind !== "name" || value === undefined) return;
    visit(value, [...path, document.text.slice(key.start, key.end)]);
  };
  visit(document.root!, []);
  return out;
}

function checkEdits(document: RonDocument, random: Random): void {
  const all = paths(document).filter((path) => {
    const span = spanOf(document, path);
    return span !== undefined && !path.some((each) => /#/.test(String(each)));
  });
  if (all.length === 0) return;
  const path = random.pick(all);
  const { text } = document;
  const edited = applyEdits(text, setValue(document, path, '"new"'));
  const place = spanOf(document, path)!;
  hold(
    edited === text.slice(0, place.offset) + '"new"' +
        text.slice(place.offset + place.length),
    "set changed more than its span",
  );
  checkStillGood(edited, "set");
  checkStillGood(applyEdits(text, removeValue(document, path)), "remove");
  const added = applyEdits(text, removeOrInsert(document, path));
  checkStillGood(added, "insert");
}

function removeOrInsert(document: RonDocument, path: RonPath) {
  const last = path[path.length - 1];
  return typeof last === "number"
    ? insertValue(document, path, "[1,\n 2]")
    : insertValue(document, [...path.slice(0, -1), "brand_new"], "[1,\n 2]");
}

/** An edited text is still RON, and keeps all comments outside the edit. */
function checkStillGood(text: string, what: string): void {
  const [error] = parseDocument(text).diagnostics.filter((d) =>
    d.severity === "error"
  );
  const fine = error === undefined || error.code === "ExceededRecursionLimit";
  hold(fine, `${what} broke the text: ${error?.message}: ${text}`);
}

/** Equal parts, NaN included; maps in any order. */
export function sameValue(a: RonValue, b: RonValue): boolean {
  return stringifyRon(sorted(a), { indent: 0 }) ===
    stringifyRon(sorted(b), { indent: 0 });
}

function sorted(value: RonValue): RonValue {
  if (value.type === "seq") {
    return { type: "seq", items: value.items.map(sorted) };
  }
  if (value.type === "option" && value.value !== undefined) {
    return { type: "option", value: sorted(value.value) };
  }
  if (value.type !== "map") return value;
  const keyed = value.entries.map(([key, each]) =>
    [stringifyRon(sorted(key), { indent: 0 }), key, sorted(each)] as const
  );
  keyed.sort((x, y) => x[0] < y[0] ? -1 : 1);
  return { type: "map", entries: keyed.map(([, key, each]) => [key, each]) };
}
