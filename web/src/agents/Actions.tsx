// The actions that wait for a person's word: what exactly each will do, and the two answers to it.
import { useEffect, useId, useRef, useState } from "react";
import { agents as en } from "../language/en/agents";
import { agents as id } from "../language/id/agents";
import { useFormats, useTexts } from "../language/language";
import type { Action } from "./agent";
import { timeLeft } from "./agent";
import "./agents.css";
import { useTitles } from "./choosing";
import { readable, visible } from "./readable";

interface Props {
  actions: readonly Action[];
  /** What was decided already: by id, whether it is to be done. */
  decided: ReadonlyMap<string, boolean>;
  /** Whether another question is being answered. */
  running: boolean;
  decide: (action: Action, approved: boolean, message: string) => void;
}

export default function Actions({ actions, decided, running, decide }: Props) {
  const first = actions.find((action) => !decided.has(action.id));
  return actions.map((action) => (
    <Waiting
      key={action.id}
      action={action}
      decision={decided.get(action.id)}
      takesFocus={action === first}
      running={running}
      decide={decide}
    />
  ));
}

interface WaitingProps extends Pick<Props, "running" | "decide"> {
  action: Action;
  decision: boolean | undefined;
  takesFocus: boolean;
}

function Waiting({ action, decision, takesFocus, running, decide }: WaitingProps) {
  const texts = useTexts({ en, id });
  const formats = useFormats();
  const titleOf = useTitles();
  const heading = useId();
  const group = useRef<HTMLDivElement>(null);
  const origin = useRef<HTMLElement | null>(null);
  const isOver = useIsOver(action);
  const title = visible(action.title || action.tool);
  const waits = decision === undefined && !isOver;
  const given = Object.entries(action.arguments ?? {});

  const wasOffered = useRef(false);
  useEffect(() => {
    // Once, when it can be answered, and not while somebody is writing.
    if (!takesFocus || !waits || running || wasOffered.current) return;
    wasOffered.current = true;
    const focused = document.activeElement;
    if (isWriting(focused)) return;
    origin.current = focused instanceof HTMLElement && focused !== document.body ? focused : null;
    group.current?.focus();
  }, [takesFocus, waits, running]);
  useEffect(() => {
    // Time ran out beneath the buttons: the focus is not lost with them.
    if (isOver && group.current?.contains(document.activeElement)) group.current.focus();
  }, [isOver]);

  function answer(approved: boolean) {
    decide(action, approved, (approved ? texts.message.approved : texts.message.declined)(title));
    const composer = document.querySelector<HTMLElement>(".composer-text");
    (origin.current?.isConnected ? origin.current : composer)?.focus();
  }

  return (
    <div ref={group} className="action card stack" role="group" aria-labelledby={heading} tabIndex={-1} data-waits={waits}>
      <div>
        <h3 id={heading}>
          {waits ? texts.confirm : texts.notWaiting} <bdi>{title}</bdi>
        </h3>
        <p className="flat small quiet">
          {texts.by} <bdi>{titleOf(action.agent)}</bdi> · <bdi>{visible(action.tool)}</bdi>
        </p>
      </div>
      {given.length > 0 ? (
        <dl className="action-arguments" aria-label={texts.arguments}>
          {given.map(([name, value]) => (
            <div key={name}>
              <dt>
                <bdi>{visible(name)}</bdi>
              </dt>
              <dd dir="auto">{readable(value, texts.values)}</dd>
            </div>
          ))}
        </dl>
      ) : (
        <p className="flat small quiet">{texts.noArguments}</p>
      )}
      {waits && (
        <>
          <div className="row">
            <button type="button" className="button" disabled={running} onClick={() => answer(true)}>
              {texts.approve}
            </button>
            <button type="button" className="button-plain" disabled={running} onClick={() => answer(false)}>
              {texts.decline}
            </button>
          </div>
          <p className="flat small quiet">{texts.until(formats.time(action.expires_at))}</p>
        </>
      )}
      <p role="status" className="flat small">
        {decision === true && texts.approved}
        {decision === false && texts.declined}
        {decision === undefined && isOver && texts.expired}
      </p>
    </div>
  );
}

/** Whether a field has text in it, which a jump of the focus would tear somebody away from. */
function isWriting(element: Element | null): boolean {
  const field = element instanceof HTMLTextAreaElement || element instanceof HTMLInputElement;
  return field && element.value !== "";
}

function useIsOver(action: Action): boolean {
  const [arrivedAt] = useState(() => Date.now());
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    const left = timeLeft(action, arrivedAt, Date.now());
    if (left === null) return;
    // A timer longer than 24.8 days would ring at once.
    const timer = setTimeout(() => setIsOver(true), Math.min(left, 2_000_000_000));
    return () => clearTimeout(timer);
  }, [action, arrivedAt]);
  return isOver;
}
