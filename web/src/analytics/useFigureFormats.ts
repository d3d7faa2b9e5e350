// Days in UTC, durations and who asked, as the chosen language writes them.
import { useMemo } from "react";
import { analytics as en } from "../language/en/analytics";
import { analytics as id } from "../language/id/analytics";
import { useFormats, useLanguage, useTexts } from "../language/language";
import { useKnownEmails } from "./people";
import type { Bucket, Unit } from "./period";

/** Formats of a language, of figures alone. */
export function figureFormats(language: string) {
  const of = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" });
  const day = of({ dateStyle: "medium" });
  const brief = of({ day: "numeric", month: "short" });
  const month = of({ month: "short", year: "numeric" });
  const seconds = (most: number) =>
    new Intl.NumberFormat(language, { style: "unit", unit: "second", unitDisplay: "short", maximumFractionDigits: most });
  return {
    day: (text: string) => day.format(new Date(text)),
    days: (from: string, to: string) => day.formatRange(new Date(from), new Date(to)),
    bucket: ({ first, last }: Bucket, unit: Unit) => {
      if (unit === "month") return month.format(new Date(first));
      return first === last ? brief.format(new Date(first)) : brief.formatRange(new Date(first), new Date(last));
    },
    /** Milliseconds as seconds, with fractions where they matter. */
    duration: (ms: number) => seconds(ms < 1_000 ? 2 : ms < 10_000 ? 1 : 0).format(ms / 1_000),
  };
}

export function useFigureFormats() {
  const { language } = useLanguage();
  const formats = useFormats();
  const texts = useTexts({ en, id });
  const emails = useKnownEmails();
  return useMemo(
    () => ({
      ...formats,
      ...figureFormats(language),
      asker: (name: string) =>
        emails.get(name) ?? (name.startsWith("person/") ? texts.person(name.slice("person/".length)) : name),
    }),
    [formats, language, texts, emails],
  );
}
