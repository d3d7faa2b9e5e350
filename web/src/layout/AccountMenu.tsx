// Who is signed in, the language, light or dark, and signing out.
import { useEffect, useId, useRef, useState } from "react";
import { applyScheme, keptScheme, type Scheme } from "../appearance/colours";
import { layout as en } from "../language/en/layout";
import { layout as id } from "../language/id/layout";
import { LANGUAGES, useLanguage, useTexts, type Language } from "../language/language";
import { useSignedIn } from "../session/signed_in";
import { Icon } from "./Icon";

export function AccountMenu() {
  const texts = useTexts({ en, id });
  const { me, configuration, signOut } = useSignedIn();
  const { language, choose } = useLanguage();
  const [open, setOpen] = useState(false);
  const [scheme, setScheme] = useState<Scheme>(keptScheme);
  const whole = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const panel = useId();

  useEffect(() => {
    if (!open) return;
    const outside = (event: Event) => {
      if (!whole.current?.contains(event.target as Node)) setOpen(false);
    };
    const escape = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      setOpen(false);
      button.current?.focus();
    };
    document.addEventListener("pointerdown", outside);
    document.addEventListener("focusin", outside);
    document.addEventListener("keydown", escape);
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("focusin", outside);
      document.removeEventListener("keydown", escape);
    };
  }, [open]);

  const offered = configuration.languages.filter((name): name is Language => name in LANGUAGES);
  return (
    <div className="account" ref={whole}>
      <button
        type="button"
        ref={button}
        className="button-icon"
        aria-label={texts.menu}
        aria-expanded={open}
        aria-controls={panel}
        onClick={() => setOpen(!open)}
      >
        <Icon name="person" />
      </button>
      <div id={panel} className="account-panel card stack" hidden={!open}>
        <div>
          <p className="flat">{me.kind === "person" ? texts.signedInAs(me.name) : texts.withKey(me.name)}</p>
          {me.groups.length > 0 && <p className="flat small quiet">{texts.groups(me.groups.join(", "))}</p>}
        </div>
        {offered.length > 1 && (
          <label className="field">
            <span>{texts.language}</span>
            <select className="select" value={language} onChange={(event) => choose(event.target.value as Language)}>
              {offered.map((name) => (
                <option key={name} value={name} lang={name}>
                  {LANGUAGES[name]}
                </option>
              ))}
            </select>
          </label>
        )}
        <label className="field">
          <span>{texts.scheme}</span>
          <select
            className="select"
            value={scheme}
            onChange={(event) => {
              const chosen = event.target.value as Scheme;
              setScheme(chosen);
              applyScheme(chosen);
            }}
          >
            {(["system", "light", "dark"] as const).map((name) => (
              <option key={name} value={name}>
                {texts.schemes[name]}
              </option>
            ))}
          </select>
        </label>
        <button type="button" className="button-plain" onClick={() => void signOut()}>
          {me.kind === "person" ? texts.signOut : texts.forgetKey}
        </button>
      </div>
    </div>
  );
}
