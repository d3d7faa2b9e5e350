// Which view the part of the address behind # names: "#/", "#/c/<conversation>", "#/documents", …
import { useMemo, useSyncExternalStore } from "react";

export interface Route {
  view: string;
  /** The parts of the path behind the view's name. */
  rest: string[];
  query: URLSearchParams;
}

/** The route in a fragment; the chat where it names none. */
export function routeOf(fragment: string): Route {
  const [path = "", query = ""] = fragment.replace(/^#\/?/, "").split("?", 2);
  const [view = "", ...rest] = path.split("/").map(decoded);
  return { view: view || "chat", rest: rest.filter(Boolean), query: new URLSearchParams(query) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function useRoute(): Route {
  const fragment = useSyncExternalStore(subscribe, () => location.hash);
  return useMemo(() => routeOf(fragment), [fragment]);
}

function subscribe(changed: () => void): () => void {
  addEventListener("hashchange", changed);
  return () => removeEventListener("hashchange", changed);
}

/** Goes to a fragment such as "#/documents"; `replace` leaves no step back to where one is now. */
export function goTo(fragment: string, replace = false): void {
  if (location.hash === fragment) return;
  if (!replace) {
    location.hash = fragment;
    return;
  }
  history.replaceState(null, "", fragment);
  dispatchEvent(new HashChangeEvent("hashchange"));
}

/** The `#hint=…` that a link came with, which is taken out of the address. */
export function takeHint(): string {
  const found = /^#hint=([^&]{1,400})$/.exec(location.hash);
  if (!found) return "";
  history.replaceState(null, "", location.pathname);
  return decoded(found[1]!);
}
