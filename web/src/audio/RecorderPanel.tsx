// Speaking a question: how long it has become, and the ways to ask it, stop it, or let it be.
import { useEffect, useRef, useState } from "react";
import { audio as en } from "../language/en/audio";
import { audio as id } from "../language/id/audio";
import { useTexts } from "../language/language";
import { Icon } from "../layout/Icon";
import "./audio.css";
import type { Recording } from "./recorded";
import { clock, faultOf, LONGEST_S, record, type Fault, type Recorder } from "./recording";

interface Props {
  /** The title of the agent that typed questions go to; "" where there is none. */
  agent: string;
  /** Whether another question is being answered: what is spoken waits for its end. */
  running: boolean;
  asked: (recording: Recording) => void;
  closed: () => void;
}

type State = "opening" | "recording" | "ready" | Fault;

export default function RecorderPanel({ agent, running, asked, closed }: Props) {
  const texts = useTexts({ en, id });
  const [state, setState] = useState<State>("opening");
  const [tries, setTries] = useState(0);
  const [seconds, setSeconds] = useState(0);
  const [recorded, setRecorded] = useState<Recording | null>(null);
  const recorder = useRef<Recorder | null>(null);
  const since = useRef(0);
  const sends = useRef(false);
  const main = useRef<HTMLButtonElement>(null);
  const ask = useRef(asked);
  ask.current = asked;

  useEffect(() => {
    const control = new AbortController();
    setState("opening");
    const ended = (content: Blob | null) => {
      recorder.current = null;
      if (!content) return setState("unable");
      const recording = { content, seconds: (performance.now() - since.current) / 1000 };
      if (sends.current) return ask.current(recording);
      setRecorded(recording);
      setState("ready");
    };
    record(ended, control.signal).then(
      (begun) => {
        if (control.signal.aborted) return begun.cancel();
        recorder.current = begun;
        since.current = performance.now();
        setSeconds(0);
        setState("recording");
      },
      (error: unknown) => {
        if (!control.signal.aborted) setState(faultOf(error));
      },
    );
    return () => {
      control.abort();
      recorder.current?.cancel();
      recorder.current = null;
    };
  }, [tries]);

  useEffect(() => {
    if (state !== "recording") return;
    main.current?.focus();
    const timer = setInterval(() => setSeconds((performance.now() - since.current) / 1000), 250);
    return () => clearInterval(timer);
  }, [state]);
  useEffect(() => {
    if (state !== "opening" && state !== "recording") main.current?.focus();
  }, [state]);

  const send = () => {
    if (recorded) return asked(recorded);
    sends.current = true;
    recorder.current?.stop();
  };
  const isFault = state !== "opening" && state !== "recording" && state !== "ready";
  const left = LONGEST_S - seconds;
  return (
    <div
      className="recorder card"
      role="group"
      aria-label={texts.speaking}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault(); // a frame around the page stays open
        closed();
      }}
    >
      {isFault ? (
        <p role="alert" className="flat">
          {texts.faults[state]}
        </p>
      ) : (
        <>
          <p className="recorder-state flat">
            <span className="recorder-dot" data-on={state === "recording"} aria-hidden="true" />
            <span role="status">{texts.states[state]}</span>
            {state !== "opening" && (
              <span role="timer" aria-label={texts.length}>
                {clock(recorded?.seconds ?? seconds)}
              </span>
            )}
          </p>
          <p role="status" className="small quiet flat">
            {state === "recording" && left < 60 && texts.soonOver}
            {state === "ready" && texts.over}
          </p>
          {agent && <p className="small quiet flat">{texts.withoutAgent(agent)}</p>}
        </>
      )}
      <div className="row">
        {(state === "recording" || state === "ready") && (
          <button ref={main} type="button" className="button" disabled={running} onClick={send}>
            <Icon name="send" />
            {state === "recording" ? texts.stopAndAsk : texts.ask}
          </button>
        )}
        {state === "recording" && (
          <button type="button" className="button-plain" onClick={() => recorder.current?.stop()}>
            <Icon name="stop" />
            {texts.stop}
          </button>
        )}
        {isFault && (
          <button ref={main} type="button" className="button-plain" onClick={() => setTries(tries + 1)}>
            {texts.again}
          </button>
        )}
        <button type="button" className="button-plain" onClick={closed}>
          {isFault ? texts.close : texts.cancel}
        </button>
      </div>
    </div>
  );
}
