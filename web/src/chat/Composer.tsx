// Where a question is typed: kept by the tab until it is asked, with the filters that it will have.
import { ComposerPrimitive, useAui, useAuiState } from "@assistant-ui/react";
import { useEffect, useId, useState } from "react";
import { chat as en } from "../language/en/chat";
import { chat as id } from "../language/id/chat";
import { useFormats, useTexts } from "../language/language";
import { Icon } from "../layout/Icon";
import { FilterPanel } from "./FilterPanel";
import { countOf, type Narrowing } from "./filters";
import { keepDraft, keptDraft } from "./unsent";

export const LONGEST_QUESTION = 5_000;

interface Props {
  narrowing: Narrowing;
  change: (narrowing: Narrowing) => void;
  stop: () => void;
}

export function Composer({ narrowing, change, stop }: Props) {
  const texts = useTexts({ en, id });
  const formats = useFormats();
  const aui = useAui();
  const text = useAuiState((state) => state.composer.text);
  const running = useAuiState((state) => state.thread.isRunning);
  const [filtering, setFiltering] = useState(false);
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
