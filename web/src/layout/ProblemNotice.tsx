// Says what went wrong and what to do, with the id by which whoever runs the service finds it.
import type { Problem } from "../api/problem";
import { problems as en } from "../language/en/problems";
import { problems as id } from "../language/id/problems";
import { useTexts } from "../language/language";
import { useContext } from "react";
import { SignedInContext } from "../session/signed_in";
import { ServiceWords } from "./ServiceWords";

export function ProblemNotice({ problem, again }: { problem: Problem; again?: () => void }) {
  const texts = useTexts({ en, id });
  const signedIn = useContext(SignedInContext);
  const ended = problem.status === 401 && signedIn !== null;
  return (
    <div role="alert" className="trouble stack">
      {problem.title && <strong>{texts.title(problem.status, problem.title)}</strong>}
      <p className="flat">
        {ended ? texts.signIn : isTold(problem) ? <ServiceWords>{problem.detail}</ServiceWords> : sentenceOf(problem, texts)}
      </p>
      {problem.retryAfterS !== null && <p className="flat">{texts.waits(problem.retryAfterS)}</p>}
      {problem.requestId && <p className="flat small quiet">{texts.request(problem.requestId)}</p>}
      {(ended || again) && (
        <div className="row">
          {ended && (
            <button type="button" className="button" onClick={signedIn.signInAgain}>
              {texts.signInAgain}
            </button>
          )}
          {again && !ended && (
            <button type="button" className="button-plain" onClick={again}>
              {texts.again}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function isTold(problem: Problem): boolean {
  return problem.kind === "refused" && problem.detail !== "";
}

function sentenceOf(problem: Problem, texts: typeof en | typeof id): string {
  return problem.kind === "refused" ? texts.refused(problem.status) : texts[problem.kind];
}
