// Shows the page to who is signed in; leads everybody else to the provider, or asks for a key.
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { connect } from "../api/client";
import { asProblem, type Problem } from "../api/problem";
import type { Me } from "../api/types";
import type { Configuration } from "../appearance/configuration";
import { ProblemNotice } from "../layout/ProblemNotice";
import { session as en } from "../language/en/session";
import { session as id } from "../language/id/session";
import { useTexts } from "../language/language";
import { KeyEntry } from "./KeyEntry";
import { NoWindow, type Doorway, type Session } from "./session";
import { SignedInContext, type SignedIn } from "./signed_in";
import { listenToTabs, type Tabs } from "./tabs";

type State =
  | { at: "opening" }
  | { at: "waiting"; problem: Problem | null }
  | { at: "ended" }
  | { at: "failed"; reason: string }
  | { at: "unreached"; problem: Problem; session: Session }
  | { at: "open"; session: Session; me: Me };

interface Props {
  configuration: Configuration;
  doorway: Doorway;
  children: ReactNode;
}

export function SessionGate({ configuration, doorway, children }: Props) {
  const texts = useTexts({ en, id });
  const [state, setState] = useState<State>({ at: "opening" });
  const tabs = useRef<Tabs | null>(null);
  const open = useRef<Session | null>(null);

  const admit = useCallback(
    async (session: Session | null) => {
      if (!session) return setState({ at: "waiting", problem: null });
      try {
        const me = await connect(configuration.api, session.credentials).get<Me>("/v1/me");
        open.current = session;
        setState({ at: "open", session, me });
      } catch (error) {
        const problem = asProblem(error);
        if (problem.status !== 401 && problem.status !== 403) return setState({ at: "unreached", problem, session });
        await session.forget();
        setState({ at: "waiting", problem });
      }
    },
    [configuration],
  );

  const enter = useCallback(
    async (key?: string) => {
      try {
        const session = await doorway.enter(key);
        if (session || !doorway.atOnce) await admit(session);
      } catch (error) {
        const reason = error instanceof Error ? error.message : "";
        setState({ at: "failed", reason: error instanceof NoWindow ? texts.noWindow : reason });
      }
    },
    [admit, doorway, texts],
  );

  const end = useCallback(
    async (everywhere: boolean) => {
      const session = open.current;
      if (!session) return;
      open.current = null;
      const after: State = session.kind === "key" ? { at: "waiting", problem: null } : { at: "ended" };
      if (everywhere) tabs.current?.tellEnded();
      // Whatever the API takes: what another tab's owner may not see any more is off the screen.
      else setState(after);
      const body = await session.ending();
      // The tab forgets its tokens even where the API cannot be reached to end them.
      if (body)
        await connect(configuration.api, session.credentials)
          .send("DELETE", "/v1/session", { body })
          .catch(() => undefined);
      await session.forget();
      sessionStorageEmptied();
      if (everywhere && session.farewell && doorway.atOnce) location.assign(session.farewell);
      else setState(after);
    },
    [configuration, doorway],
  );

  useEffect(() => {
    const listening = listenToTabs(() => void end(false));
    tabs.current = listening;
    return () => listening.close();
  }, [end]);

  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    doorway.resume().then(
      (session) => (session || !doorway.atOnce ? admit(session) : enter()),
      (error: unknown) => setState({ at: "failed", reason: error instanceof Error ? error.message : "" }),
    );
  }, [admit, doorway, enter]);

  const signedIn = useMemo<SignedIn | null>(() => {
    if (state.at !== "open") return null;
    return {
      api: connect(configuration.api, state.session.credentials),
      me: state.me,
      configuration,
      signOut: () => end(true),
      signInAgain: () => void state.session.forget().then(() => enter()),
    };
  }, [configuration, end, enter, state]);

  if (signedIn) return <SignedInContext value={signedIn}>{children}</SignedInContext>;
  if (state.at === "waiting" && doorway.kind === "key")
    return <KeyEntry refused={state.problem} enter={(key) => enter(key)} />;
  return (
    <main className="centred">
      <div className="stack">
        {state.at === "opening" && <p role="status">{texts.opening}</p>}
        {state.at === "waiting" && <h1>{configuration.name}</h1>}
        {state.at === "waiting" && state.problem && <ProblemNotice problem={state.problem} />}
        {state.at === "ended" && (
          <div role="status">
            <h1>{texts.signedOut}</h1>
            <p>{texts.signedOutWhy}</p>
          </div>
        )}
        {state.at === "failed" && (
          <div role="alert" className="trouble">
            <p>{texts.failed}</p>
            <p className="small">{state.reason}</p>
          </div>
        )}
        {state.at === "unreached" ? (
          <ProblemNotice problem={state.problem} again={() => void admit(state.session)} />
        ) : (
          state.at !== "opening" && (
            <button type="button" className="button" onClick={() => void enter()}>
              {texts.signIn}
            </button>
          )
        )}
      </div>
    </main>
  );
}

// Drafts and the like belong to who was signed in.
function sessionStorageEmptied(): void {
  try {
    sessionStorage.clear();
  } catch {
    // There is none to empty.
  }
}
