// Asking: the conversations, the answers, and the source beside them.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { chat as chatEn } from "../language/en/chat";
import { conversations as en } from "../language/en/conversations";
import { chat as chatId } from "../language/id/chat";
import { conversations as id } from "../language/id/conversations";
import { useTexts } from "../language/language";
import { Icon } from "../layout/Icon";
import { loaded } from "../layout/loaded";
import { goTo, useRoute } from "../layout/route";
import { SourceNotLoaded } from "../sources/SourceNotLoaded";
import "./answers.css";
import "./chat.css";
import { ConversationList } from "./ConversationList";
import { OpeningContext, type Shown } from "./opening";
import { ThreadView } from "./ThreadView";
import { useConversations } from "./useConversations";
import { useThread } from "./useThread";

const SourcePanel = loaded(
  () => import("../sources/SourcePanel"),
  <aside className="source-panel" />,
  SourceNotLoaded,
);

export function ChatView({ withConversations = true }: { withConversations?: boolean }) {
  const route = useRoute();
  const current = route.view === "c" ? (route.rest[0] ?? "") : "";
  const [text, setText] = useState("");
  const list = useConversations(text);
  const thread = useThread(current, list.refresh);
  const [shown, setShown] = useState<Shown | null>(null);
  const [listed, setListed] = useState(false);
  const origin = useRef<Element | null>(null);
  const texts = useTexts({ en, id });
  const chat = useTexts({ en: chatEn, id: chatId });

  const close = useCallback(() => {
    setShown(null);
    if (origin.current instanceof HTMLElement) origin.current.focus();
  }, []);
  const open = useCallback((wanted: Shown) => {
    origin.current = document.activeElement;
    setShown(wanted);
  }, []);
  const opening = useMemo(() => ({ shown, open, close }), [shown, open, close]);

  // A source belongs to the conversation in which it was opened; one that just got its id is the same.
  const before = useRef(current);
  useEffect(() => {
    if (before.current !== current && before.current !== "") setShown(null);
    before.current = current;
  }, [current]);

  const removed = (gone: string) => {
    if (gone === "" || gone === current) goTo("#/");
  };
  return (
    <OpeningContext value={opening}>
      <div className="chat" data-source={shown !== null} data-listed={listed}>
        <h1 className="unseen">{chat.title}</h1>
        {withConversations && (
          <>
            <button
              type="button"
              className="button-icon chat-list-button"
              aria-label={listed ? texts.hide : texts.show}
              aria-expanded={listed}
              aria-controls="conversations"
              onClick={() => setListed(!listed)}
            >
              <Icon name={listed ? "close" : "menu"} />
            </button>
            <nav id="conversations" className="conversations" aria-label={texts.title}>
              <ConversationList
                list={list}
                text={text}
                search={setText}
                current={current}
                removed={removed}
                chosen={() => setListed(false)}
              />
            </nav>
          </>
        )}
        <ThreadView thread={thread} />
        {shown && (
          <SourcePanel key={`${shown.document_id} ${shown.number} ${shown.quote}`} shown={shown} close={close} />
        )}
      </div>
    </OpeningContext>
  );
}
