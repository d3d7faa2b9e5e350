// The view of analytics, for administrators: what was asked, how it fared, and what is missing.
import { useMemo } from "react";
import { useLoaded } from "../api/useLoaded";
import { analytics as en } from "../language/en/analytics";
import { analytics as id } from "../language/id/analytics";
import { useTexts } from "../language/language";
import { goTo, useRoute } from "../layout/route";
import "./analytics.css";
import { DocumentsSection } from "./DocumentsSection";
import { ErrorsSection } from "./ErrorsSection";
import type { Overview } from "./figures";
import { GapsSection } from "./GapsSection";
import { periodIn } from "./period";
import { EmailsContext, useEmails } from "./people";
import { PeriodChoice } from "./PeriodChoice";
import { PopularSection } from "./PopularSection";
import { ConfidenceSection, CountsSection, LatencySection, SatisfactionSection } from "./QuestionsSections";
import { SpendSection } from "./SpendSection";

export default function AnalyticsView() {
  const texts = useTexts({ en, id });
  const { query } = useRoute();
  // The address keeps the period, so that it can be sent to somebody.
  const period = useMemo(() => periodIn(query, Date.now()), [query]);
  const overview = useLoaded<Overview>("/v1/analytics/overview", period);
  const emails = useEmails();
  return (
    <EmailsContext value={emails}>
      <div className="analytics">
        <h1>{texts.title}</h1>
        <PeriodChoice period={period} choose={({ from, to }) => goTo(`#/analytics?from=${from}&to=${to}`, true)} />
        <CountsSection loaded={overview} />
        {overview.value && (
          <div className="analytics-small">
            <ConfidenceSection loaded={overview} />
            <LatencySection loaded={overview} />
            <SatisfactionSection loaded={overview} />
          </div>
        )}
        {/* Where no questions are counted, the first section says so for all. */}
        {overview.problem?.status !== 404 && (
          <>
            <GapsSection period={period} />
            <PopularSection period={period} />
            <DocumentsSection period={period} />
            <SpendSection period={period} />
            <ErrorsSection period={period} />
          </>
        )}
      </div>
    </EmailsContext>
  );
}
