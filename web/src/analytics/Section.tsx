// A part of the analytics: its heading, and what is read for it, or why that cannot be had.
import { useId, type ReactNode } from "react";
import type { Loaded } from "../api/useLoaded";
import { analytics as en } from "../language/en/analytics";
import { analytics as id } from "../language/id/analytics";
import { useTexts } from "../language/language";
import { ProblemNotice } from "../layout/ProblemNotice";
import type { Ranged } from "./figures";

interface Props<T> {
  title: string;
  why?: string;
  loaded: Loaded<T>;
  children: (value: T) => ReactNode;
}

export function Section<T extends Ranged>({ title, why, loaded, children }: Props<T>) {
  const texts = useTexts({ en, id });
  const heading = useId();
  const { value, problem, loading, again } = loaded;
  return (
    <section className="card stack figures" aria-labelledby={heading} aria-busy={loading}>
      <h2 id={heading}>{title}</h2>
      {why && <p className="quiet flat">{why}</p>}
      <p role="status" className="small quiet flat">
        {loading && texts.loading}
      </p>
      {problem && <ProblemNotice problem={problem} again={again} />}
      {value && !value.complete && <p className="figures-note flat">{texts.incomplete}</p>}
      {value && children(value)}
    </section>
  );
}
