// The sources of an answer below it, each a button that opens it.
import type { Source } from "../api/types";
import { chat as en } from "../language/en/chat";
import { chat as id } from "../language/id/chat";
import { useTexts } from "../language/language";
import { placeOf } from "../sources/place";
import { useOpening } from "./opening";

export function Sources({ sources }: { sources: readonly Source[] }) {
  const texts = useTexts({ en, id });
  const { open, shown } = useOpening();
  if (sources.length === 0) return null;
  return (
    <ol className="sources" aria-label={texts.sources}>
      {sources.map((source) => (
        <li key={source.number}>
          <button
            type="button"
            className="source"
            aria-pressed={shown?.document_id === source.document_id && shown.quote === source.quote}
            onClick={() => open(source)}
          >
            <span className="citation" aria-hidden="true">
              {source.number}
            </span>
            <span className="source-title">
              <bdi>{source.title}</bdi>
              <span className="quiet small">{source.kind === "tool" ? texts.fromTool : placeOf(source.locator, texts.places, source.title)}</span>
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}
