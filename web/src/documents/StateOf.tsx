// The state of a document in words, with how far it is and how long the rest may take.
import { documents as en } from "../language/en/documents";
import { documents as id } from "../language/id/documents";
import { useTexts } from "../language/language";
import type { DocumentEntry } from "./entries";
import { TimeLeft } from "./TimeLeft";

/** `queueSeconds` is how long all that waits may take; null while that is not known. */
export function StateOf({ entry, queueSeconds }: { entry: DocumentEntry; queueSeconds: number | null }) {
  const texts = useTexts({ en, id });
  const { status, progress, seconds_left } = entry;
  const seconds = status === "indexing" ? seconds_left : status === "pending" ? queueSeconds : null;
  return (
    <div className="document-state" data-state={status}>
      <span className="document-badge">{status === "pending" && entry.reason ? texts.waitsAgain : texts.states[status]}</span>
      {status === "indexing" && (
        <progress
          aria-label={texts.readingOf(entry.title)}
          max={Math.max(progress.parts, 1)}
          {...(progress.parts > 0 && { value: progress.parts_done })}
        />
      )}
      {status === "indexing" && progress.parts > 0 && (
        <span className="small quiet">{texts.parts(progress.parts_done, progress.parts)}</span>
      )}
      {seconds !== null && (
        <span className="small quiet">
          <TimeLeft seconds={seconds} />
        </span>
      )}
      {entry.warnings.length > 0 && <span className="small document-warned">{texts.warnings(entry.warnings.length)}</span>}
    </div>
  );
}
