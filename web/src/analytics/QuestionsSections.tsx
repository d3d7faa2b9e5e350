// What the questions of a period came to: how many, how sure the answers, how fast, how they were liked.
import type { Loaded } from "../api/useLoaded";
import { analytics as en } from "../language/en/analytics";
import { chat as chatEn } from "../language/en/chat";
import { analytics as id } from "../language/id/analytics";
import { chat as chatId } from "../language/id/chat";
import { useTexts } from "../language/language";
import { Bars } from "./Bars";
import { Columns } from "./Columns";
import type { Overview } from "./figures";
import { bucketsOf, unitOf, type Period } from "./period";
import { Section } from "./Section";
import { ordered, shareOf } from "./shares";
import { Tiles } from "./Tiles";
import { useFigureFormats } from "./useFigureFormats";

type Of = { loaded: Loaded<Overview> };
const LEVELS = ["high", "medium", "low"] as const;
const PERCENTILES = ["p50", "p95", "p99"] as const;

export function CountsSection({ loaded }: Of) {
  const texts = useTexts({ en, id });
  const { number, percent, dollars, bucket } = useFigureFormats();
  const told = texts.overview;
  const kinds = (["answered", "refused", "failed"] as const).map((kind) => ({ kind, name: told[kind] }));
  return (
    <Section title={told.title} loaded={loaded}>
      {({ totals, days, from, to }) => {
        const period: Period = { from, to };
        const unit = unitOf(period);
        const part = (name: "answered" | "refused" | "failed" | "cached") => ({
          name: told[name],
          figure: number(totals[name]),
          more: told.share(percent(shareOf(totals[name], totals.questions))),
        });
        return (
          <>
            <Tiles
              tiles={[
                { name: told.questions, figure: number(totals.questions) },
                part("answered"),
                part("refused"),
                part("failed"),
                part("cached"),
                { name: told.askers, figure: number(totals.clients) },
                { name: told.dollars, figure: dollars(totals.dollars) },
              ]}
            />
            <Columns
              caption={told.units[unit]}
              along={told.when[unit]}
              kinds={kinds}
              columns={bucketsOf(days, period).map((each) => ({
                name: bucket(each, unit),
                counts: kinds.map(({ kind }) => each[kind]),
              }))}
            />
          </>
        );
      }}
    </Section>
  );
}

export function ConfidenceSection({ loaded }: Of) {
  const texts = useTexts({ en, id });
  const chat = useTexts({ en: chatEn, id: chatId });
  const { number, percent } = useFigureFormats();
  const told = texts.confidence;
  return (
    <Section title={told.title} why={told.why} loaded={loaded}>
      {({ confidence, scores }) => {
        const all = LEVELS.reduce((sum, level) => sum + confidence[level], 0);
        return all === 0 ? (
          <p className="flat">{texts.nothing}</p>
        ) : (
          <>
            <Bars
              caption={told.title}
              columns={[told.level, told.answers]}
              rows={LEVELS.map((level) => {
                const share = shareOf(confidence[level], all);
                const figures = [`${number(confidence[level])} (${percent(share)})`];
                return { key: level, name: chat.confidence[level].name, share, figures };
              })}
            />
            <Columns
              caption={told.scores}
              along={told.score}
              kinds={[{ kind: "answered", name: told.answers }]}
              columns={scores.map((count, place) => ({
                name: told.tenth(number(place / scores.length, 1), number((place + 1) / scores.length, 1)),
                counts: [count],
              }))}
            />
          </>
        );
      }}
    </Section>
  );
}

export function LatencySection({ loaded }: Of) {
  const texts = useTexts({ en, id });
  const { duration, percent } = useFigureFormats();
  const told = texts.latency;
  return (
    <Section title={told.title} loaded={loaded}>
      {({ latency_ms: took }) =>
        took.p50 === null ? (
          <p className="flat">{texts.nothing}</p>
        ) : (
          <>
            <Tiles
              tiles={PERCENTILES.map((name) => {
                const ms = took[name];
                return { name: told[name], figure: ms === null ? "–" : duration(ms) };
              })}
            />
            <p className="small quiet flat">{told.within(percent(took.within))}</p>
          </>
        )
      }
    </Section>
  );
}

export function SatisfactionSection({ loaded }: Of) {
  const texts = useTexts({ en, id });
  const reasonTexts: Readonly<Record<string, string>> = useTexts({ en: chatEn, id: chatId }).rate.reasons;
  const { number, percent } = useFigureFormats();
  const told = texts.satisfaction;
  return (
    <Section title={told.title} loaded={loaded}>
      {({ satisfaction, totals, reasons }) => {
        const given = ordered(reasons);
        return satisfaction === null ? (
          <p className="flat">{told.none}</p>
        ) : (
          <>
            <Tiles
              tiles={[
                { name: told.share, figure: percent(satisfaction) },
                { name: told.up, figure: number(totals.up) },
                { name: told.down, figure: number(totals.down) },
              ]}
            />
            {given.length > 0 && (
              <Bars
                caption={told.reasons}
                columns={[told.reason, told.ratings]}
                rows={given.map(([name, count]) => ({
                  key: name,
                  name: Object.hasOwn(reasonTexts, name) ? reasonTexts[name] : name,
                  share: shareOf(count, given[0]![1]),
                  figures: [number(count)],
                }))}
              />
            )}
          </>
        );
      }}
    </Section>
  );
}
