// Plays a spoken answer; one at a time on the page.
import { useEffect, useRef, useState } from "react";
import { asProblem, wasStopped, type Problem } from "../api/problem";
import { audio as en } from "../language/en/audio";
import { audio as id } from "../language/id/audio";
import { useTexts } from "../language/language";
import { Icon } from "../layout/Icon";
import { ProblemNotice } from "../layout/ProblemNotice";
import "./audio.css";
import type { Heard } from "./recorded";
import { clock } from "./recording";
import { soundAt } from "./sending";

let playing: HTMLAudioElement | null = null;

export default function Player({ heard }: { heard: Heard }) {
  const texts = useTexts({ en, id });
  const element = useRef<HTMLAudioElement>(null);
  const address = useRef("");
  const loading = useRef<AbortController | null>(null);
  const [state, setState] = useState<"still" | "loading" | "playing" | "unplayable">("still");
  const [at, setAt] = useState(0);
  const [problem, setProblem] = useState<Problem | null>(null);

  useEffect(
    () => () => {
      loading.current?.abort();
      if (address.current) URL.revokeObjectURL(address.current);
      address.current = "";
    },
    [],
  );

  async function play() {
    const player = element.current;
    if (!player) return;
    if (state === "playing") return player.pause();
    setProblem(null);
    try {
      if (!address.current) {
        setState("loading");
        loading.current = new AbortController();
        const sound = heard.sound ?? (await soundAt(heard.address, loading.current.signal));
        address.current = URL.createObjectURL(sound);
        player.src = address.current;
      }
      if (playing !== player) playing?.pause();
      playing = player;
      await player.play();
    } catch (error) {
      if (wasStopped(error)) return setState("still");
      const isOurs = error instanceof DOMException;
      setState(isOurs ? "unplayable" : "still");
      if (!isOurs) setProblem(asProblem(error));
    }
  }

  const isHeard = heard.sound !== null || heard.address !== "";
  return (
    <div className="player">
      {isHeard && (
        <div className="row">
          <button
            type="button"
            className="button-plain"
            disabled={state === "loading"}
            onClick={() => void play()}
          >
            <Icon name={state === "playing" ? "pause" : "play"} />
            {state === "playing" ? texts.pause : texts.play}
          </button>
          {at > 0 && <span className="small quiet">{clock(at)}</span>}
          <span role="status" className="small">
            {state === "loading" && texts.loading}
            {state === "unplayable" && texts.unplayable}
          </span>
          <audio
            ref={element}
            onPlay={() => setState("playing")}
            onPause={() => setState("still")}
            onEnded={() => setAt(0)}
            onTimeUpdate={(event) => setAt(event.currentTarget.ended ? 0 : event.currentTarget.currentTime)}
          />
        </div>
      )}
      {problem && <ProblemNotice problem={problem} />}
      {heard.note && (
        <p className="small quiet flat" dir="auto">
          {heard.note}
        </p>
      )}
    </div>
  );
}
