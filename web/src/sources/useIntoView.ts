// Brings what is quoted into view, once it is there, without moving the rest of the page.
import { useEffect, useRef, type RefObject } from "react";

export function useIntoView<T extends Element>(when: unknown): RefObject<T | null> {
  const element = useRef<T>(null);
  useEffect(() => {
    if (when) element.current?.scrollIntoView({ block: "center", inline: "nearest" });
  }, [when]);
  return element;
}
