// What is asked most often, in words where the deployment keeps them and enough people asked.
import { useLoaded } from "../api/useLoaded";
import { analytics as en } from "../language/en/analytics";
import { analytics as id } from "../language/id/analytics";
import { useTexts } from "../language/language";
import { ClusterList, WordsNote } from "./ClusterList";
import type { Clusters } from "./figures";
import type { Period } from "./period";
import { Section } from "./Section";
import { useFigureFormats } from "./useFigureFormats";

export function PopularSection({ period }: { period: Period }) {
  const texts = useTexts({ en, id });
  const { number } = useFigureFormats();
  const loaded = useLoaded<Clusters>("/v1/analytics/questions", { ...period, limit: 20 });
  const times = (count: number) => texts.popular.cluster(count === 1 ? count : number(count));
  return (
    <Section title={texts.popular.title} why={texts.popular.why} loaded={loaded}>
      {(found) => (
        <>
          <WordsNote found={found} />
          {found.clusters.length === 0 ? (
            <p className="flat">{texts.nothing}</p>
          ) : (
            <ClusterList clusters={found.clusters} counted={(cluster) => times(cluster.count)} documents={texts.documents.title} />
          )}
        </>
      )}
    </Section>
  );
}
