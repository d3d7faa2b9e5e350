import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { SignIn } from "../src/appearance/configuration";
import { providerDoorway } from "../src/session/provider";
import { listenToTabs } from "../src/session/tabs";

const PROVIDER = "https://provider.example";
const HOME = "https://page.example/";
const SIGN_IN: SignIn = {
  client_id: "page",
  scope: "openid email",
  metadata: {
    issuer: PROVIDER,
    authorization_endpoint: `${PROVIDER}/authorize`,
    token_endpoint: `${PROVIDER}/token`,
    end_session_endpoint: `${PROVIDER}/logout`,
  },
};
const part = (value: object) => btoa(JSON.stringify(value)).replaceAll("=", "").replaceAll("+", "-").replaceAll("/", "_");
const token = (name: string) => `${part({ alg: "RS256" })}.${part({ sub: "s", name, iss: PROVIDER, aud: "page" })}.x`;

function signedIn(secondsLeft: number): void {
  const user = {
    id_token: token("first"),
    access_token: "access",
    refresh_token: "refresh",
    token_type: "Bearer",
    scope: SIGN_IN.scope,
    profile: { sub: "s" },
    expires_at: Math.floor(Date.now() / 1000) + secondsLeft,
  };
  sessionStorage.setItem(`nexus.user:${PROVIDER}:page`, JSON.stringify(user));
}
const doorway = (framed = false) => providerDoorway(SIGN_IN, HOME, { hint: "", place: "" }, framed);

beforeEach(() => sessionStorage.clear());
afterEach(() => vi.unstubAllGlobals());

describe("a person's session", () => {
  test("is nobody's in a tab that nobody signed in on", async () => expect(await doorway().resume()).toBeNull());

  test("sends the ID token, which no other storage holds", async () => {
    signedIn(3_600);
    const session = await doorway().resume();
    expect(await session!.credentials()).toEqual({ authorization: `Bearer ${token("first")}` });
    expect(JSON.stringify({ ...localStorage })).not.toContain("access");
    expect(document.cookie).toBe("");
  });

  test("is renewed before a token is sent that is about to end, once for all who ask", async () => {
    signedIn(20);
    const asked: string[] = [];
    vi.stubGlobal("fetch", (_address: string, init: RequestInit) => {
      asked.push(String(init.body));
      return Promise.resolve(Response.json({ id_token: token("second"), access_token: "a2", token_type: "Bearer", expires_in: 3600 }));
    });
    const session = await doorway().resume();
    const sent = await Promise.all([session!.credentials(), session!.credentials()]);
    expect(sent).toEqual(Array(2).fill({ authorization: `Bearer ${token("second")}` }));
    expect(asked).toHaveLength(1);
    expect(asked[0]).toContain("grant_type=refresh_token");
  });

  test("goes on with its token where it cannot be renewed: the API says what is wrong with that", async () => {
    signedIn(20);
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network")));
    const session = await doorway().resume();
    expect(await session!.credentials()).toEqual({ authorization: `Bearer ${token("first")}` });
  });

  test("ends at the API with its refresh token, at the provider without any token, and in the tab", async () => {
    signedIn(3_600);
    const session = await doorway().resume();
    expect(await session!.ending()).toEqual({ refresh_token: "refresh" });
    const farewell = new URL(session!.farewell!);
    expect(Object.fromEntries(farewell.searchParams)).toEqual({ client_id: "page", logout_uri: HOME, post_logout_redirect_uri: HOME });
    await session!.forget();
    expect({ ...sessionStorage }).toEqual({});
    expect(await doorway().resume()).toBeNull();
  });

  test("begins at once, but not within a frame, where a window needs somebody's click", () => {
    expect([doorway().atOnce, doorway(true).atOnce]).toEqual([true, false]);
  });
});

describe("the tabs of the page", () => {
  test("hear from each other that somebody signed out, and of nothing else", async () => {
    const heard = vi.fn();
    const other = listenToTabs(heard);
    const channel = new BroadcastChannel("nexus-session");
    channel.postMessage({ kind: "ended", to: "https://evil.example" });
    channel.postMessage("begun");
    const own = listenToTabs(() => expect.unreachable());
    own.tellEnded();
    await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(1));
    for (const each of [other, own, channel]) each.close();
  });
});
