// How sure an answer is, in words, and what that means when somebody asks.
import type { ReactNode } from "react";
import { chat as en } from "../language/en/chat";
import { chat as id } from "../language/id/chat";
import { useFormats, useTexts } from "../language/language";
import type { Exchange } from "./thread";

export function Confidence({ exchange }: { exchange: Exchange }): ReactNode {
  const texts = useTexts({ en, id });
  const formats = useFormats();
  const { confidence, refused, claims, sources } = exchange;
  // A greeting rests on nothing, and says nothing that could be wrong.
  if (!confidence || (!refused && sources.length === 0)) return null;
  const unsure = claims.filter((claim) => !claim.verified);
  const level = refused ? "refused" : confidence.level;
  const words = texts.confidence[level];
  return (
    <details className={`confidence confidence-${level}`}>
      <summary>
        <span className="confidence-dot" aria-hidden="true" />
        {words.name}
      </summary>
      <div className="confidence-why">
        <p>{words.means}</p>
        {confidence.score !== null && <p>{texts.confidence.score(formats.percent(confidence.score))}</p>}
        {unsure.length > 0 && (
          <>
            <p>{texts.confidence.unsure}</p>
            <ul>
              {unsure.map((claim, index) => (
                <li key={index} dir="auto">
                  {claim.text}
                </li>
              ))}
            </ul>
          </>
        )}
        {exchange.understoodAs && <p>{texts.understoodAs(exchange.understoodAs)}</p>}
      </div>
    </details>
  );
}
