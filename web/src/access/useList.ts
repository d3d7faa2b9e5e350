// Names as the chosen language lists them.
import { useMemo } from "react";
import { useLanguage } from "../language/language";

export function useList(): (names: readonly string[]) => string {
  const { language } = useLanguage();
  return useMemo(() => {
    const format = new Intl.ListFormat(language, { type: "conjunction" });
    return (names) => format.format(names);
  }, [language]);
}
