// Who the people are that figures name by their sign-in: those whom the service knows.
import { createContext, useContext, useMemo } from "react";
import type { People } from "../access/entries";
import { useLoaded } from "../api/useLoaded";

type Emails = ReadonlyMap<string, string>;
export const EmailsContext = createContext<Emails>(new Map());

/** E-mail addresses by client; none where people are another provider's, or are not to be seen. */
export function useEmails(): Emails {
  const { value } = useLoaded<People>("/v1/people");
  return useMemo(() => new Map((value?.people ?? []).map(({ client, email }) => [client, email])), [value]);
}

export const useKnownEmails = (): Emails => useContext(EmailsContext);
