// A document that browsers do not show, as the passages that were read of it: sections, sheets, slides.
import { Fragment, useEffect, useMemo, useState, type RefObject } from "react";
import { asProblem, wasStopped, type Problem } from "../api/problem";
import type { Shown } from "../chat/opening";
import { chat as chatEn } from "../language/en/chat";
import { sources as en } from "../language/en/sources";
import { chat as chatId } from "../language/id/chat";
import { sources as id } from "../language/id/sources";
import { useTexts } from "../language/language";
import { ProblemNotice } from "../layout/ProblemNotice";
import { useApi } from "../session/signed_in";
import { passagesOf, type Told } from "./content";
import { Lines } from "./Lines";
import { findQuote, type Part } from "./matching";
import { placeOf } from "./place";
import { recordsIn } from "./records";
import { Waiting } from "./SourcePanel";
import { useIntoView } from "./useIntoView";

// Pages of a hundred passages that are looked through for a quote.
const MOST_PAGES = 40;
const AROUND = 4;

interface Read {
  passages: Told[];
  version: string;
  /** The passage that holds the quote; -1 where none does. */
  at: number;
}

export function PassagesViewer({ shown }: { shown: Shown }) {
  const texts = useTexts({ en, id });
  const places = useTexts({ en: chatEn, id: chatId }).places;
  const api = useApi();
  const [read, setRead] = useState<Read | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [more, setMore] = useState({ before: 0, behind: 0 });
  const first = useIntoView<HTMLElement>(read);
  const { document_id: documentId, quote } = shown;

  useEffect(() => {
    const control = new AbortController();
    const passages: Told[] = [];
    async function look() {
      let offset: number | null = 0;
      let at = -1;
      let version = "";
      for (let page = 0; page < MOST_PAGES && offset !== null && at < 0; page++) {
        const found = await passagesOf(api, documentId, offset, control.signal);
        version = found.version;
        const before = passages.length;
        passages.push(...found.passages);
        at = placeOfQuote(found.passages, quote);
        if (at >= 0) at += before;
        offset = found.next_offset;
      }
      setRead({ passages, version, at });
    }
    look().catch((error: unknown) => {
      if (!wasStopped(error)) setProblem(asProblem(error));
    });
    return () => control.abort();
  }, [api, documentId, quote]);

  if (problem) return problem.status === 404 ? <p className="quiet">{texts.gone}</p> : <ProblemNotice problem={problem} />;
  if (!read) return <Waiting />;
  const at = Math.max(0, read.at);
  const from = Math.max(0, at - AROUND - more.before);
  const until = Math.min(read.passages.length, at + 1 + AROUND + more.behind);
  return (
    <>
      {shown.version && read.version !== shown.version && <p className="quiet small">{texts.changed}</p>}
      {from > 0 && (
        <button type="button" className="button-link small" onClick={() => setMore({ ...more, before: more.before + 20 })}>
          {texts.more}
        </button>
      )}
      {read.passages.slice(from, until).map((passage, index) => (
        <section key={from + index} className="source-passage">
          <PassageName
            place={placeOf(passage.locator, places)}
            before={index > 0 ? placeOf(read.passages[from + index - 1]!.locator, places) : ""}
          />
          <Passage text={passage.text} quote={from + index === read.at ? quote : ""} first={first} />
        </section>
      ))}
      {until < read.passages.length && (
        <button type="button" className="button-link small" onClick={() => setMore({ ...more, behind: more.behind + 20 })}>
          {texts.more}
        </button>
      )}
    </>
  );
}

/** The first passage that holds all of the quote, else that which holds most of its sentences. */
export function placeOfQuote(passages: readonly Told[], quote: string): number {
  let best = -1;
  let most = 0;
  passages.forEach((passage, index) => {
    const marked = findQuote([passage.text], quote).reduce((sum, part) => sum + part.end - part.begin, 0);
    if (marked > most) [best, most] = [index, marked];
  });
  return best;
}

function PassageName({ place, before }: { place: string; before: string }) {
  return place && place !== before ? <h3 className="small quiet">{place}</h3> : null;
}

interface PassageProps {
  text: string;
  quote: string;
  first: RefObject<HTMLElement | null>;
}

function Passage({ text, quote, first }: PassageProps) {
  const lines = useMemo(() => text.split("\n"), [text]);
  const parts = useMemo<Part[]>(() => (quote ? findQuote(lines, quote) : []), [lines, quote]);
  const table = useMemo(() => recordsIn(lines), [lines]);
  if (!table)
    return (
      <div className="source-text">
        <Lines lines={lines} offset={0} parts={parts} first={first} />
      </div>
    );
  const marked = new Set(parts.map((part) => part.run));
  return (
    <>
      {table.above.map((line, index) => (
        <p key={index} className="source-line" dir="auto">
          {line}
        </p>
      ))}
      <div className="table-wide" tabIndex={0} role="group" aria-labelledby="source-title">
        <table className="source-table">
          <thead>
            <tr>
              {table.names.map((name) => (
                <th key={name} scope="col" dir="auto">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row) => (
              <tr key={row.line} className={marked.has(row.line) ? "source-marked" : ""}>
                {row.values.map((value, index) => (
                  <td key={index} dir="auto" ref={index === 0 && row.line === parts[0]?.run ? (first as RefObject<HTMLTableCellElement | null>) : undefined}>
                    {marked.has(row.line) ? <mark>{value}</mark> : <Fragment>{value}</Fragment>}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
