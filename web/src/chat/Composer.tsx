// Where a question is typed: kept by the tab until it is asked, with the filters that it will have.
import { ComposerPrimitive, useAui, useAuiState } from "@assistant-ui/react";
import { useEffect, useId, useRef, useState } from "react";
import { choicesOf, type Choice } from "../agents/choosing";
import type { Recording } from "../audio/recorded";
import { chat as en } from "../language/en/chat";
import { chat as id } from "../language/id/chat";
import { useFormats, useTexts } from "../language/language";
import { Icon } from "../layout/Icon";
import { loaded } from "../layout/loaded";
import { useSignedIn } from "../session/signed_in";
import { FilterPanel } from "./FilterPanel";
import { countOf, type Narrowing } from "./filters";
import { keepDraft, keptDraft } from "./unsent";

const AgentChooser = loaded(() => import("../agents/AgentChooser"));
const RecorderPanel = loaded(() => import("../audio/RecorderPanel"));

export const LONGEST_QUESTION = 5_000;

interface Props {
  narrowing: Narrowing;
  change: (narrowing: Narrowing) => void;
  choice: Choice;
  speak: (recording: Recording) => void;
  stop: () => void;
}

export function Composer({ narrowing, change, choice, speak, stop }: Props) {
  const texts = useTexts({ en, id });
  const { configuration } = useSignedIn();
  const formats = useFormats();
  const aui = useAui();
  const text = useAuiState((state) => state.composer.text);
  const running = useAuiState((state) => state.thread.isRunning);
  const [filtering, setFiltering] = useState(false);
  const [speaking, setSpeaking] = useState(false);
  const microphone = useRef<HTMLButtonElement>(null);
  const panel = useId();
  const hint = useId();
  const tooLong = text.trim().length > LONGEST_QUESTION;
  const count = countOf(narrowing);

  const [restored, setRestored] = useState(false);
  useEffect(() => {
    if (!restored) {
      const draft = keptDraft();
      if (draft) aui.composer.setText(draft);
      setRestored(true);
    } else keepDraft(text);
  }, [aui, restored, text]);

  const endSpeaking = () => {
    setSpeaking(false);
    microphone.current?.focus();
  };
  return (
    <div className="composer">
      <div id={panel} hidden={!filtering}>
        {filtering && <FilterPanel narrowing={narrowing} change={change} />}
      </div>
      {narrowing.documents.length > 0 && (
        <p className="composer-only small">
          {texts.documents}: <bdi>{narrowing.documents.map((document) => document.title).join(", ")}</bdi>{" "}
          <button type="button" className="button-link" onClick={() => change({ ...narrowing, documents: [] })}>
            {texts.clearFilters}
          </button>
        </p>
      )}
      {speaking && (
        <RecorderPanel
          agent={choice.agents.find((agent) => agent.name === choice.chosen)?.title ?? ""}
          running={running}
          asked={(recording) => {
            endSpeaking();
            speak(recording);
          }}
          closed={endSpeaking}
        />
      )}
      <ComposerPrimitive.Root className="composer-box">
        <ComposerPrimitive.Input
          className="composer-text"
          rows={1}
          maxRows={8}
          dir="auto"
          autoFocus
          aria-label={texts.question}
          aria-describedby={hint}
          aria-invalid={tooLong}
          placeholder={texts.placeholder}
          addAttachmentOnPaste={false}
        />
        <div className="composer-row">
          <button
            type="button"
            className="button-icon composer-filter"
            aria-expanded={filtering}
            aria-controls={panel}
            onClick={() => setFiltering(!filtering)}
          >
            <Icon name="filter" />
            <span>{count > 0 ? texts.filtersOn(formats.number(count)) : texts.filters}</span>
          </button>
          {choicesOf(choice).length > 1 && <AgentChooser choice={choice} />}
          {configuration.audio && (
            <button
              ref={microphone}
              type="button"
              className="button-icon composer-speak"
              aria-label={texts.speak}
              title={texts.speak}
              aria-expanded={speaking}
              aria-disabled={running && !speaking}
              onClick={() => (speaking || !running) && setSpeaking(!speaking)}
            >
              <Icon name="microphone" />
            </button>
          )}
          {running ? (
            <button type="button" className="button composer-send" onClick={stop}>
              <Icon name="stop" />
              {texts.stop}
            </button>
          ) : (
            <ComposerPrimitive.Send className="button composer-send" disabled={tooLong || text.trim() === ""}>
              <Icon name="send" />
              {texts.send}
            </ComposerPrimitive.Send>
          )}
        </div>
      </ComposerPrimitive.Root>
      <p id={hint} role="alert" className="small flat">
        {tooLong && texts.tooLong(formats.number(LONGEST_QUESTION))}
      </p>
    </div>
  );
}
