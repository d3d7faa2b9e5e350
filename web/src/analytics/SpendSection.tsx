// What models were paid, by who asked and by model.
import { useLoaded } from "../api/useLoaded";
import { analytics as en } from "../language/en/analytics";
import { analytics as id } from "../language/id/analytics";
import { useTexts } from "../language/language";
import { Bars } from "./Bars";
import type { Spend, Spender } from "./figures";
import type { Period } from "./period";
import { Section } from "./Section";
import { shareOf } from "./shares";
import { useFigureFormats } from "./useFigureFormats";

export function SpendSection({ period }: { period: Period }) {
  const texts = useTexts({ en, id });
  const { number, dollars, asker } = useFigureFormats();
  const loaded = useLoaded<Spend>("/v1/analytics/spend", period);
  const told = texts.spend;
  const table = (caption: string, first: string, spenders: readonly Spender[], named: (name: string) => string, all: number) => (
    <Bars
      caption={caption}
      columns={[first, told.dollars, told.questions, told.tokensIn, told.tokensOut]}
      rows={spenders.map((one) => ({
        key: one.name,
        name: named(one.name),
        share: shareOf(one.dollars, all),
        figures: [dollars(one.dollars), number(one.questions), number(one.tokens_in), number(one.tokens_out)],
      }))}
    />
  );
  return (
    <Section title={told.title} loaded={loaded}>
      {(spend) => (
        <>
          <p className="flat">{told.total(dollars(spend.dollars))}</p>
          {spend.clients.length === 0 && <p className="flat">{texts.nothing}</p>}
          {spend.clients.length > 0 && table(told.byClient, told.name, spend.clients, asker, spend.dollars)}
          {spend.models.length > 0 && table(told.byModel, told.model, spend.models, (name) => name, spend.dollars)}
        </>
      )}
    </Section>
  );
}
