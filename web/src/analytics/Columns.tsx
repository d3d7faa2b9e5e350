// Upright bars along days or scores, stacked by kind; the same figures stand in a table that can be opened.
import { analytics as en } from "../language/en/analytics";
import { analytics as id } from "../language/id/analytics";
import { useFormats, useTexts } from "../language/language";
import { axisEnd } from "./shares";

export type Kind = "answered" | "refused" | "failed";
export interface Column {
  name: string;
  /** A count for each kind, from below. */
  counts: readonly number[];
}

interface Props {
  caption: string;
  /** What the columns' names are. */
  along: string;
  kinds: readonly { kind: Kind; name: string }[];
  columns: readonly Column[];
}

const HEIGHT = 100;
const STEP = 10;
const THICK = 7;

export function Columns({ caption, along, kinds, columns }: Props) {
  const texts = useTexts({ en, id });
  const { number } = useFormats();
  const end = axisEnd(Math.max(0, ...columns.map(({ counts }) => sumOf(counts))));
  const told = ({ name, counts }: Column) =>
    `${name}: ${kinds.map((each, place) => `${each.name} ${number(counts[place] ?? 0)}`).join(", ")}`;
  return (
    <figure className="columns">
      <figcaption>{caption}</figcaption>
      {kinds.length > 1 && (
        <ul className="columns-key">
          {kinds.map(({ kind, name }) => (
            <li key={kind}>
              <svg viewBox="0 0 10 10" width="12" height="12" aria-hidden="true">
                <rect className={`column-${kind}`} width="10" height="10" />
              </svg>
              {name}
            </li>
          ))}
        </ul>
      )}
      <div className="columns-drawn">
        <span className="columns-end small quiet" aria-hidden="true">
          {number(end)}
        </span>
        <svg viewBox={`0 0 ${columns.length * STEP} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          {[0, 0.5].map((share) => (
            <line key={share} className="columns-line" x2={columns.length * STEP} y1={share * HEIGHT} y2={share * HEIGHT} />
          ))}
          {columns.map((column, place) => (
            <g key={column.name}>
              <title>{told(column)}</title>
              <rect className="column-ground" x={place * STEP} width={STEP} height={HEIGHT} />
              {kinds.map(({ kind }, level) => {
                const height = ((column.counts[level] ?? 0) / end) * HEIGHT;
                const below = (sumOf(column.counts.slice(0, level)) / end) * HEIGHT;
                const x = place * STEP + (STEP - THICK) / 2;
                return <rect key={kind} className={`column-${kind}`} x={x} y={HEIGHT - below - height} width={THICK} height={height} />;
              })}
            </g>
          ))}
        </svg>
      </div>
      <div className="columns-ends small quiet" aria-hidden="true">
        <span>{columns[0]?.name}</span>
        {columns.length > 1 && <span>{columns.at(-1)?.name}</span>}
      </div>
      <details>
        <summary>{texts.asTable}</summary>
        <div className="table-wide" tabIndex={0} role="group" aria-label={caption}>
          <table>
            <caption className="unseen">{caption}</caption>
            <thead>
              <tr>
                <th scope="col">{along}</th>
                {kinds.map(({ kind, name }) => (
                  <th key={kind} scope="col" className="figure">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {columns.map(({ name, counts }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  {kinds.map(({ kind }, place) => (
                    <td key={kind} className="figure">
                      {number(counts[place] ?? 0)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
