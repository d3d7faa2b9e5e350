// The files that are being uploaded: how far all of them are, and each of them.
import { memo, useRef } from "react";
import { documents as en } from "../language/en/documents";
import { documents as id } from "../language/id/documents";
import { useFormats, useTexts } from "../language/language";
import { Icon } from "../layout/Icon";
import { Name } from "../layout/Name";
import { ProblemNotice } from "../layout/ProblemNotice";
import { ServiceWords } from "../layout/ServiceWords";
import { uploadSecondsLeft } from "./pace";
import { TimeLeft } from "./TimeLeft";
import { isUnfinished, type Queue, type Upload, type UploadQueue } from "./upload_queue";

const MOST_SHOWN = 100;

export function UploadList({ queue, state: { uploads, problem } }: { queue: UploadQueue; state: Queue }) {
  const texts = useTexts({ en, id });
  const unfinished = uploads.filter(isUnfinished);
  const sent = uploads.filter(({ stage }) => stage === "sent").length;
  const failed = uploads.filter(({ stage }) => stage === "failed").length;
  const taken = uploads.filter(({ stage }) => stage !== "cancelled" && stage !== "failed");
  const gone = sum(taken, (upload) => upload.gone);
  const size = sum(taken, (upload) => upload.file.size);
  const seconds = useSecondsLeft(unfinished.length > 0, gone, size - gone);
  // Of very many, those are shown that somebody may want to see to.
  const shown = (uploads.length <= MOST_SHOWN ? uploads : uploads.filter(({ stage }) => stage !== "sent")).slice(0, MOST_SHOWN);

  return (
    <div className="stack">
      <div className="uploads-all">
        <p role="status" className="flat">
          {texts.sent(sent, uploads.length)}
          {failed > 0 && ` · ${texts.notSent(failed)}`}
        </p>
        {unfinished.length > 0 && <progress aria-label={texts.uploading} value={gone} max={Math.max(size, 1)} />}
        {unfinished.length > 0 && seconds !== null && !problem && (
          <span className="small quiet">
            <TimeLeft seconds={seconds} />
          </span>
        )}
        <span className="row">
          {unfinished.length > 0 && (
            <button type="button" className="button-link" onClick={queue.cancelAll}>
              {texts.cancelAll}
            </button>
          )}
          {unfinished.length < uploads.length - failed && (
            <button type="button" className="button-link" onClick={queue.clear}>
              {texts.clearSent}
            </button>
          )}
        </span>
      </div>
      {problem && <ProblemNotice problem={problem} again={queue.resume} />}
      <ul className="uploads-list">
        {shown.map((upload) => (
          <UploadRow key={upload.key} upload={upload} queue={queue} />
        ))}
      </ul>
      {shown.length < uploads.length && <p className="small quiet flat">{texts.moreFiles(uploads.length - shown.length)}</p>}
    </div>
  );
}

const UploadRow = memo(function UploadRow({ upload, queue }: { upload: Upload; queue: UploadQueue }) {
  const texts = useTexts({ en, id });
  const formats = useFormats();
  const { key, path, file, stage, gone, failure, detail } = upload;
  return (
    <li className="uploads-file" data-stage={stage}>
      <Name className="uploads-path" of={path} />
      <span className="small quiet">{formats.bytes(file.size)}</span>
      {stage === "sending" ? (
        <progress aria-label={texts.progressOf(path)} value={gone} max={Math.max(file.size, 1)} />
      ) : (
        <span className="small">{texts.stages[stage]}</span>
      )}
      {isUnfinished(upload) ? (
        <button type="button" className="button-icon" aria-label={texts.cancelOf(path)} onClick={() => queue.cancel(key)}>
          <Icon name="close" />
        </button>
      ) : stage === "sent" ? (
        <Icon name="done" />
      ) : failure === "empty" || failure === "large" ? null : (
        <button type="button" className="button-icon" aria-label={texts.retryOf(path)} onClick={() => queue.retry(key)}>
          <Icon name="again" />
        </button>
      )}
      {failure && (
        <p className="uploads-why small flat">
          {texts.failures[failure]} {detail && (failure === "bucket" ? texts.status(detail) : <ServiceWords>{detail}</ServiceWords>)}
        </p>
      )}
    </li>
  );
});

function useSecondsLeft(active: boolean, gone: number, left: number): number | null {
  const begin = useRef<{ time: number; gone: number } | null>(null);
  if (!active || (begin.current && gone < begin.current.gone)) begin.current = null;
  if (!active) return null;
  begin.current ??= { time: Date.now(), gone };
  return uploadSecondsLeft(gone - begin.current.gone, (Date.now() - begin.current.time) / 1_000, left);
}

const sum = (uploads: readonly Upload[], of: (upload: Upload) => number): number =>
  uploads.reduce((total, upload) => total + of(upload), 0);
