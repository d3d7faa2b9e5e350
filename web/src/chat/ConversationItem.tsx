// One conversation of the list, with what can be done with it, and the lines that a search found in it.
import { useEffect, useId, useRef, useState, type FormEvent, type ReactNode } from "react";
import { asProblem, type Problem } from "../api/problem";
import type { ConversationEntry } from "../api/types";
import { conversations as en } from "../language/en/conversations";
import { layout as layoutEn } from "../language/en/layout";
import { conversations as id } from "../language/id/conversations";
import { layout as layoutId } from "../language/id/layout";
import { useFormats, useTexts } from "../language/language";
import { Icon } from "../layout/Icon";
import { ProblemNotice } from "../layout/ProblemNotice";
import { save } from "../layout/saving";
import { useApi } from "../session/signed_in";

interface Props {
  entry: ConversationEntry;
  current: boolean;
  rename: (title: string) => Promise<void>;
  remove: () => void;
  chosen: () => void;
}

export function ConversationItem({ entry, current, rename, remove, chosen }: Props) {
  const texts = useTexts({ en, id });
  const layout = useTexts({ en: layoutEn, id: layoutId });
  const formats = useFormats();
  const api = useApi();
  const [open, setOpen] = useState(false);
  const [title, setTitle] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const options = useId();
  const button = useRef<HTMLButtonElement>(null);
  const item = useRef<HTMLLIElement>(null);

  useEffect(() => {
    if (!open) return;
    const outside = (event: Event) => {
      if (!item.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);

  async function file(format: "markdown" | "json") {
    setOpen(false);
    setProblem(null);
    try {
      const path = `/v1/conversations/${encodeURIComponent(entry.conversation_id)}/export`;
      const { name, content } = await api.file(path, { format });
      save(name || `conversation.${format === "json" ? "json" : "md"}`, content);
    } catch (error) {
      setProblem(asProblem(error));
    }
  }
  async function submit(event: FormEvent) {
    event.preventDefault();
    if (title?.trim()) await rename(title.trim());
    setTitle(null);
    button.current?.focus();
  }

  if (title !== null)
    return (
      <li ref={item} className="conversation">
        <form className="stack" onSubmit={(event) => void submit(event)}>
          <label className="field">
            <span className="small">{texts.newTitle}</span>
            <input
              className="input"
              value={title}
              maxLength={200}
              autoFocus
              onChange={(event) => setTitle(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === "Escape") setTitle(null);
              }}
            />
          </label>
          <div className="row">
            <button type="submit" className="button">
              {layout.save}
            </button>
            <button type="button" className="button-plain" onClick={() => setTitle(null)}>
              {layout.cancel}
            </button>
          </div>
        </form>
      </li>
    );
  return (
    <li
      ref={item}
      className="conversation"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open) return;
        event.preventDefault();
        setOpen(false);
        button.current?.focus();
      }}
    >
      <div className="conversation-line">
        <a
          href={`#/c/${encodeURIComponent(entry.conversation_id)}`}
          aria-current={current ? "page" : undefined}
          title={`${entry.title}\n${texts.turns(entry.turn_count)}, ${texts.expires(formats.time(entry.expires_at))}`}
          onClick={chosen}
        >
          <span className="conversation-title" dir="auto">
            {entry.title}
          </span>
        </a>
        <button
          type="button"
          ref={button}
          className="button-icon"
          aria-label={texts.options(entry.title)}
          aria-expanded={open}
          aria-controls={options}
          onClick={() => setOpen(!open)}
        >
          <Icon name="more" />
        </button>
      </div>
      {entry.matches.slice(0, 1).map((match) => (
        <p key={match.message_id} className="conversation-match small quiet" dir="auto">
          <Marked {...near(match.text, match.positions)} />
        </p>
      ))}
      <div id={options} className="conversation-options" hidden={!open}>
        <button type="button" onClick={() => (setOpen(false), setTitle(entry.title))}>
          <Icon name="edit" /> {texts.rename}
        </button>
        <button type="button" onClick={() => void file("markdown")}>
          <Icon name="save" /> {texts.exportMarkdown}
        </button>
        <button type="button" onClick={() => void file("json")}>
          <Icon name="save" /> {texts.exportJson}
        </button>
        <button type="button" onClick={() => (setOpen(false), remove())}>
          <Icon name="bin" /> {texts.remove}
        </button>
        <p className="small quiet flat">{texts.expires(formats.time(entry.expires_at))}</p>
      </div>
      {problem && <ProblemNotice problem={problem} />}
    </li>
  );
}

const BEFORE = 40;

/** A text from shortly before its first position on. */
function near(text: string, positions: readonly [number, number][]) {
  const first = Math.min(...positions.map(([begin]) => begin));
  if (!Number.isFinite(first) || first <= BEFORE) return { text, positions };
  const from = first - BEFORE + 1;
  const cut = `…${[...text].slice(from).join("")}`;
  return { text: cut, positions: positions.map(([begin, end]): [number, number] => [begin - from + 1, end - from + 1]) };
}

/** A text with the words marked that were looked for; positions count characters, not UTF-16 units. */
export function Marked({ text, positions }: { text: string; positions: readonly [number, number][] }): ReactNode {
  const characters = [...text];
  const parts: ReactNode[] = [];
  let at = 0;
  for (const [begin, end] of [...positions].sort((one, other) => one[0] - other[0])) {
    if (begin < at || end <= begin) continue;
    parts.push(characters.slice(at, begin).join(""));
    parts.push(<mark key={begin}>{characters.slice(begin, end).join("")}</mark>);
    at = end;
  }
  parts.push(characters.slice(at).join(""));
  return <>{parts}</>;
}
