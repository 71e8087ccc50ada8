/**
 * What is different between two versions of a module, for people.
 *
 * @module
 */

import {
  changesInterface,
  type ListChange,
  type ModuleChanges,
  type Update,
} from "../project/mod.ts";
import { withoutControls } from "./plain_text.ts";
import { formatSize, shortDigest } from "./table.ts";

/** Lines of one list that are shown. */
const MAX_LINES = 20;

/** One update: where from, where to, and what that changes. */
export function changesText(
  { name, from, tag, digest }: Update,
  changes: ModuleChanges,
): string {
  const was = from.tag === tag ? tag : `${from.tag} -> ${tag}`;
  const used = from.used === undefined
    ? "not used yet"
    : shortDigest(from.used);
  return [
    `${name} ${was}, ${used} -> ${shortDigest(digest)}\n`,
    `  size     ${sizeText(changes)}\n`,
    listText("imports", changes.imports),
    listText("exports", changes.exports),
    changes.schema === undefined
      ? "  schema   not known: it does not start without its data\n"
      : listText("schema", changes.schema),
    changesInterface(changes) || changes.schema === undefined
      ? ""
      : "  the same imports, exports and schema\n",
  ].join("");
}

function sizeText({ sizeBefore, sizeAfter }: ModuleChanges): string {
  if (sizeBefore === undefined) return formatSize(sizeAfter);
  const by = sizeAfter - sizeBefore;
  const change = by === 0
    ? "the same"
    : `${by > 0 ? "+" : "-"}${formatSize(Math.abs(by))}`;
  return `${formatSize(sizeBefore)} -> ${formatSize(sizeAfter)} (${change})`;
}

function listText(title: string, { added, removed }: ListChange): string {
  const lines = [
    ...removed.map((each) => `- ${withoutControls(each)}`),
    ...added.map((each) => `+ ${withoutControls(each)}`),
  ];
  const shown = lines.slice(0, MAX_LINES);
  const rest = lines.length - shown.length;
  if (rest > 0) shown.push(`... and ${rest} more`);
  return shown.map((line, i) =>
    `  ${(i === 0 ? title : "").padEnd(9)}${line}\n`
  ).join("");
}
