// One answer: its text as it comes, how sure it is, its sources, and what can be done with it.
import { useState, type ReactNode } from "react";
import type { Action } from "../agents/agent";
import { useTitles } from "../agents/choosing";
import { chat as en } from "../language/en/chat";
import { chat as id } from "../language/id/chat";
import { useFormats, useTexts } from "../language/language";
import { Icon } from "../layout/Icon";
import { loaded } from "../layout/loaded";
import { ProblemNotice } from "../layout/ProblemNotice";
import { placeOf } from "../sources/place";
import { Closest } from "./Closest";
import { Confidence } from "./Confidence";
import { withCitations } from "./copying";
import { Feedback } from "./Feedback";
import { Markdown } from "./Markdown";
import { SourcesContext } from "./opening";
import { Sources } from "./Sources";
import { isUnderWay, textOf, type Exchange } from "./thread";

const Steps = loaded(() => import("../agents/Steps"));
const Actions = loaded(() => import("../agents/Actions"));
const Player = loaded(() => import("../audio/Player"));

interface Props {
  /** The answers to one question, the latest last. */
  answers: readonly Exchange[];
  isLast: boolean;
  running: boolean;
  askAgain: (exchange: Exchange) => void;
  edit: (exchange: Exchange) => void;
  narrow: (exchange: Exchange, documentId: string, title: string) => void;
  /** What was decided in the conversation of actions that waited. */
  decided: ReadonlyMap<string, boolean>;
  decide: (action: Action, approved: boolean, message: string) => void;
}

export function Answer({ answers, isLast, running, askAgain, edit, narrow, decided, decide }: Props): ReactNode {
  const texts = useTexts({ en, id });
  const titleOf = useTitles();
  const formats = useFormats();
  const [chosen, setChosen] = useState<string | null>(null);
  // A further answer is shown as it comes, whichever was looked at before.
  const latest = answers.at(-1)!;
  const exchange = isUnderWay(latest) ? latest : (answers.find((each) => each.id === chosen) ?? latest);
  const at = answers.indexOf(exchange);
  const text = textOf(exchange);
  const whole = exchange.progress === "answered";
  const { answeredBy, problem } = exchange;
  const waitingFor = exchange.recording ? texts.hearing : texts.searching;
  // An action that does not wait any more is not there when it is asked for again, either.
  const isGone = exchange.decision !== null && problem?.status === 422;
  const pick = (index: number) => setChosen(answers[index]!.id);

  return (
    <SourcesContext value={exchange.sources}>
      <div className="answer" aria-busy={isUnderWay(exchange)}>
        {answeredBy && (
          <p className="answer-agent small quiet">
            <Icon name="person" />
            <bdi>{answeredBy.title === answeredBy.name ? titleOf(answeredBy.name) : answeredBy.title}</bdi>
          </p>
        )}
        {exchange.steps.length > 0 && <Steps key={exchange.id} steps={exchange.steps} underWay={isUnderWay(exchange)} />}
        {text && (exchange.withheld ? <p className="quiet">{text}</p> : <Markdown text={text} />)}
        {isUnderWay(exchange) && (exchange.steps.length === 0 || exchange.progress === "writing") && (
          <p className="answer-waits quiet">
            <span className="answer-dots" aria-hidden="true" />
            {exchange.progress === "asking" && exchange.passages.length === 0 ? waitingFor : texts.writing}
          </p>
        )}
        {exchange.progress === "stopped" && <p className="quiet small">{text ? texts.stopped : texts.stoppedEmpty}</p>}
        {exchange.truncated && <p className="quiet small">{texts.truncated}</p>}
        {whole && !exchange.remembered && <p className="quiet small">{texts.notRemembered}</p>}
        {whole && <Confidence exchange={exchange} />}
        {whole && exchange.actions.length > 0 && (
          <Actions actions={exchange.actions} decided={decided} running={running} decide={decide} />
        )}
        {problem && <ProblemNotice problem={problem} {...(!isGone && { again: () => askAgain(exchange) })} />}
        {isGone && <p className="flat">{texts.actionGone}</p>}
        {(exchange.progress === "stopped" || exchange.progress === "failed") && (
          <div className="row">
            {exchange.progress === "stopped" && (
              <button type="button" className="button-plain" disabled={running} onClick={() => askAgain(exchange)}>
                {texts.again}
              </button>
            )}
            {!exchange.decision && (
              <button type="button" className="button-plain" disabled={running} onClick={() => edit(exchange)}>
                {exchange.recording ? texts.dropRecording : texts.editQuestion}
              </button>
            )}
          </div>
        )}
        {whole && exchange.refused && !exchange.withheld && (
          <Closest exchange={exchange} narrow={(document, title) => narrow(exchange, document, title)} />
        )}
        {exchange.heard && <Player key={exchange.id} heard={exchange.heard} />}
        <Sources sources={exchange.sources} />
        {whole && !exchange.withheld && (
          <div className="answer-actions" role="group" aria-label={texts.actions}>
            {answers.length > 1 && (
              <span className="answer-pick">
                <button
                  type="button"
                  className="button-icon"
                  aria-label={texts.earlierAnswer}
                  disabled={at === 0}
                  onClick={() => pick(at - 1)}
                >
                  <Icon name="previous" />
                </button>
                <span className="small">{texts.answerOf(formats.number(at + 1), formats.number(answers.length))}</span>
                <button
                  type="button"
                  className="button-icon"
                  aria-label={texts.laterAnswer}
                  disabled={at === answers.length - 1}
                  onClick={() => pick(at + 1)}
                >
                  <Icon name="next" />
                </button>
              </span>
            )}
            <Copy text={withCitations(text, exchange.sources, (source) => placeOf(source.locator, texts.places, source.title))} />
            {isLast && !exchange.decision && (
              <button
                type="button"
                className="button-icon"
                aria-label={texts.regenerate}
                title={texts.regenerate}
                disabled={running}
                onClick={() => askAgain(exchange)}
              >
                <Icon name="again" />
              </button>
            )}
            <Feedback key={exchange.id} exchange={exchange} />
          </div>
        )}
      </div>
    </SourcesContext>
  );
}

function Copy({ text }: { text: string }) {
  const texts = useTexts({ en, id });
  const [state, setState] = useState<"" | "done" | "failed">("");
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setState("done");
    } catch {
      setState("failed");
    }
  }
  return (
    <>
      <button type="button" className="button-icon" aria-label={texts.copy} title={texts.copy} onClick={() => void copy()}>
        <Icon name={state === "done" ? "done" : "copy"} />
      </button>
      <span role="status" className={state === "failed" ? "small" : "unseen"}>
        {state === "done" && texts.copied}
        {state === "failed" && texts.notCopied}
      </span>
    </>
  );
}
