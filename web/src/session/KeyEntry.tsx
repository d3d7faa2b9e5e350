// Asks for an API key, where the deployment has no sign-in for people.
import { useState, type FormEvent } from "react";
import type { Problem } from "../api/problem";
import { problems as problemsEn } from "../language/en/problems";
import { session as en } from "../language/en/session";
import { problems as problemsId } from "../language/id/problems";
import { session as id } from "../language/id/session";
import { useTexts } from "../language/language";

export function KeyEntry({ refused, enter }: { refused: Problem | null; enter: (key: string) => Promise<void> }) {
  const texts = useTexts({ en, id });
  const problems = useTexts({ en: problemsEn, id: problemsId });
  const [key, setKey] = useState("");
  const [checking, setChecking] = useState(false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setChecking(true);
    await enter(key);
    setChecking(false);
  }

  return (
    <main className="centred">
      <form className="card stack" onSubmit={(event) => void submit(event)} autoComplete="off">
        <h1>{texts.keyTitle}</h1>
        <p>{texts.keyWhy}</p>
        <label className="field">
          <span>{texts.key}</span>
          <input
            className="input"
            type="password"
            value={key}
            onChange={(event) => setKey(event.target.value)}
            required
            autoFocus
            aria-invalid={refused !== null}
            aria-describedby="key-refused"
          />
        </label>
        <p id="key-refused" role="alert">
          {refused && problems.key}
        </p>
        <button type="submit" className="button" disabled={checking}>
          {checking ? texts.checking : texts.open}
        </button>
      </form>
    </main>
  );
}
