// One document of the list: its state, where it stands, the lines that were found, and on demand all else.
import { memo } from "react";
import { Marked } from "../chat/ConversationItem";
import { chat as chatEn } from "../language/en/chat";
import { documents as en } from "../language/en/documents";
import { chat as chatId } from "../language/id/chat";
import { documents as id } from "../language/id/documents";
import { useTexts } from "../language/language";
import { Icon } from "../layout/Icon";
import { Name } from "../layout/Name";
import { ServiceWords } from "../layout/ServiceWords";
import { placeOf } from "../sources/place";
import { DocumentDetails, type Doing } from "./DocumentDetails";
import type { DocumentEntry, Match } from "./entries";
import type { KnownNames } from "./known_names";
import { StateOf } from "./StateOf";

interface Props {
  entry: DocumentEntry;
  chosen: boolean;
  open: boolean;
  queueSeconds: number | null;
  known: KnownNames;
  doing: Doing;
  choose: (documentId: string, range: boolean) => void;
  toggle: (documentId: string) => void;
}

export const DocumentRow = memo(function DocumentRow(props: Props) {
  const { entry, chosen, open, queueSeconds, known, doing, choose, toggle } = props;
  const texts = useTexts({ en, id });
  const { document_id, metadata } = entry;
  const details = `document-${document_id}`;
  return (
    <li className="document" data-open={open}>
      <div className="document-line">
        <label className="document-choose">
          <input
            type="checkbox"
            checked={chosen}
            aria-label={texts.choose(entry.title)}
            onChange={() => undefined}
            onClick={(event) => choose(document_id, event.shiftKey)}
          />
        </label>
        <div className="document-what">
          <button
            type="button"
            className="document-title"
            aria-expanded={open}
            aria-controls={details}
            onClick={() => toggle(document_id)}
          >
            <Name of={entry.title} />
          </button>
          <Name className="document-path small quiet" of={entry.path} />
          <ul className="document-said small">
            {metadata.department && <li>{metadata.department}</li>}
            {metadata.date && <li>{metadata.date}</li>}
            {metadata.tags.map((tag) => (
              <li key={tag} className="chip">
                {tag}
              </li>
            ))}
            <li className="quiet">
              <Icon name="person" />
              {metadata.groups.length > 0 ? texts.seenBy(metadata.groups.join(", ")) : texts.seenByAll}
            </li>
          </ul>
          {entry.matches.map((match, at) => (
            <Found key={at} match={match} />
          ))}
          {/* Where the details are open, they say why it failed. */}
          {((entry.status === "failed" && !open) || entry.status === "pending") && entry.reason && (
            <p className="document-reason small flat">
              <ServiceWords>{entry.reason}</ServiceWords>
            </p>
          )}
        </div>
        <StateOf entry={entry} queueSeconds={queueSeconds} />
      </div>
      <div id={details}>{open && <DocumentDetails entry={entry} known={known} doing={doing} />}</div>
    </li>
  );
});

function Found({ match }: { match: Match }) {
  const { places } = useTexts({ en: chatEn, id: chatId });
  const place = placeOf(match.locator, places);
  return (
    <p className="document-match small flat" dir="auto">
      <Marked text={match.text} positions={match.positions} />
      {place && <span className="quiet"> ({place})</span>}
    </p>
  );
}
