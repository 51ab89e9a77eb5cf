/** The candidates most like `wanted` (edit distance with transpositions), best first; for "did you mean". */
export function nearest(
  wanted: string,
  candidates: Iterable<string>,
  {
    limit = 3,
    maxDistance = Math.max(1, Math.floor(wanted.length / 3)),
  }: { readonly limit?: number; readonly maxDistance?: number } = {},
): string[] {
  const scored: { readonly candidate: string; readonly score: number }[] = [];
  const lower = wanted.toLowerCase();
  for (const candidate of new Set(candidates)) {
    if (Math.abs(candidate.length - wanted.length) > maxDistance) continue;
    const score = distance(lower, candidate.toLowerCase());
    if (score <= maxDistance) scored.push({ candidate, score });
  }
  scored.sort((a, b) => a.score - b.score || (a.candidate < b.candidate ? -1 : 1));
  return scored.slice(0, limit).map((entry) => entry.candidate);
}

/** Damerau-Levenshtein distance, restricted (adjacent transpositions count one). */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
