// The stored versions of a document: opened, compared, and made the current one again.
import { useCallback, useEffect, useState } from "react";
import { asProblem, wasStopped, type Problem } from "../api/problem";
import { documents as en } from "../language/en/documents";
import { documents as id } from "../language/id/documents";
import { useFormats, useTexts } from "../language/language";
import { Confirm } from "../layout/Confirm";
import { ProblemNotice } from "../layout/ProblemNotice";
import { useApi } from "../session/signed_in";
import { Comparison } from "./Comparison";
import type { Doing } from "./DocumentDetails";
import { pathOf, type DocumentEntry, type Version } from "./entries";
import { openVersion } from "./opening";
import { comparable } from "./version_text";

export function Versions({ entry, doing }: { entry: DocumentEntry; doing: Doing }) {
  const texts = useTexts({ en, id });
  const formats = useFormats();
  const api = useApi();
  const [versions, setVersions] = useState<Version[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [restoring, setRestoring] = useState<Version | null>(null);
  const [said, setSaid] = useState("");
  const { document_id, updated_at, status } = entry;

  const load = useCallback(
    (signal: AbortSignal) =>
      api
        .get<{ versions: Version[] }>(pathOf(document_id, "/versions"), {}, signal)
        .then((found) => setVersions(found.versions))
        .catch((error: unknown) => {
          if (!wasStopped(error)) setProblem(asProblem(error));
        }),
    [api, document_id],
  );
  // What is ingested meanwhile makes another version the one that readers see.
  useEffect(() => {
    const control = new AbortController();
    void load(control.signal);
    return () => control.abort();
  }, [load, updated_at, status]);

  async function tried(work: () => Promise<void>) {
    setProblem(null);
    setSaid("");
    try {
      await work();
    } catch (error) {
      setProblem(asProblem(error));
    }
  }
  const restore = (version: Version) =>
    tried(async () => {
      doing.changed(await api.send<DocumentEntry>("POST", pathOf(document_id, ":restore"), { body: { version: version.version } }));
      setSaid(texts.willBeRead);
      await load(new AbortController().signal);
    });

  return (
    <section className="stack" aria-label={texts.versions}>
      {versions === null && !problem && <p role="status">{texts.loading}</p>}
      {problem && <ProblemNotice problem={problem} />}
      <ol className="versions">
        {versions?.map((version) => (
          <li key={version.version}>
            <span>{formats.time(version.last_modified)}</span>
            <span className="quiet small">{version.deleted ? texts.versionDeleted : formats.bytes(version.size)}</span>
            <span className="small">
              {[version.is_live && texts.versionLive, version.is_latest && texts.versionLatest].filter(Boolean).join(", ")}
            </span>
            {!version.deleted && (
              <span className="row">
                <button
                  type="button"
                  className="button-link"
                  aria-label={texts.openVersion(formats.time(version.last_modified))}
                  onClick={() => void tried(() => openVersion(api, document_id, version.version))}
                >
                  {texts.open}
                </button>
                {!version.is_latest && (
                  <button
                    type="button"
                    className="button-link"
                    aria-label={texts.restoreVersion(formats.time(version.last_modified))}
                    onClick={() => setRestoring(version)}
                  >
                    {texts.restore}
                  </button>
                )}
              </span>
            )}
          </li>
        ))}
      </ol>
      <p role="status" className="small flat">
        {said}
      </p>
      {versions && <Compared entry={entry} versions={versions.filter((version) => !version.deleted)} />}
      {restoring && (
        <Confirm
          question={texts.restoreSure(entry.title, formats.time(restoring.last_modified))}
          action={texts.restore}
          confirmed={() => {
            setRestoring(null);
            void restore(restoring);
          }}
          cancelled={() => setRestoring(null)}
        />
      )}
    </section>
  );
}

/** Two versions to choose, and what differs between them; the last two at first. */
function Compared({ entry, versions }: { entry: DocumentEntry; versions: readonly Version[] }) {
  const texts = useTexts({ en, id });
  const formats = useFormats();
  const [before, setBefore] = useState("");
  const [after, setAfter] = useState("");
  const [pair, setPair] = useState<[string, string] | null>(null);
  if (versions.length < 2) return null;
  if (!comparable(entry.path)) return <p className="small quiet flat">{texts.notComparable}</p>;
  const chosen = [before || versions[1]!.version, after || versions[0]!.version] as const;
  const options = versions.map((version) => (
    <option key={version.version} value={version.version}>
      {formats.time(version.last_modified)}
      {version.is_live ? ` (${texts.versionLive})` : ""}
    </option>
  ));
  return (
    <>
      <div className="row versions-compare">
        <label className="field">
          <span>{texts.compareFrom}</span>
          <select className="select" value={chosen[0]} onChange={(event) => setBefore(event.target.value)}>
            {options}
          </select>
        </label>
        <label className="field">
          <span>{texts.compareTo}</span>
          <select className="select" value={chosen[1]} onChange={(event) => setAfter(event.target.value)}>
            {options}
          </select>
        </label>
        <button type="button" className="button-plain" disabled={chosen[0] === chosen[1]} onClick={() => setPair([...chosen])}>
          {texts.compare}
        </button>
      </div>
      {pair && <Comparison key={pair.join(" ")} entry={entry} before={pair[0]} after={pair[1]} />}
    </>
  );
}
