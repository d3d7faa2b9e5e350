// A source beside the answer: what is quoted, and the document itself, opened where the quote stands.
import { useEffect, useRef, useState } from "react";
import { asProblem, wasStopped, type Problem } from "../api/problem";
import { safeAddress } from "../chat/citations";
import type { Shown } from "../chat/opening";
import { chat as chatEn } from "../language/en/chat";
import { sources as en } from "../language/en/sources";
import { chat as chatId } from "../language/id/chat";
import { sources as id } from "../language/id/sources";
import { useTexts } from "../language/language";
import { Icon } from "../layout/Icon";
import { loaded } from "../layout/loaded";
import { ProblemNotice } from "../layout/ProblemNotice";
import { useApi } from "../session/signed_in";
import { addressOf } from "./content";
import { kindOf } from "./kind";
import { PassagesViewer } from "./PassagesViewer";
import { placeOf } from "./place";
import "./sources.css";
import { TableViewer } from "./TableViewer";
import { TextViewer } from "./TextViewer";

const PdfViewer = loaded(() => import("./PdfViewer"), <Waiting />);

interface Props {
  shown: Shown;
  close: () => void;
}

export default function SourcePanel({ shown, close }: Props) {
  const texts = useTexts({ en, id });
  const { places, closest } = useTexts({ en: chatEn, id: chatId });
  const api = useApi();
  const [address, setAddress] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [tries, setTries] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);
  const kind = kindOf(shown.uri);
  // What a tool gave is no document: there is nothing behind it to be opened.
  const isTool = shown.kind === "tool";

  useEffect(() => heading.current?.focus(), []);
  useEffect(() => {
    if (isTool) return;
    const control = new AbortController();
    setProblem(null);
    addressOf(api, shown.document_id, shown.version, control.signal)
      .then((content) => setAddress(safeAddress(content.url)))
      .catch((error: unknown) => {
        if (!wasStopped(error)) setProblem(asProblem(error));
      });
    return () => control.abort();
  }, [api, isTool, shown.document_id, shown.version, tries]);

  const place = placeOf(shown.locator, places, shown.title);
  // The document's own address on the web, where it has one; else the copy that was read.
  const link = safeAddress(shown.link) || (address && (shown.locator.page && kind === "pdf" ? `${address}#page=${shown.locator.page}` : address));
  return (
    <aside
      className="source-panel"
      aria-labelledby="source-title"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault(); // a frame around the page stays open
        close();
      }}
    >
      <header className="source-header">
        <div className="source-name">
          <h2 id="source-title" ref={heading} tabIndex={-1} dir="auto">
            {shown.number !== null && <span className="citation">{shown.number}</span>} {shown.title}
          </h2>
          {place && <p className="flat small quiet">{place}</p>}
        </div>
        {link && (
          <a
            className="button-icon"
            href={link}
            target="_blank"
            rel="noopener noreferrer"
            aria-label={texts.open}
            title={texts.open}
          >
            <Icon name="open" />
          </a>
        )}
        <button type="button" className="button-icon" aria-label={texts.close} title={texts.close} onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      {shown.quote && (
        <details className="source-quote" open={isTool || shown.quote.length < 300}>
          <summary className="small">{shown.number === null ? closest : shown.kind === "table" ? texts.computed : texts.quote}</summary>
          <blockquote dir="auto" tabIndex={0}>{shown.quote}</blockquote>
        </details>
      )}
      <div className="source-content">
        {isTool && <p className="quiet">{texts.tool}</p>}
        {problem &&
          (problem.status === 404 || problem.status === 403 ? (
            <p className="quiet">{texts.gone}</p>
          ) : (
            <ProblemNotice problem={problem} again={() => setTries(tries + 1)} />
          ))}
        {!problem && !isTool && (kind === "passages" ? <PassagesViewer shown={shown} /> : !address && <Waiting />)}
        {!problem && address && kind === "pdf" && (
          <PdfViewer address={address} page={shown.locator.page ?? 1} quote={shown.quote} />
        )}
        {!problem && address && kind === "table" && (
          <TableViewer address={address} row={shown.locator.row} quote={shown.quote} />
        )}
        {!problem && address && kind === "text" && (
          <TextViewer address={address} heading={shown.locator.heading} quote={shown.quote} />
        )}
      </div>
    </aside>
  );
}

export function Waiting() {
  return <p role="status">{useTexts({ en, id }).loading}</p>;
}
