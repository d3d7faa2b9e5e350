// What every view may ask for once somebody is signed in: the API, who calls, and the way out.
import { createContext, useContext } from "react";
import type { Api } from "../api/client";
import type { Me } from "../api/types";
import type { Configuration } from "../appearance/configuration";

export interface SignedIn {
  api: Api;
  me: Me;
  configuration: Configuration;
  signOut(): Promise<void>;
  /** Signs in once more, where the sign-in has ended; what is kept by the tab survives it. */
  signInAgain(): void;
}

export const SignedInContext = createContext<SignedIn | null>(null);

export function useSignedIn(): SignedIn {
  const found = useContext(SignedInContext);
  if (!found) throw new Error("Nobody is signed in here.");
  return found;
}

export const useApi = (): Api => useSignedIn().api;
export const useMe = (): Me => useSignedIn().me;
