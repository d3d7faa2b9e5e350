// Gives a client another key, and says how long the one before goes on working.
import { useState, type FormEvent } from "react";
import { access as en } from "../language/en/access";
import { layout as layoutEn } from "../language/en/layout";
import { access as id } from "../language/id/access";
import { layout as layoutId } from "../language/id/layout";
import { useTexts } from "../language/language";
import { ProblemNotice } from "../layout/ProblemNotice";
import { useApi } from "../session/signed_in";
import { pathOf, type MadeKey } from "./entries";
import { Field } from "./Field";
import { useAttempt } from "./useAttempt";
import { useSending } from "./useSending";

// What the API takes, and what it does where nothing is said.
const MOST_DAYS = 90;
const USUAL_DAYS = 7;

interface Props {
  name: string;
  made: (key: MadeKey) => void;
  cancel: () => void;
}

export function RotateForm({ name, made, cancel }: Props) {
  const texts = useTexts({ en, id }).rotate;
  const layout = useTexts({ en: layoutEn, id: layoutId });
  const api = useApi();
  const attempt = useAttempt();
  const { busy, problem, send } = useSending();
  const [days, setDays] = useState(String(USUAL_DAYS));

  async function submit(event: FormEvent) {
    event.preventDefault();
    const body = { grace_days: Number(days) };
    await send(async () => {
      const headers = attempt(body);
      made(await api.send<MadeKey>("POST", `${pathOf("clients", name)}:rotate`, { body, headers }));
    });
  }
  return (
    <form className="stack access-form" onSubmit={(event) => void submit(event)}>
      {problem && <ProblemNotice problem={problem} />}
      <Field label={texts.grace} why={Number(days) === 0 ? texts.atOnce : texts.why}>
        {(ties) => (
          <input
            {...ties}
            className="input"
            type="number"
            inputMode="numeric"
            min={0}
            max={MOST_DAYS}
            step={1}
            required
            value={days}
            autoFocus
            onChange={(event) => setDays(event.target.value)}
          />
        )}
      </Field>
      <div className="row">
        <button type="submit" className="button" disabled={busy}>
          {texts.rotate}
        </button>
        <button type="button" className="button-plain" onClick={cancel}>
          {layout.cancel}
        </button>
      </div>
    </form>
  );
}
