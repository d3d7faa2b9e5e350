// Shares and scales of figures.

/** A part of a whole, from 0 to 1; 0 of nothing. */
export function shareOf(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0;
}

/** The end of an axis for counts up to a most: 1, 2 or 5 times a power of ten, and never below 1. */
export function axisEnd(most: number): number {
  if (!(most > 1)) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((step) => step * power).find((end) => end >= most) ?? most;
}

/** Names with their counts, the greatest first, those of nothing left out. */
export function ordered(counts: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([a, of_a], [b, of_b]) => of_b - of_a || (a < b ? -1 : 1));
}
