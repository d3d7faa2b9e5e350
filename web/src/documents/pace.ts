// How fast the queue of documents goes, and how long it will take, from what is seen of it.

/** How much of each document that is due was done at a time, from 0 to 1, by id. */
export interface Sight {
  time: number;
  done: ReadonlyMap<string, number>;
}

const WINDOW_MS = 180_000;
const LEAST_MS = 2_000;

/** The share of a document that is done; what is not counted yet counts as nothing. */
export const shareOf = (progress: { parts_done: number; parts: number }): number =>
  progress.parts > 0 ? Math.min(progress.parts_done / progress.parts, 1) : 0;

/** The sights that still tell the pace, with a new one; a queue that was empty begins afresh. */
export function withSight(sights: readonly Sight[], sight: Sight): Sight[] {
  if (sight.done.size === 0) return [];
  return [...sights.filter(({ time }) => sight.time - time <= WINDOW_MS), sight];
}

/**
 * Seconds until the queue is empty at the pace of the last three minutes; null while none is known.
 *
 * A document that is seen no more is done; what came meanwhile is work that is left.
 */
export function secondsLeft(sights: readonly Sight[]): number | null {
  const first = sights[0];
  const last = sights.at(-1);
  if (!first || !last || last.time - first.time < LEAST_MS) return null;
  let work = 0;
  for (let at = 1; at < sights.length; at++)
    for (const [id, before] of sights[at - 1]!.done) work += Math.max(0, (sights[at]!.done.get(id) ?? 1) - before);
  if (work <= 0) return null;
  let left = 0;
  for (const share of last.done.values()) left += 1 - share;
  return (left * (last.time - first.time)) / 1_000 / work;
}

/** Seconds until so many bytes have gone, when so many went in so many seconds; null while unknown. */
export function uploadSecondsLeft(gone: number, seconds: number, left: number): number | null {
  return gone > 0 && seconds >= 1 ? (left * seconds) / gone : null;
}
