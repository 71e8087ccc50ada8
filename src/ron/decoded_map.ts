/** A map under construction whose keys may be anything. */

/** Collects entries; the last of equal keys wins, by value and not identity. */
export class DecodedMap {
  readonly map: Map<unknown, unknown> = new Map();
  private readonly compound: Map<string, unknown> = new Map();

  /** Adds an entry or replaces the value of an equal key; whether it was new. */
  set(key: unknown, value: unknown): boolean {
    const known = this.knownKey(key);
    const before = this.map.size;
    this.map.set(known, value);
    return this.map.size > before;
  }

  private knownKey(key: unknown): unknown {
    if (typeof key !== "object" || key === null) return key;
    const text = keyText(key);
    const known = this.compound.get(text) ?? key;
    this.compound.set(text, known);
    return known;
  }
}

function keyText(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) {
    return `${typeof value} ${String(value)}`;
  }
  if (value instanceof Map) return `m${keyText([...value])}`;
  if (Array.isArray(value) || value instanceof Uint8Array) {
    return `[${Array.from(value, keyText).join()}]`;
  }
  const entries = Object.entries(value).map(([k, v]) => `${k}:${keyText(v)}`);
  return `{${entries.join()}}`;
}
