// A session by an API key that somebody enters: kept by the tab, forgotten when it is closed.
import type { Doorway, Session } from "./session";
import { tabStorage } from "./tab_storage";

const KEPT = "nexus-key";

export function keyDoorway(): Doorway {
  return {
    kind: "key",
    atOnce: false,
    resume: () => Promise.resolve(sessionOf(tabStorage.getItem(KEPT))),
    enter: (key = "") => {
      // What a header cannot hold is no key.
      if (/^[!-~]{1,500}$/.test(key.trim())) tabStorage.setItem(KEPT, key.trim());
      return Promise.resolve(sessionOf(tabStorage.getItem(KEPT)));
    },
  };
}

function sessionOf(key: string | null): Session | null {
  if (!key) return null;
  return {
    kind: "key",
    farewell: null,
    credentials: () => Promise.resolve({ "x-api-key": key }),
    ending: () => Promise.resolve(null),
    forget: () => Promise.resolve(tabStorage.removeItem(KEPT)),
  };
}
