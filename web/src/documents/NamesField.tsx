// A field of several names, such as tags or groups: what is typed counts when one leaves it, too.
import { flushSync } from "react-dom";
import { useId, useState, type KeyboardEvent } from "react";
import { documents as en } from "../language/en/documents";
import { documents as id } from "../language/id/documents";
import { useTexts } from "../language/language";
import { Icon } from "../layout/Icon";

/** Has a field take what is still being typed in it, as leaving it does; at once, without a click or a drop in between. */
export function takeTyped(): void {
  flushSync(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
}

interface Props {
  label: string;
  names: readonly string[];
  known: readonly string[];
  change: (names: string[]) => void;
  why?: string;
  autoFocus?: boolean;
}

const MOST = 50;

export function NamesField({ label, names, known, change, why, autoFocus }: Props) {
  const texts = useTexts({ en, id });
  const [typed, setTyped] = useState("");
  const input = useId();
  const list = useId();
  const about = useId();

  function add() {
    const fresh = typed.split(",").map((name) => name.trim()).filter((name) => name && !names.includes(name));
    setTyped("");
    if (fresh.length > 0) change([...new Set([...names, ...fresh])].slice(0, MOST));
  }
  function pressed(event: KeyboardEvent) {
    if ((event.key !== "Enter" && event.key !== ",") || event.nativeEvent.isComposing || !typed.trim()) return;
    event.preventDefault();
    add();
  }

  return (
    <div className="field">
      <label htmlFor={input}>
        <strong>{label}</strong>
      </label>
      <input
        id={input}
        className="input"
        list={list}
        value={typed}
        maxLength={500}
        autoFocus={autoFocus}
        placeholder={texts.namesHint}
        aria-describedby={why ? about : undefined}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={pressed}
        onBlur={add}
      />
      {names.length > 0 && (
        <ul className="chips">
          {names.map((name) => (
            <li key={name} className="chip">
              <bdi>{name}</bdi>
              <button type="button" aria-label={texts.removeName(name)} onClick={() => change(names.filter((each) => each !== name))}>
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      {why && (
        <p id={about} className="small quiet flat">
          {why}
        </p>
      )}
      <datalist id={list}>
        {known.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </div>
  );
}
