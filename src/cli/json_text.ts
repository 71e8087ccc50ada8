/**
 * JSON as it was written: what is read and written again has other numbers
 * (`9007199254740993`, `1.0`, `1e400`).
 *
 * @module
 */

/**
 * Finds the properties of an object, each value as it is written.
 *
 * @param text An object; that it is JSON was checked.
 */
export function propertyTexts(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let depth = 0;
  let name: string | undefined;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '"') {
      const end = endOfString(text, i);
      if (depth === 1) name ??= JSON.parse(text.slice(i, end)) as string;
      i = end - 1;
    } else if (char === ":" && depth === 1) start = i + 1;
    else if (char === "{" || char === "[") depth++;
    else if (char === "," || char === "}" || char === "]") {
      if (depth === 1 && name !== undefined) {
        found.set(name, text.slice(start, i).trim());
        name = undefined;
      }
      if (char !== ",") depth--;
    }
  }
  return found;
}

function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (text[i] !== '"') i += text[i] === "\\" ? 2 : 1;
  return i + 1;
}

/** Writes a document whose last property is a value that is JSON already. */
export function documentWith(
  properties: Readonly<Record<string, unknown>>,
  name: string,
  json: string,
): string {
  const document = JSON.stringify(properties, null, 2).replace(/\n\}$/, "");
  return `${document},\n  ${JSON.stringify(name)}: ${json.trim()}\n}\n`;
}
