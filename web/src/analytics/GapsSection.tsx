// What people could not find, and the list of it to write.
import { useState } from "react";
import { useLoaded } from "../api/useLoaded";
import { analytics as en } from "../language/en/analytics";
import { analytics as id } from "../language/id/analytics";
import { useTexts } from "../language/language";
import { Icon } from "../layout/Icon";
import { save } from "../layout/saving";
import { ClusterList, WordsNote } from "./ClusterList";
import type { Cluster, Clusters } from "./figures";
import type { Period } from "./period";
import { Section } from "./Section";
import { asCsv, asMarkdown } from "./to_write";
import { useFigureFormats } from "./useFigureFormats";

const FIRST_SHOWN = 10;
const MOST = 100;

export function GapsSection({ period }: { period: Period }) {
  const texts = useTexts({ en, id });
  const { number, days } = useFigureFormats();
  const loaded = useLoaded<Clusters>("/v1/analytics/gaps", { ...period, limit: MOST });
  const [all, setAll] = useState(false);
  const told = texts.gaps;
  const counts = (one: Cluster) => told.counts(number(one.count), number(one.refused), number(one.disliked));

  function saveAs(kind: "md" | "csv", { clusters, from, to }: Clusters) {
    const headings = {
      title: told.listTitle(days(from, to)),
      wordless: texts.wordless,
      counts: told.counts,
      also: told.also,
      closest: told.closestOne,
      columns: Object.values(told.columns),
    };
    const content = kind === "md" ? asMarkdown(clusters, headings) : asCsv(clusters, headings);
    const type = kind === "md" ? "text/markdown" : "text/csv";
    save(`${told.file}-${from}-${to}.${kind}`, new Blob([content], { type: `${type};charset=utf-8` }));
  }

  return (
    <Section title={told.title} why={told.why} loaded={loaded}>
      {(found) =>
        found.clusters.length === 0 ? (
          <p className="flat">{told.none}</p>
        ) : (
          <>
            <div className="row" role="group" aria-label={told.save}>
              <span aria-hidden="true">{told.save}</span>
              <button type="button" className="button-plain" onClick={() => saveAs("md", found)}>
                <Icon name="save" />
                {told.markdown}
              </button>
              <button type="button" className="button-plain" onClick={() => saveAs("csv", found)}>
                <Icon name="save" />
                {told.csv}
              </button>
            </div>
            <WordsNote found={found} />
            <ClusterList
              clusters={all ? found.clusters : found.clusters.slice(0, FIRST_SHOWN)}
              counted={counts}
              documents={told.closest}
              none={told.noClosest}
            />
            {!all && found.clusters.length > FIRST_SHOWN && (
              <button type="button" className="button-plain" onClick={() => setAll(true)}>
                {told.more(number(found.clusters.length))}
              </button>
            )}
          </>
        )
      }
    </Section>
  );
}
