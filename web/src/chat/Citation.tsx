// The [number] in an answer, which opens the source that it names.
import { useContext } from "react";
import { chat as en } from "../language/en/chat";
import { chat as id } from "../language/id/chat";
import { useTexts } from "../language/language";
import { SourcesContext, useOpening } from "./opening";

export function Citation({ number }: { number: number }) {
  const texts = useTexts({ en, id });
  const source = useContext(SourcesContext).find((each) => each.number === number);
  const { open, shown } = useOpening();
  if (!source) return <span>[{number}]</span>;
  const isShown = shown?.number === number && shown.document_id === source.document_id && shown.quote === source.quote;
  return (
    <button
      type="button"
      className="citation"
      aria-label={texts.openSource(number, source.title)}
      title={source.title}
      aria-pressed={isShown}
      onClick={() => open(source)}
    >
      {number}
    </button>
  );
}
