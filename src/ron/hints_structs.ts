/** Hints about structs, variants and their names. */
import type { HintContext } from "./hint_context.ts";
import { quotedValue } from "./hint_context.ts";
import type { HintTable } from "./hints.ts";
import { nearest, suggestion } from "./suggest.ts";

function identifierHint(context: HintContext): string | undefined {
  const { kind, word, detail } = context;
  if (detail.slot === "enum") return variantHint(context);
  if (kind === "string") {
    const name = /^"([A-Za-z_]\w*)"$/.exec(word)?.[1];
    return name === undefined
      ? "field names are written without quotes"
      : `write the field name without quotes: ${name}`;
  }
  if (word === "#") return "comments start with `//`";
  if (word === ",") return "remove the extra comma";
  if (word === "]" || word === "}") return "this closes what was never opened";
  if (kind === "punctuation" || kind === "bytes") {
    return "a field is written as `name: value`";
  }
  return undefined;
}

/** `use Tag(...) or Digest(...)`, with the value put in when it fits. */
function variantHint(context: HintContext): string | undefined {
  const forms = context.detail.candidates ?? [];
  if (forms.length === 0 || forms.length > 6) return undefined;
  const value = context.kind === "string" ? quotedValue(context) : undefined;
  const filled = forms.map((form) =>
    value === undefined ? form : form.replace("...", () => value)
  );
  const last = filled[filled.length - 1]!;
  return filled.length === 1
    ? `use ${last}`
    : `use ${filled.slice(0, -1).join(", ")} or ${last}`;
}

function rawHint(context: HintContext): string | undefined {
  const { detail } = context;
  if (detail.slot === "enum") return variantHint(context);
  const { found = "", candidates = [] } = detail;
  if (/^[-+.\d]/.test(found)) return "a field is written as `name: value`";
  const near = nearest(found, candidates);
  return near === undefined ? undefined : `did you mean \`${near}\`?`;
}

function openingHint({ detail, word }: HintContext): string | undefined {
  const [name] = detail.candidates ?? [];
  if (name === undefined) return undefined;
  if (word === "{") {
    return `structs are written with parentheses: ${name}(field: value)`;
  }
  return `write ${name}(...)`;
}

function structNameHint({ detail }: HintContext): string | undefined {
  const { found = "", candidates = [] } = detail;
  if (found === "Some") return "remove Some(...): this value is always there";
  if (nearest(found, candidates) === undefined) {
    return "change the name, or leave it out";
  }
  return suggestion(found, candidates);
}

function missingHint({ detail }: HintContext): string {
  const { found = "", candidates = [] } = detail;
  const meant = nearest(found, candidates);
  if (meant !== undefined) {
    return `\`${meant}\` is no field: write \`${found}\``;
  }
  return `add \`${detail.found}: ...\` before the closing \`)\``;
}

function contentHint(context: HintContext): string {
  const { text, focus } = context;
  const name = /([A-Za-z_]\w*)\s*$/.exec(
    text.slice(Math.max(0, focus.start - 80), focus.start),
  )?.[1];
  const value = quotedValue(context);
  if (name === undefined) return "put the value in parentheses";
  if (value === undefined) return `write ${name}(...)`;
  return context.word === "{"
    ? `write parentheses instead of braces after ${name}`
    : `put the value in parentheses: ${name}(${value})`;
}

function found({ detail }: HintContext): string | undefined {
  const near = nearest(detail.found ?? "", detail.candidates ?? []);
  return near === undefined ? undefined : `did you mean \`${near}\`?`;
}

/** Hints by code. */
export const STRUCT_HINTS: HintTable = {
  ExpectedIdentifier: identifierHint,
  SuggestRawIdentifier: rawHint,
  ExpectedNamedStructLike: openingHint,
  ExpectedDifferentStructName: structNameHint,
  ExpectedStructName: openingHint,
  ExpectedStructLike: contentHint,
  MissingStructField: missingHint,
  DuplicateStructField: () => "remove one of the two",
  NoSuchEnumVariant: found,
  NoSuchStructField: found,
  NoSuchExtension: ({ detail }) =>
    suggestion(detail.found ?? "", detail.candidates ?? []),
  ExceededRecursionLimit: () =>
    "lists, maps, tuples and structs may nest 64 deep, Some(...) 128",
};
