// All that is known of a document, and what can be done with it.
import { useRef, useState } from "react";
import { asProblem, type Problem } from "../api/problem";
import { documents as en } from "../language/en/documents";
import { documents as id } from "../language/id/documents";
import { useFormats, useTexts } from "../language/language";
import { Confirm } from "../layout/Confirm";
import { Icon } from "../layout/Icon";
import { ProblemNotice } from "../layout/ProblemNotice";
import { InEnglish, ServiceWords } from "../layout/ServiceWords";
import { useApi } from "../session/signed_in";
import { pathOf, type DocumentEntry } from "./entries";
import type { KnownNames } from "./known_names";
import { MetadataFields } from "./MetadataFields";
import { openVersion } from "./opening";
import { Versions } from "./Versions";

/** What the details ask of the view around them. */
export interface Doing {
  /** The document is so now; work on it may have been given. */
  changed: (entry: DocumentEntry) => void;
  look: (documentId: string) => Promise<boolean>;
  /** Erases documents and shows their receipts. */
  erase: (documentIds: readonly string[]) => Promise<void>;
  /** Uploads a file in a document's place. */
  replace: (entry: DocumentEntry, file: File) => void;
}

interface Props {
  entry: DocumentEntry;
  known: KnownNames;
  doing: Doing;
}

export function DocumentDetails({ entry, known, doing }: Props) {
  const texts = useTexts({ en, id });
  const formats = useFormats();
  const api = useApi();
  const file = useRef<HTMLInputElement>(null);
  const [erasing, setErasing] = useState(false);
  const [versions, setVersions] = useState(false);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const { document_id, status } = entry;
  const answers = entry.chunks > 0 && status !== "deleted";

  async function doIt(work: () => Promise<void>, done = "") {
    setBusy(true);
    setProblem(null);
    setSaid("");
    try {
      await work();
      setSaid(done);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  }
  const reindex = () =>
    doIt(async () => doing.changed(await api.send<DocumentEntry>("POST", pathOf(document_id, ":reindex"))), texts.willBeRead);

  return (
    <div className="document-details stack">
      {status === "failed" && (
        <div className="trouble stack">
          <strong>{texts.failedTitle}</strong>
          <p className="flat">{entry.reason ? <ServiceWords>{entry.reason}</ServiceWords> : texts.noReason}</p>
          <p className="flat">{answers ? texts.failedAdviceOld : texts.failedAdvice}</p>
        </div>
      )}
      {status === "deleted" && <p className="flat">{texts.deletedWhy}</p>}
      {entry.warnings.length > 0 && (
        <details className="document-warnings">
          <summary>{texts.warningsTitle(entry.warnings.length)}</summary>
          <InEnglish />
          <ul lang="en">
            {entry.warnings.map((warning, at) => (
              <li key={at} dir="auto">
                <strong>{warning.what}</strong>
                {warning.where && ` (${warning.where})`}: {warning.advice}
              </li>
            ))}
          </ul>
        </details>
      )}
      <p className="small quiet flat">
        {[
          formats.bytes(entry.size),
          ...(entry.pages > 0 ? [texts.pages(entry.pages)] : []),
          ...(entry.chunks > 0 ? [texts.passages(entry.chunks)] : []),
          texts.uploaded(formats.time(entry.created_at)),
          texts.changed(formats.time(entry.updated_at)),
        ].join(" · ")}
      </p>
      {status !== "deleted" && <MetadataFields entry={entry} known={known} doing={doing} />}
      <div className="row">
        {status !== "deleted" && (
          <>
            <button type="button" className="button-plain" disabled={busy} onClick={() => void doIt(() => openVersion(api, document_id))}>
              <Icon name="open" />
              {texts.open}
            </button>
            <button type="button" className="button-plain" onClick={() => file.current?.click()}>
              <Icon name="upload" />
              {texts.replace}
            </button>
            <button type="button" className="button-plain" disabled={busy} onClick={() => void reindex()}>
              <Icon name="again" />
              {texts.reindex}
            </button>
          </>
        )}
        <button type="button" className="button-plain" aria-expanded={versions} onClick={() => setVersions(!versions)}>
          {texts.versions}
        </button>
        <button type="button" className="button-danger" disabled={busy} onClick={() => setErasing(true)}>
          <Icon name="bin" />
          {texts.erase}
        </button>
      </div>
      <input
        ref={file}
        type="file"
        hidden
        onChange={(event) => {
          const chosen = event.target.files?.[0];
          event.target.value = "";
          if (chosen) doing.replace(entry, chosen);
        }}
      />
      <p role="status" className="small flat">
        {busy ? texts.working : said}
      </p>
      {problem && <ProblemNotice problem={problem} />}
      {versions && <Versions entry={entry} doing={doing} />}
      {erasing && (
        <Confirm
          question={texts.eraseSure(entry.title)}
          action={texts.erase}
          confirmed={() => {
            setErasing(false);
            void doIt(() => doing.erase([document_id]));
          }}
          cancelled={() => setErasing(false)}
        />
      )}
    </div>
  );
}
