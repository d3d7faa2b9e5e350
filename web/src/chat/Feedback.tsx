// Thumbs up or down for an answer, with reasons and a comment for whoever looks after the documents.
import { useId, useState, type FormEvent } from "react";
import { asProblem, type Problem } from "../api/problem";
import { chat as en } from "../language/en/chat";
import { chat as id } from "../language/id/chat";
import { useTexts } from "../language/language";
import { Icon } from "../layout/Icon";
import { ProblemNotice } from "../layout/ProblemNotice";
import { useSignedIn } from "../session/signed_in";
import type { Exchange } from "./thread";

type Rating = "up" | "down";
const REASONS = {
  up: ["correct", "well_sourced", "other"],
  down: ["wrong", "incomplete", "outdated", "wrong_source", "not_found", "unclear", "other"],
} as const;
type Reason = (typeof REASONS)[Rating][number];
const LONGEST_COMMENT = 2_000;

export function Feedback({ exchange }: { exchange: Exchange }) {
  const texts = useTexts({ en, id });
  const { api, configuration } = useSignedIn();
  const [rating, setRating] = useState<Rating | null>(exchange.rating);
  const [reasons, setReasons] = useState<readonly Reason[]>([]);
  const [comment, setComment] = useState("");
  const [state, setState] = useState<"closed" | "open" | "sending" | "thanks">("closed");
  const [problem, setProblem] = useState<Problem | null>(null);
  const form = useId();

  async function send(given: Rating, why: readonly Reason[], more: string): Promise<boolean> {
    setProblem(null);
    try {
      await api.send("POST", "/v1/feedback", {
        body: {
          conversation_id: exchange.conversationId,
          message_id: exchange.messageId,
          rating: given,
          reasons: why,
          comment: more,
        },
      });
      return true;
    } catch (error) {
      setProblem(asProblem(error));
      return false;
    }
  }

  async function rate(given: Rating) {
    setRating(given);
    setReasons([]);
    setState("open");
    if (!(await send(given, [], ""))) setRating(null);
  }

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (!rating) return;
    setState("sending");
    setState((await send(rating, reasons, comment)) ? "thanks" : "open");
  }

  const choose = (reason: Reason) =>
    setReasons(reasons.includes(reason) ? reasons.filter((each) => each !== reason) : [...reasons, reason]);
  return (
    <>
      {(["up", "down"] as const).map((each) => (
        <button
          key={each}
          type="button"
          className="button-icon"
          aria-label={texts.rate[each]}
          title={texts.rate[each]}
          aria-pressed={rating === each}
          aria-controls={form}
          onClick={() => void rate(each)}
        >
          <Icon name={each} />
        </button>
      ))}
      <div id={form} className="feedback" hidden={state === "closed"}>
        {problem && <ProblemNotice problem={problem} />}
        {(state === "open" || state === "sending") && rating && (
          <form className="card stack" onSubmit={(event) => void submit(event)}>
            <fieldset className="feedback-reasons">
              <legend>{texts.rate.why[rating]}</legend>
              {REASONS[rating].map((reason) => (
                <label key={reason}>
                  <input type="checkbox" checked={reasons.includes(reason)} onChange={() => choose(reason)} />
                  {texts.rate.reasons[reason]}
                </label>
              ))}
            </fieldset>
            {configuration.keeps_questions && (
              <label className="field">
                <span>{texts.rate.comment}</span>
                <textarea
                  className="textarea"
                  rows={2}
                  maxLength={LONGEST_COMMENT}
                  value={comment}
                  onChange={(event) => setComment(event.target.value)}
                />
              </label>
            )}
            <div className="row">
              <button type="submit" className="button" disabled={state === "sending"}>
                {texts.rate.send}
              </button>
              <button type="button" className="button-plain" onClick={() => setState("closed")}>
                {texts.rate.noMore}
              </button>
            </div>
          </form>
        )}
        <p role="status" className="small quiet flat">
          {state === "thanks" && texts.rate.thanks}
        </p>
      </div>
    </>
  );
}
