// The rows of a table around those that are quoted, with the names of its columns.
import { useMemo, useState } from "react";
import { sources as en } from "../language/en/sources";
import { sources as id } from "../language/id/sources";
import { useFormats, useTexts } from "../language/language";
import { ProblemNotice } from "../layout/ProblemNotice";
import { rowsOf } from "./separated";
import { Waiting } from "./SourcePanel";
import { quotedRows } from "./table_rows";
import { useIntoView } from "./useIntoView";
import { useText } from "./useText";

const AROUND = 15;
const MORE = 50;

interface Props {
  address: string;
  row: number | null;
  quote: string;
}

export function TableViewer({ address, row, quote }: Props) {
  const texts = useTexts({ en, id });
  const formats = useFormats();
  const { text, problem } = useText(address);
  const rows = useMemo(() => (text === null ? [] : rowsOf(text)), [text]);
  const marked = useMemo(() => new Set(quotedRows(rows, quote, row)), [rows, quote, row]);
  const [more, setMore] = useState({ before: 0, behind: 0 });
  const first = useIntoView<HTMLTableRowElement>(rows.length > 0);

  if (problem) return <ProblemNotice problem={problem} />;
  if (text === null) return <Waiting />;
  const names = rows[0]?.cells ?? [];
  const at = Math.min(...marked, rows.length);
  const centre = marked.size > 0 ? at : 1;
  const from = Math.max(1, centre - AROUND - more.before);
  const until = Math.min(rows.length, Math.max(centre, ...marked) + 1 + AROUND + more.behind);
  return (
    <>
      {from > 1 && (
        <button type="button" className="button-link small" onClick={() => setMore({ ...more, before: more.before + MORE })}>
          {texts.more}
        </button>
      )}
      <div className="table-wide" tabIndex={0} role="group" aria-labelledby="source-title">
        <table className="source-table">
          <caption className="small quiet">
            {texts.rows(
              formats.number(rows[from]?.number ?? 0),
              formats.number(rows[until - 1]?.number ?? 0),
              formats.number(rows.at(-1)?.number ?? 0),
            )}
          </caption>
          <thead>
            <tr>
              <th scope="col">{texts.row}</th>
              {names.map((name, index) => (
                <th key={index} scope="col" dir="auto">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(from, until).map((each, index) => {
              const isMarked = marked.has(from + index);
              return (
                <tr key={each.number} ref={from + index === at ? first : undefined} className={isMarked ? "source-marked" : ""}>
                  <th scope="row">{isMarked ? <mark>{each.number}</mark> : each.number}</th>
                  {each.cells.map((cell, column) => (
                    <td key={column} dir="auto">
                      {cell}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {until < rows.length && (
        <button type="button" className="button-link small" onClick={() => setMore({ ...more, behind: more.behind + MORE })}>
          {texts.more}
        </button>
      )}
    </>
  );
}
