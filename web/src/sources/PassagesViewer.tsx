// A document that browsers do not show, as the passages that were read of it: sections, sheets, slides.
import { useEffect, useState, type RefObject } from "react";
import { asProblem, wasStopped, type Problem } from "../api/problem";
import type { Shown } from "../chat/opening";
import { chat as chatEn } from "../language/en/chat";
import { sources as en } from "../language/en/sources";
import { chat as chatId } from "../language/id/chat";
import { sources as id } from "../language/id/sources";
import { useTexts } from "../language/language";
import { ProblemNotice } from "../layout/ProblemNotice";
import { useApi } from "../session/signed_in";
import { blocksOf, placeOfQuote, type TableBlock } from "./blocks";
import { passagesOf, type Told } from "./content";
import { Lines } from "./Lines";
import { placeOf } from "./place";
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
  const blocks = blocksOf(read.passages.slice(from, until), from, read.at, quote);
  return (
    <>
      {shown.version && read.version !== shown.version && <p className="quiet small">{texts.changed}</p>}
      {from > 0 && (
        <button type="button" className="button-link small" onClick={() => setMore({ ...more, before: more.before + 20 })}>
          {texts.more}
        </button>
      )}
      {blocks.map((block, index) => {
        const place = placeOf(block.locator, places, shown.title);
        const isNew = index === 0 || place !== placeOf(blocks[index - 1]!.locator, places, shown.title);
        return (
          <section key={block.key} className="source-passage">
            {place && isNew && <h3 className="small quiet">{place}</h3>}
            {block.kind === "table" ? (
              <Table block={block} first={first} />
            ) : (
              <div className="source-text">
                <Lines lines={block.lines} offset={0} parts={block.parts} first={first} />
              </div>
            )}
          </section>
        );
      })}
      {until < read.passages.length && (
        <button type="button" className="button-link small" onClick={() => setMore({ ...more, behind: more.behind + 20 })}>
          {texts.more}
        </button>
      )}
    </>
  );
}

function Table({ block, first }: { block: TableBlock; first: RefObject<HTMLElement | null> }) {
  const firstMarked = block.rows.findIndex((row) => row.marked);
  return (
    <>
      {block.above.map((line, index) => (
        <p key={index} className="source-line" dir="auto">
          {line}
        </p>
      ))}
      <div className="table-wide" tabIndex={0} role="group" aria-labelledby="source-title">
        <table className="source-table">
          <thead>
            <tr>
              {block.names.map((name) => (
                <th key={name} scope="col" dir="auto">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {block.rows.map((row, index) => (
              <tr
                key={index}
                ref={index === firstMarked ? (first as RefObject<HTMLTableRowElement | null>) : undefined}
                className={row.marked ? "source-marked" : ""}
              >
                {row.values.map((value, column) => (
                  <td key={column} dir="auto">
                    {row.marked ? <mark>{value}</mark> : value}
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
