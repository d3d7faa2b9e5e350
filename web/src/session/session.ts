// Who calls, for as long as the tab is open: a person who has signed in, or an API key.

export interface Session {
  kind: "person" | "key";
  /** The headers of a request; renews a token that is about to end. */
  credentials(): Promise<Record<string, string>>;
  /** What ends with the sign-in at the API: its body for DELETE /v1/session; null for a key. */
  ending(): Promise<{ refresh_token?: string } | null>;
  /** Forgets the tokens or the key of this tab. */
  forget(): Promise<void>;
  /** Where the provider ends its own sign-in; null where it has no such page. */
  farewell: string | null;
}

/** How a session comes about: at the start from what is there, later because somebody asks. */
export interface Doorway {
  kind: "person" | "key";
  /** The session of this tab; null where somebody has to sign in first. Raises Error. */
  resume(): Promise<Session | null>;
  /** Leads to the provider; resolves with a session only where this page stays open. Raises Error. */
  enter(key?: string): Promise<Session | null>;
  /** Whether nobody signed in is to be led to the provider at once. */
  atOnce: boolean;
}

/** The browser opened no window for the sign-in. */
export class NoWindow extends Error {}
