// Chooses the days that the figures are of: so many last ones, or from one day to another.
import { useId, useState, type FormEvent } from "react";
import { analytics as en } from "../language/en/analytics";
import { analytics as id } from "../language/id/analytics";
import { useTexts } from "../language/language";
import { dayOf, faultOf, lastDays, LENGTHS, type Period } from "./period";
import { useFigureFormats } from "./useFigureFormats";

export function PeriodChoice({ period, choose }: { period: Period; choose: (period: Period) => void }) {
  const texts = useTexts({ en, id }).period;
  const formats = useFigureFormats();
  const [draft, setDraft] = useState(period);
  const [fault, setFault] = useState<ReturnType<typeof faultOf>>(null);
  const said = useId();
  const today = dayOf(Date.now());

  function take(wanted: Period) {
    const found = faultOf(wanted, Date.now());
    setFault(found);
    setDraft(wanted);
    if (found === null) choose(wanted);
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    take(draft);
  }
  const end = (name: keyof Period, label: string) => (
    <label className="field">
      <span>{label}</span>
      <input
        className="input"
        type="date"
        max={today}
        value={draft[name]}
        aria-invalid={fault !== null}
        aria-describedby={said}
        onChange={(event) => setDraft({ ...draft, [name]: event.target.value })}
      />
    </label>
  );

  return (
    <form className="period" onSubmit={submit} noValidate>
      <fieldset>
        <legend>{texts.title}</legend>
        <div className="row">
          {LENGTHS.map((length) => {
            const last = lastDays(length, Date.now());
            return (
              <button
                key={length}
                type="button"
                className="button-plain"
                aria-pressed={last.from === period.from && last.to === period.to}
                onClick={() => take(last)}
              >
                {texts.last(length)}
              </button>
            );
          })}
        </div>
        <div className="row period-days">
          {end("from", texts.from)}
          {end("to", texts.to)}
          <button type="submit" className="button-plain">
            {texts.show}
          </button>
        </div>
      </fieldset>
      <p id={said} role="alert" className="flat">
        {fault && texts.faults[fault]}
      </p>
      <p role="status" className="small quiet flat">
        {texts.shown(formats.days(period.from, period.to))}
      </p>
    </form>
  );
}
