// A question as it was spoken: what was heard, and in which tone.
import type { Exchange } from "../chat/thread";
import { audio as en } from "../language/en/audio";
import { audio as id } from "../language/id/audio";
import { useFormats, useTexts } from "../language/language";
import { Icon } from "../layout/Icon";
import "./audio.css";
import { clock } from "./recording";

export default function SpokenQuestion({ exchange }: { exchange: Exchange }) {
  const texts = useTexts({ en, id });
  const formats = useFormats();
  const { heard, recording } = exchange;
  if (!heard)
    return (
      <span className="spoken">
        <Icon name="microphone" />
        {texts.spoken(clock(recording?.seconds ?? 0))}
      </span>
    );
  const { label, score, told_by: by } = heard.tone;
  const tone = Object.hasOwn(texts.tones, label) ? texts.tones[label] : label;
  return (
    <>
      {heard.transcript}
      <span className="spoken small quiet">
        <Icon name="microphone" />
        <span title={texts.toldBy[by === "model" ? "model" : "rule"](formats.percent(score))}>{texts.tone(tone)}</span>
      </span>
      {heard.transcript !== exchange.question && <span className="spoken small quiet">{texts.endAsked}</span>}
    </>
  );
}
