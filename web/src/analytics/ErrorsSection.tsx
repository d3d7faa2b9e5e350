// Questions that ended with an error, and documents that could not be taken in.
import { useLoaded } from "../api/useLoaded";
import { analytics as en } from "../language/en/analytics";
import { analytics as id } from "../language/id/analytics";
import { useTexts } from "../language/language";
import { Bars } from "./Bars";
import { DocumentName } from "./DocumentsSection";
import type { Errors } from "./figures";
import type { Period } from "./period";
import { Section } from "./Section";
import { ordered, shareOf } from "./shares";
import { useFigureFormats } from "./useFigureFormats";

export function ErrorsSection({ period }: { period: Period }) {
  const texts = useTexts({ en, id });
  const { number, time, asker } = useFigureFormats();
  const loaded = useLoaded<Errors>("/v1/analytics/errors", period);
  const told = texts.errors;
  return (
    <Section title={told.title} loaded={loaded}>
      {({ questions, recent, documents, documents_count: failed }) => {
        const byError = ordered(questions);
        return byError.length === 0 && failed === 0 ? (
          <p className="flat">{told.none}</p>
        ) : (
          <>
            {byError.length > 0 && (
              <Bars
                caption={told.questions}
                columns={[told.error, told.count]}
                rows={byError.map(([name, count]) => ({
                  key: name,
                  name,
                  share: shareOf(count, byError[0]![1]),
                  figures: [number(count)],
                }))}
              />
            )}
            {recent.length > 0 && (
              <details>
                <summary>{told.recent}</summary>
                <Listed
                  caption={told.recent}
                  columns={[told.at, told.who, told.error]}
                  rows={recent.map((one) => [time(one.at), asker(one.client), one.error])}
                />
              </details>
            )}
            {failed > 0 && (
              <details>
                <summary>{told.documents(number(failed))}</summary>
                <ul>
                  {documents.map((one) => (
                    <li key={one.document_id}>
                      <DocumentName document={one} />
                      <p className="small flat" dir="auto">
                        {one.reason}
                      </p>
                    </li>
                  ))}
                </ul>
              </details>
            )}
          </>
        );
      }}
    </Section>
  );
}

function Listed({ caption, columns, rows }: { caption: string; columns: string[]; rows: string[][] }) {
  return (
    <div className="table-wide" tabIndex={0} role="group" aria-label={caption}>
      <table>
        <caption className="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, row) => (
            <tr key={row}>
              {cells.map((cell, place) => (
                <td key={columns[place]}>
                  <bdi>{cell}</bdi>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
