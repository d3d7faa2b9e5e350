// The quote of a source, where the part of the page that shows documents could not be loaded.
import { useEffect, useRef } from "react";
import type { Shown } from "../chat/opening";
import { sources as en } from "../language/en/sources";
import { sources as id } from "../language/id/sources";
import { useTexts } from "../language/language";
import { Icon } from "../layout/Icon";
import { NotLoaded } from "../layout/loaded";

export function SourceNotLoaded({ shown, close }: { shown: Shown; close: () => void }) {
  const texts = useTexts({ en, id });
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <aside
      className="source-panel"
      aria-labelledby="source-title"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        close();
      }}
    >
      <header className="row">
        <h2 id="source-title" ref={heading} tabIndex={-1} dir="auto">
          {shown.title}
        </h2>
        <button type="button" className="button-icon" aria-label={texts.close} title={texts.close} onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      {shown.quote && <blockquote dir="auto" tabIndex={0}>{shown.quote}</blockquote>}
      <NotLoaded />
    </aside>
  );
}
