// Names with their figures, as a table in which a bar beneath each name shows its share.
import type { ReactNode } from "react";

export interface Row {
  key: string;
  name: ReactNode;
  /** The bar's length, from 0 to 1. */
  share: number;
  figures: readonly string[];
}

interface Props {
  caption: string;
  /** What the columns are called: that of the names first. */
  columns: readonly string[];
  rows: readonly Row[];
}

export function Bars({ caption, columns, rows }: Props) {
  return (
    <div className="table-wide" tabIndex={0} role="group" aria-label={caption}>
      <table className="bars">
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map((name, place) => (
              <th key={name} scope="col" className={place > 0 ? "figure" : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, name, share, figures }) => (
            <tr key={key}>
              <th scope="row">
                <bdi>{name}</bdi>
                <Bar share={share} />
              </th>
              {figures.map((figure, place) => (
                <td key={columns[place + 1]} className="figure">
                  {figure}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A bar that says nothing by itself: its figure stands beside it. */
export function Bar({ share }: { share: number }) {
  return (
    <svg className="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect className="bar-whole" width="100" height="6" />
      <rect className="bar-part" width={100 * share} height="6" />
    </svg>
  );
}
