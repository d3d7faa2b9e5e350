// The language that the reader chose, and the texts of a room in it.
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { keep, keptAs } from "../appearance/colours";
import type { InEach, Like } from "./texts";

export const LANGUAGES = { en: "English", id: "Bahasa Indonesia" } as const;
export type Language = keyof typeof LANGUAGES;
const KEPT = "nexus-language";

interface Chosen {
  language: Language;
  choose: (language: Language) => void;
}
const Context = createContext<Chosen>({ language: "en", choose: () => undefined });

/** The kept language, else the first of the browser's that the page has; English where none is. */
export function firstLanguage(offered: readonly string[], kept: string | null, wished: readonly string[]): Language {
  const has = (name: string | null): name is Language => !!name && name in LANGUAGES && offered.includes(name);
  if (has(kept)) return kept;
  // Browsers say "id", old ones "in" (ISO 639, withdrawn in 1989).
  const found = wished.map((tag) => tag.toLowerCase().split("-")[0]!.replace(/^in$/, "id")).find(has);
  return found ?? (has(offered[0] ?? null) ? (offered[0] as Language) : "en");
}

export function LanguageProvider({ offered, children }: { offered: readonly string[]; children: ReactNode }) {
  const [language, setLanguage] = useState(() => firstLanguage(offered, keptAs(KEPT), navigator.languages));
  useEffect(() => void (document.documentElement.lang = language), [language]);
  const chosen = useMemo<Chosen>(
    () => ({
      language,
      choose: (wanted) => {
        keep(KEPT, wanted);
        setLanguage(wanted);
      },
    }),
    [language],
  );
  return <Context value={chosen}>{children}</Context>;
}

export function useLanguage(): Chosen {
  return useContext(Context);
}

/** The texts of a room in the chosen language. */
export function useTexts<T>(texts: InEach<T>): Like<T> {
  return (texts as Record<Language, Like<T>>)[useLanguage().language];
}

/** Dates, numbers and lists as the chosen language writes them. */
export function useFormats() {
  const { language } = useLanguage();
  // English is written in more than one way: as the reader's browser has it.
  const locale = navigator.languages.find((tag) => tag.toLowerCase().split("-")[0] === language) ?? language;
  return useMemo(
    () => ({
      date: (time: string | Date) => new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(new Date(time)),
      time: (time: string | Date) =>
        new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(time)),
      number: (value: number, most = 0) =>
        new Intl.NumberFormat(locale, { maximumFractionDigits: most }).format(value),
      percent: (share: number) => new Intl.NumberFormat(locale, { style: "percent" }).format(share),
      dollars: (value: number) =>
        new Intl.NumberFormat(locale, { style: "currency", currency: "USD", maximumFractionDigits: 4 }).format(value),
      bytes: (value: number) => {
        const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
        const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
        // In short, English says "34 byte".
        const unitDisplay = power === 0 ? "long" : "short";
        const format = { style: "unit", unit: units[power]!, unitDisplay, maximumFractionDigits: 1 } as const;
        return new Intl.NumberFormat(locale, format).format(value / 1000 ** power);
      },
    }),
    [locale],
  );
}
