// The list of conversations: found, opened, renamed, saved and deleted.
import { useState } from "react";
import type { ConversationEntry } from "../api/types";
import { conversations as en } from "../language/en/conversations";
import { conversations as id } from "../language/id/conversations";
import { useTexts } from "../language/language";
import { Confirm } from "../layout/Confirm";
import { Icon } from "../layout/Icon";
import { ProblemNotice } from "../layout/ProblemNotice";
import { ConversationItem } from "./ConversationItem";
import type { Conversations } from "./useConversations";

interface Props {
  list: Conversations;
  text: string;
  search: (text: string) => void;
  current: string;
  /** Called when a conversation is gone; "" is all of them. */
  removed: (id: string) => void;
  chosen: () => void;
}

export function ConversationList({ list, text, search, current, removed, chosen }: Props) {
  const texts = useTexts({ en, id });
  const [removing, setRemoving] = useState<ConversationEntry | "all" | null>(null);

  async function remove() {
    const what = removing;
    setRemoving(null);
    if (what === "all") await list.removeAll();
    else if (what) await list.remove(what.conversation_id);
    if (what) removed(what === "all" ? "" : what.conversation_id);
  }

  return (
    <>
      <a className="button-plain conversations-new" href="#/" onClick={chosen}>
        <Icon name="plus" />
        {texts.fresh}
      </a>
      <label className="conversations-search">
        <span className="unseen">{texts.search}</span>
        <input
          type="search"
          className="input"
          placeholder={texts.search}
          value={text}
          maxLength={200}
          onChange={(event) => search(event.target.value)}
        />
      </label>
      {list.problem && <ProblemNotice problem={list.problem} again={list.refresh} />}
      {list.entries?.length === 0 && !list.loading && (
        <p className="quiet small">{text.trim() ? texts.noneFound : texts.none}</p>
      )}
      <ul className="conversations-list">
        {list.entries?.map((entry) => (
          <ConversationItem
            key={entry.conversation_id}
            entry={entry}
            current={entry.conversation_id === current}
            rename={(title) => list.rename(entry.conversation_id, title)}
            remove={() => setRemoving(entry)}
            chosen={chosen}
          />
        ))}
      </ul>
      <p role="status" className="small quiet flat">
        {list.loading && texts.loading}
      </p>
      {list.more && !list.loading && (
        <button type="button" className="button-link small" onClick={list.loadMore}>
          {texts.more}
        </button>
      )}
      {(list.entries?.length ?? 0) > 1 && !text && (
        <button type="button" className="button-link small conversations-all" onClick={() => setRemoving("all")}>
          {texts.removeAll}
        </button>
      )}
      {removing && (
        <Confirm
          question={removing === "all" ? texts.removeAllSure : texts.removeSure(removing.title)}
          action={removing === "all" ? texts.removeAll : texts.remove}
          confirmed={() => void remove()}
          cancelled={() => setRemoving(null)}
        />
      )}
    </>
  );
}
