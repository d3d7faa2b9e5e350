// What an agent does for an answer: shown as it happens, folded away once the answer is whole.
import { useEffect, useState } from "react";
import { agents as en } from "../language/en/agents";
import { agents as id } from "../language/id/agents";
import { useFormats, useTexts } from "../language/language";
import { Icon } from "../layout/Icon";
import type { Step } from "./agent";
import "./agents.css";
import { useTitles } from "./choosing";
import { visible } from "./readable";

export default function Steps({ steps, underWay }: { steps: readonly Step[]; underWay: boolean }) {
  const texts = useTexts({ en, id });
  const formats = useFormats();
  const titleOf = useTitles();
  const [open, setOpen] = useState(underWay);
  useEffect(() => setOpen(underWay), [underWay]);

  const sentence = (step: Step): string => {
    const ended = step.ended !== false;
    const words = Object.hasOwn(texts.steps, step.kind) ? texts.steps[step.kind] : texts.steps.tool;
    const name = visible(step.kind === "handoff" ? titleOf(step.name) : step.name);
    return (ended ? words.done : words.doing)(name);
  };
  const current = underWay ? steps.findLast((step) => step.ended === false) : undefined;
  const seconds = steps.reduce((sum, step) => sum + step.took_ms, 0) / 1000;
  const count = formats.number(steps.length);
  const several = new Set(steps.map((step) => step.agent)).size > 1;
  return (
    <>
      <details className="steps" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="small">
          {underWay ? (current ? sentence(current) : texts.working) : texts.stepsTaken(count, formats.number(seconds, 1))}
        </summary>
        <ol aria-label={texts.stepsOf}>
          {steps.map((step) => (
            <li key={step.number} className="step small" data-outcome={step.ended === false ? "going" : step.outcome}>
              <Icon name={iconOf(step)} />
              <span className="step-told">
                {several && (
                  <span className="quiet">
                    <bdi>{titleOf(step.agent)}</bdi>:{" "}
                  </span>
                )}
                <span dir="auto">{sentence(step)}</span>
                {step.ended !== false && step.outcome !== "ok" && <strong> {texts.outcomes[step.outcome]}</strong>}
                {step.detail && (
                  <span className="quiet">
                    {" "}
                    (<bdi>{visible(step.detail)}</bdi>)
                  </span>
                )}
              </span>
              {step.ended !== false && step.took_ms > 0 && (
                <span className="quiet">{texts.seconds(formats.number(step.took_ms / 1000, 1))}</span>
              )}
            </li>
          ))}
        </ol>
      </details>
      <span role="status" className="unseen">
        {current && sentence(current)}
      </span>
    </>
  );
}

function iconOf(step: Step): "more" | "done" | "close" | "info" {
  if (step.ended === false) return "more";
  if (step.outcome === "ok") return "done";
  return step.outcome === "waiting" ? "info" : "close";
}
