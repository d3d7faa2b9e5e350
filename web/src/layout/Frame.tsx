// The frame of every view: name and logo, the views that the caller has, language, appearance, way out.
import { useEffect, useRef, type ComponentType } from "react";
import { ChatView } from "../chat/ChatView";
import { layout as en } from "../language/en/layout";
import { layout as id } from "../language/id/layout";
import { useTexts } from "../language/language";
import { useSignedIn } from "../session/signed_in";
import { AccountMenu } from "./AccountMenu";
import { FaultBoundary } from "./FaultBoundary";
import "./frame.css";
import { loaded } from "./loaded";
import { useRoute } from "./route";

type ViewName = "documents" | "analytics" | "access";
const FOR_ADMINISTRATORS: Record<ViewName, ComponentType> = {
  documents: loaded(() => import("../documents/DocumentsView"), <Loading />),
  analytics: loaded(() => import("../analytics/AnalyticsView"), <Loading />),
  access: loaded(() => import("../access/AccessView"), <Loading />),
};
const LINKS = [
  ["chat", "#/"],
  ["documents", "#/documents"],
  ["analytics", "#/analytics"],
  ["access", "#/access"],
] as const;

export function Frame() {
  const texts = useTexts({ en, id });
  const { me, configuration } = useSignedIn();
  const route = useRoute();
  const manages = me.role === "admin";
  const view = route.view === "c" ? "chat" : route.view;
  const content = useRef<HTMLElement>(null);
  const View = manages && Object.hasOwn(FOR_ADMINISTRATORS, view) ? FOR_ADMINISTRATORS[view as ViewName] : null;
  const title = View || view === "chat" ? texts[view as ViewName | "chat"] : texts.unknownView;

  useEffect(() => void (document.title = `${title} · ${configuration.name}`), [title, configuration.name]);
  // A reader by keyboard or by ear begins at the new view, not where the link was.
  const before = useRef(view);
  useEffect(() => {
    if (before.current !== view) content.current?.focus();
    before.current = view;
  }, [view]);

  return (
    <div className="frame">
      <a className="skip" href="#content" onClick={(event) => (event.preventDefault(), content.current?.focus())}>
        {texts.skip}
      </a>
      <header className="frame-header">
        <a className="frame-name" href="#/">
          <img src={configuration.logo} alt="" width="28" height="28" />
          <span>{configuration.name}</span>
        </a>
        {manages && (
          <nav aria-label={texts.views} className="frame-views">
            {LINKS.map(([name, link]) => (
              <a key={name} href={link} aria-current={name === view ? "page" : undefined}>
                {texts[name]}
              </a>
            ))}
          </nav>
        )}
        <AccountMenu />
      </header>
      <main ref={content} id="content" tabIndex={-1} className={view === "chat" ? "frame-chat" : "frame-content"}>
        <FaultBoundary key={view}>
          {view === "chat" ? (
            <ChatView />
          ) : View ? (
            <View />
          ) : (
            <>
              <h1>{texts.unknownView}</h1>
              <p>
                <a href="#/">{texts.toChat}</a>
              </p>
            </>
          )}
        </FaultBoundary>
      </main>
    </div>
  );
}

function Loading() {
  return <p role="status">{useTexts({ en, id }).loading}</p>;
}
