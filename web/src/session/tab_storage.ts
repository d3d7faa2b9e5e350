// What this tab keeps until it is closed; in memory where the browser gives a frame no storage.
import { InMemoryWebStorage } from "oidc-client-ts";

function opened(): Storage {
  try {
    sessionStorage.setItem("nexus-probe", "1");
    sessionStorage.removeItem("nexus-probe");
    return sessionStorage;
  } catch {
    return new InMemoryWebStorage();
  }
}

export const tabStorage: Storage = opened();
