// Clusters of questions with their documents, and why some are not shown in words.
import { analytics as en } from "../language/en/analytics";
import { analytics as id } from "../language/id/analytics";
import { useTexts } from "../language/language";
import { Bar } from "./Bars";
import { DocumentName } from "./DocumentsSection";
import type { Cluster, Clusters } from "./figures";
import { shareOf } from "./shares";

// A cluster's commonest documents come first; the others say little.
const MOST_DOCUMENTS = 5;

interface Props {
  clusters: readonly Cluster[];
  counted: (cluster: Cluster) => string;
  /** What the documents of a cluster are called. */
  documents: string;
  none?: string;
}

export function ClusterList({ clusters, counted, documents, none }: Props) {
  const texts = useTexts({ en, id });
  const most = Math.max(0, ...clusters.map((each) => each.count));
  return (
    <ol className="clusters">
      {clusters.map((cluster, place) => {
        const [first, ...others] = cluster.examples;
        return (
          // Clusters have no name, and their order is that of one answer.
          <li key={place}>
            {first ? <strong dir="auto">{first}</strong> : <em className="quiet">{texts.wordless}</em>}
            <Bar share={shareOf(cluster.count, most)} />
            <p className="small flat">{counted(cluster)}</p>
            {others.length > 0 && (
              <ul className="small">
                {others.map((text) => (
                  <li key={text} dir="auto">
                    {text}
                  </li>
                ))}
              </ul>
            )}
            {cluster.documents.length > 0 && (
              <>
                <p className="small quiet flat">{documents}</p>
                <ul className="small">
                  {cluster.documents.slice(0, MOST_DOCUMENTS).map((one) => (
                    <li key={one.document_id}>
                      <DocumentName document={one} />
                    </li>
                  ))}
                </ul>
              </>
            )}
            {cluster.documents.length === 0 && none && <p className="small quiet flat">{none}</p>}
          </li>
        );
      })}
    </ol>
  );
}

export function WordsNote({ found }: { found: Clusters }) {
  const texts = useTexts({ en, id });
  if (found.clusters.length === 0) return null;
  if (!found.texts) return <p className="figures-note flat">{texts.noTexts}</p>;
  return found.clusters.some((each) => each.examples.length === 0) ? (
    <p className="small quiet flat">{texts.tooFew}</p>
  ) : null;
}
