/** "Did you mean": the known word nearest to an unknown one. */

/** The hint that names the nearest candidate, or lists a few. */
export function suggestion(
  found: string,
  candidates: readonly string[],
): string | undefined {
  const near = nearest(found, candidates);
  if (near !== undefined) return `did you mean \`${near}\`?`;
  if (candidates.length === 0 || candidates.length > 8) return undefined;
  return `known here: ${candidates.map((each) => `\`${each}\``).join(", ")}`;
}

/** The candidate nearest in edits, at most a third of its letters away. */
export function nearest(
  found: string,
  candidates: readonly string[],
): string | undefined {
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const longer = Math.min(Math.max(found.length, candidate.length), 64);
    const limit = Math.floor(longer / 3);
    const distance = editDistance(plain(found), plain(candidate));
    if (distance <= limit && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Case, hyphens and underscores are what people get wrong first. */
function plain(word: string): string {
  return word.slice(0, 64).toLowerCase().replace(/[-_. ]/g, "");
}

/** Insertions, deletions, substitutions and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(
        previous[j]! + 1,
        row[j - 1]! + 1,
        previous[j - 1]! + (same ? 0 : 1),
      );
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] &&
        a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, before[j - 2]! + 1);
      row.push(cost);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length]!;
}
