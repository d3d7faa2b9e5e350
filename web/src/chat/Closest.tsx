// What comes closest to a question that the documents do not answer, offered to be opened or asked about.
import { useCallback, useEffect, useRef, useState } from "react";
import { asProblem, wasStopped, type Problem } from "../api/problem";
import type { Passage } from "../api/types";
import { chat as en } from "../language/en/chat";
import { chat as id } from "../language/id/chat";
import { useTexts } from "../language/language";
import { ProblemNotice } from "../layout/ProblemNotice";
import { useApi } from "../session/signed_in";
import { placeOf } from "../sources/place";
import { useOpening } from "./opening";
import { textOf, type Exchange } from "./thread";

const LOOKED_AT = 8;

/** The best passage of each document that the refusal names. */
export function namedIn(refusal: string, passages: readonly Passage[]): Passage[] {
  const first = new Map<string, Passage>();
  for (const passage of passages)
    if (!first.has(passage.document_id) && refusal.includes(passage.title)) first.set(passage.document_id, passage);
  return [...first.values()];
}

interface Props {
  exchange: Exchange;
  /** Asks the question again, of one document. */
  narrow: (documentId: string, title: string) => void;
}

export function Closest({ exchange, narrow }: Props) {
  const texts = useTexts({ en, id });
  const api = useApi();
  const { open } = useOpening();
  const [passages, setPassages] = useState<Passage[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const asked = exchange.understoodAs || exchange.question;
  const refusal = textOf(exchange);
  // An answer of before is looked up only when somebody wants it: each costs a search.
  const [wanted, setWanted] = useState(exchange.createdAt === "");
  const filters = useRef(exchange.filters);

  const look = useCallback(
    (signal: AbortSignal) => {
      setProblem(null);
      api
        .send<{ passages: Passage[] }>("POST", "/v1/search", {
          body: { query: asked.slice(0, 5000), top_k: LOOKED_AT, filters: filters.current },
          signal,
        })
        .then((found) => setPassages(namedIn(refusal, found.passages)))
        .catch((error: unknown) => {
          if (!wasStopped(error)) setProblem(asProblem(error));
        });
    },
    [api, asked, refusal],
  );

  useEffect(() => {
    if (!wanted) return;
    const control = new AbortController();
    look(control.signal);
    return () => control.abort();
  }, [look, wanted]);

  if (!wanted)
    return (
      <button type="button" className="button-link small" onClick={() => setWanted(true)}>
        {texts.showClosest}
      </button>
    );
  if (problem) return <ProblemNotice problem={problem} again={() => look(new AbortController().signal)} />;
  if (!passages || passages.length === 0) return null;
  return (
    <section className="closest" aria-label={texts.closest}>
      <h2 className="small">{texts.closest}</h2>
      <ul>
        {passages.map((passage) => (
          <li key={passage.document_id}>
            <button
              type="button"
              className="button-link"
              onClick={() => open({ ...passage, quote: passage.text, link: "", number: null })}
            >
              <bdi>{passage.title}</bdi>
            </button>
            <span className="quiet small"> {placeOf(passage.locator, texts.places, passage.title)}</span>
            <p className="closest-text small quiet" dir="auto">
              {passage.text}
            </p>
            <button
              type="button"
              className="button-link small"
              onClick={() => narrow(passage.document_id, passage.title)}
            >
              {texts.askThere}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
