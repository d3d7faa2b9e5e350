// The chat as it stands in a frame of another page: its name, a new conversation, and the account.
import { useEffect } from "react";
import { ChatView } from "../chat/ChatView";
import { conversations as en } from "../language/en/conversations";
import { conversations as id } from "../language/id/conversations";
import { useTexts } from "../language/language";
import { AccountMenu } from "../layout/AccountMenu";
import "../layout/frame.css";
import { Icon } from "../layout/Icon";
import { useSignedIn } from "../session/signed_in";

export function EmbedFrame() {
  const texts = useTexts({ en, id });
  const { configuration } = useSignedIn();
  useEffect(() => {
    const escape = (event: KeyboardEvent) => {
      // Says nothing of what is in the frame, so that whoever frames it may hear it.
      if (event.key === "Escape" && !event.defaultPrevented && parent !== window) parent.postMessage("nexus-close", "*");
    };
    // Behind whatever else in the frame the key closes.
    window.addEventListener("keydown", escape);
    return () => window.removeEventListener("keydown", escape);
  }, []);
  return (
    <div className="frame">
      <header className="frame-header">
        <span className="frame-name">
          <img src={configuration.logo} alt="" width="24" height="24" />
          <span>{configuration.name}</span>
        </span>
        <a className="button-icon embed-new" href="#/" aria-label={texts.fresh} title={texts.fresh}>
          <Icon name="plus" />
        </a>
        <AccountMenu />
      </header>
      <main className="frame-chat">
        <ChatView withConversations={false} />
      </main>
    </div>
  );
}
