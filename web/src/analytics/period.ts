// The days that figures are of, in UTC as the API counts them, and their bars: days, weeks or months.
import type { Counts, Day } from "./figures";

export type Period = { from: string; to: string };

export const LENGTHS = [7, 30, 90, 365] as const;
export const USUAL_LENGTH = 30;
// As many days as the API tells at once.
const MOST_DAYS = 400;
const FIRST_DAY = "2020-01-01";
const DAY_MS = 86_400_000;
const MOST_BARS_OF_DAYS = 45;
const MOST_DAYS_IN_WEEKS = 200;

/** The day of a time, in UTC. */
export const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** The last so many days, today among them. */
export function lastDays(count: number, now: number): Period {
  return { from: dayOf(now - (count - 1) * DAY_MS), to: dayOf(now) };
}

/** How many days a period has, both ends counted. */
export function lengthOf({ from, to }: Period): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;
}

/** What is wrong with a period that somebody chose; null if the API takes it. */
export function faultOf(period: Period, now: number): "missing" | "early" | "late" | "order" | "long" | null {
  if (!isDay(period.from) || !isDay(period.to)) return "missing";
  if (period.from < FIRST_DAY) return "early";
  if (period.to > dayOf(now)) return "late";
  if (period.from > period.to) return "order";
  return lengthOf(period) > MOST_DAYS ? "long" : null;
}

/** The period that an address names, else the usual one. */
export function periodIn(query: URLSearchParams, now: number): Period {
  const named = { from: query.get("from") ?? "", to: query.get("to") ?? "" };
  return faultOf(named, now) === null ? named : lastDays(USUAL_LENGTH, now);
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && dayOf(Date.parse(text)) === text;
}

export type Unit = "day" | "week" | "month";
export interface Bucket extends Pick<Counts, "questions" | "answered" | "refused" | "failed"> {
  first: string;
  last: string;
}

/** Days as long as their bars can be told apart, then weeks from Monday on, then months. */
export function unitOf(period: Period): Unit {
  const length = lengthOf(period);
  if (length <= MOST_BARS_OF_DAYS) return "day";
  return length <= MOST_DAYS_IN_WEEKS ? "week" : "month";
}

/** A bar for each unit of the period, also where nothing was asked; what is outside it is left out. */
export function bucketsOf(days: readonly Day[], period: Period): Bucket[] {
  const unit = unitOf(period);
  const byDay = new Map(days.map((day) => [day.day, day]));
  const buckets = new Map<string, Bucket>();
  for (let time = Date.parse(period.from); dayOf(time) <= period.to; time += DAY_MS) {
    const day = dayOf(time);
    const name = nameOf(time, unit);
    const bucket = buckets.get(name) ?? { first: day, last: day, questions: 0, answered: 0, refused: 0, failed: 0 };
    const found = byDay.get(day);
    bucket.last = day;
    bucket.questions += found?.questions ?? 0;
    bucket.answered += found?.answered ?? 0;
    bucket.refused += found?.refused ?? 0;
    bucket.failed += found?.failed ?? 0;
    buckets.set(name, bucket);
  }
  return [...buckets.values()];
}

function nameOf(time: number, unit: Unit): string {
  if (unit === "day") return dayOf(time);
  if (unit === "month") return dayOf(time).slice(0, 7);
  const sinceMonday = (new Date(time).getUTCDay() + 6) % 7;
  return dayOf(time - sinceMonday * DAY_MS);
}
