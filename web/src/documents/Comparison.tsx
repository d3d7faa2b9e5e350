// What differs between two versions, line by line.
import { useEffect, useMemo, useState } from "react";
import { asProblem, wasStopped, type Problem } from "../api/problem";
import { documents as en } from "../language/en/documents";
import { documents as id } from "../language/id/documents";
import { useTexts } from "../language/language";
import { ProblemNotice } from "../layout/ProblemNotice";
import { useApi } from "../session/signed_in";
import { differences, withSurroundings, type Shown } from "./differences";
import type { DocumentEntry } from "./entries";
import { linesOf } from "./version_text";

const AT_ONCE = 400;

interface Props {
  entry: DocumentEntry;
  before: string;
  after: string;
}

export function Comparison({ entry: { document_id, path, title }, before, after }: Props) {
  const texts = useTexts({ en, id });
  const api = useApi();
  const [read, setRead] = useState<[string[], string[]] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [most, setMost] = useState(AT_ONCE);
  useEffect(() => {
    const control = new AbortController();
    Promise.all([before, after].map((version) => linesOf(api, document_id, path, version, control.signal)))
      .then(([old, fresh]) => setRead([old!, fresh!]))
      .catch((error: unknown) => {
        if (!wasStopped(error)) setProblem(asProblem(error));
      });
    return () => control.abort();
  }, [api, document_id, path, before, after]);
  const lines = useMemo(() => read && differences(...read), [read]);
  const shown = useMemo(() => lines && withSurroundings(lines), [lines]);

  if (problem?.kind === "unreadable")
    return (
      <p role="alert" className="trouble flat">
        {texts.notCompared}
      </p>
    );
  if (problem) return <ProblemNotice problem={problem} />;
  if (!lines || !shown) return <p role="status">{texts.comparing}</p>;
  const added = lines.filter(({ kind }) => kind === "added").length;
  const removed = lines.filter(({ kind }) => kind === "removed").length;
  return (
    <div className="stack">
      <p role="status" className="flat">
        {added + removed === 0 ? texts.noDifference : texts.differences(added, removed)}
      </p>
      {added + removed > 0 && (
        <div className="comparison" role="region" tabIndex={0} aria-label={texts.differencesOf(title)}>
          {shown.slice(0, most).map((line, at) => (
            <ShownLine key={at} line={line} />
          ))}
        </div>
      )}
      {shown.length > most && (
        <button type="button" className="button-link" onClick={() => setMost(most + AT_ONCE)}>
          {texts.more}
        </button>
      )}
    </div>
  );
}

function ShownLine({ line }: { line: Shown }) {
  const texts = useTexts({ en, id });
  if (line.kind === "skipped") return <p className="comparison-skipped">{texts.sameLines(line.count)}</p>;
  const content = (
    <>
      <span className="comparison-numbers" aria-hidden="true">
        <span>{line.before}</span>
        <span>{line.after}</span>
        <span>{line.kind === "added" ? "+" : line.kind === "removed" ? "−" : ""}</span>
      </span>
      {line.kind !== "same" && <span className="unseen">{texts.lineKinds[line.kind]}</span>}
      <span dir="auto">{line.text || "\u00a0"}</span>
    </>
  );
  if (line.kind === "added") return <ins className="comparison-line">{content}</ins>;
  if (line.kind === "removed") return <del className="comparison-line">{content}</del>;
  return <div className="comparison-line">{content}</div>;
}
