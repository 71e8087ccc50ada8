/** Whether two decoded values are the same, part by part. */

/** Compares plain data: objects, lists, maps, bytes and scalars. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object") return false;
  if (a === null || b === null) return false;
  if (a instanceof Map) return b instanceof Map && sameList([...a], [...b]);
  if (a instanceof Uint8Array || Array.isArray(a)) {
    return sameList(a, b as ArrayLike<unknown>);
  }
  const left = Object.entries(a);
  const right = b as Readonly<Record<string, unknown>>;
  return left.length === Object.keys(b).length &&
    left.every(([key, value]) => sameValue(value, right[key]));
}

function sameList(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (!sameValue(a[i], b[i])) return false;
  }
  return true;
}
