// Signing in at an OpenID provider: authorization code with PKCE, tokens kept by the tab alone.
import { UserManager, WebStorageStateStore, type User } from "oidc-client-ts";
import type { SignIn } from "../appearance/configuration";
import { NoWindow, type Doorway, type Session } from "./session";
import { tabStorage } from "./tab_storage";

// A token that ends sooner is renewed before it is sent, in seconds.
const LEFT_S = 60;
const PREFIX = "nexus.";

export interface Asked {
  /** The name that the link came with, for the provider's form. */
  hint: string;
  /** The part of the address behind #, where the reader comes back to. */
  place: string;
}

function managerOf(signIn: SignIn, home: string): UserManager {
  const store = () => new WebStorageStateStore({ store: tabStorage, prefix: PREFIX });
  return new UserManager({
    authority: signIn.metadata.issuer,
    metadata: signIn.metadata,
    client_id: signIn.client_id,
    redirect_uri: home,
    response_type: "code",
    scope: signIn.scope,
    loadUserInfo: false,
    monitorSession: false,
    automaticSilentRenew: false,
    userStore: store(),
    stateStore: store(),
  });
}

/** Signing in by leaving the page and coming back; in a window of its own where this is a frame. */
export function providerDoorway(signIn: SignIn, home: string, asked: Asked, framed: boolean): Doorway {
  const manager = managerOf(signIn, home);
  return {
    kind: "person",
    atOnce: !framed,
    async resume() {
      if (isAnswer(location.search)) {
        if (window.opener && !isOwn(location.search)) {
          // The window that a frame opened: the answer is the frame's, which closes this one.
          await manager.signinPopupCallback(location.href);
          return new Promise<never>(() => undefined);
        }
        const back = location.href;
        history.replaceState(null, "", home);
        const user = await manager.signinRedirectCallback(back);
        history.replaceState(null, "", home + placeIn(user.state));
        return sessionOf(manager, signIn, home, user);
      }
      const user = await manager.getUser();
      return user?.id_token ? sessionOf(manager, signIn, home, user) : null;
    },
    async enter() {
      const hint = asked.hint ? { login_hint: asked.hint } : {};
      if (framed) {
        const user = await manager.signinPopup(hint).catch(notClosed);
        return user && sessionOf(manager, signIn, home, user);
      }
      await manager.signinRedirect({ ...hint, state: { place: location.hash || asked.place } });
      return null;
    },
  };
}

function sessionOf(manager: UserManager, signIn: SignIn, home: string, first: User): Session {
  let user = first;
  let renewing: Promise<void> | null = null;

  async function renew(): Promise<void> {
    const renewed = await manager.signinSilent();
    // Cognito sends a new ID token with each renewal; a provider that does not keeps the old one.
    if (renewed) user = renewed;
  }

  return {
    kind: "person",
    farewell: farewellOf(signIn, home),
    async credentials() {
      if ((user.expires_in ?? LEFT_S) < LEFT_S && user.refresh_token) {
        renewing ??= renew().finally(() => (renewing = null));
        // What the provider refuses, the API refuses next, and says why.
        await renewing.catch(() => undefined);
      }
      return { authorization: `Bearer ${user.id_token ?? ""}` };
    },
    ending: () => Promise.resolve(user.refresh_token ? { refresh_token: user.refresh_token } : {}),
    forget: () => manager.removeUser(),
  };
}

// Who closes the window has not failed at anything; one that the browser never opened is another thing.
function notClosed(error: unknown): null {
  const message = error instanceof Error ? error.message : "";
  if (/closed by user/i.test(message)) return null;
  throw /disposed window|popup/i.test(message) ? new NoWindow() : error;
}

// Cognito's names and OpenID Connect's (RP-Initiated Logout 1.0, 2) stand side by side; the ID token
// is not sent, as it would stay in the browser's history.
function farewellOf(signIn: SignIn, home: string): string | null {
  const end = signIn.metadata.end_session_endpoint;
  if (!end || !/^https?:\/\//.test(end) || !URL.canParse(end)) return null;
  const url = new URL(end);
  url.searchParams.set("client_id", signIn.client_id);
  url.searchParams.set("logout_uri", home);
  url.searchParams.set("post_logout_redirect_uri", home);
  return url.href;
}

function isAnswer(search: string): boolean {
  const query = new URLSearchParams(search);
  return query.has("state") && (query.has("code") || query.has("error"));
}

function isOwn(search: string): boolean {
  return tabStorage.getItem(PREFIX + new URLSearchParams(search).get("state")) !== null;
}

/** A place of this page from what was kept over the sign-in; none where it is anything else. */
export function placeIn(state: unknown): string {
  const place = typeof state === "object" && state !== null ? (state as { place?: unknown }).place : "";
  return typeof place === "string" && /^#\/[\w/?=&%.~-]{0,2000}$/.test(place) ? place : "";
}
