// The documents by how often answers cite them, and those that none cites.
import { useLoaded } from "../api/useLoaded";
import { analytics as en } from "../language/en/analytics";
import { analytics as id } from "../language/id/analytics";
import { useTexts } from "../language/language";
import { Name } from "../layout/Name";
import { Bars } from "./Bars";
import type { CitedDocuments, Named } from "./figures";
import type { Period } from "./period";
import { Section } from "./Section";
import { shareOf } from "./shares";
import { useFigureFormats } from "./useFigureFormats";

export function DocumentsSection({ period }: { period: Period }) {
  const texts = useTexts({ en, id });
  const { number } = useFigureFormats();
  const loaded = useLoaded<CitedDocuments>("/v1/analytics/documents", period);
  const told = texts.documents;
  return (
    <Section title={told.title} loaded={loaded}>
      {({ documents, cited, never_cited: never, never_cited_count: neverCount }) => {
        const most = Math.max(0, ...cited.map((one) => one.cited));
        return (
          <>
            <p className="flat">{told.count(number(Math.max(0, documents - neverCount)), number(documents))}</p>
            {cited.length > 0 && (
              <Bars
                caption={told.cited}
                columns={[told.document, told.citations, told.closest]}
                rows={cited.map((one) => ({
                  key: one.document_id,
                  name: <DocumentName document={one} />,
                  share: shareOf(one.cited, most),
                  figures: [number(one.cited), number(one.closest)],
                }))}
              />
            )}
            {neverCount > 0 && (
              <details>
                <summary>{told.never(number(neverCount))}</summary>
                {neverCount > never.length && <p className="small quiet">{told.neverFirst(number(never.length))}</p>}
                <ul>
                  {never.map((one) => (
                    <li key={one.document_id}>
                      <DocumentName document={one} />
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

/** A document's title, and its path where that says more. */
export function DocumentName({ document }: { document: Named }) {
  return (
    <>
      <Name of={document.title || document.path} />
      {document.title && document.title !== document.path && (
        <Name className="small quiet document-path" of={document.path} />
      )}
    </>
  );
}
