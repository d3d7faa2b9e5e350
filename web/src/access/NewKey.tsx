// A key that was just made: shown this once, and gone when it is put away or the view is left.
import { useEffect, useRef, useState } from "react";
import { access as en } from "../language/en/access";
import { access as id } from "../language/id/access";
import { useFormats, useTexts } from "../language/language";
import { Icon } from "../layout/Icon";
import type { MadeKey } from "./entries";

export function NewKey({ made, putAway }: { made: MadeKey; putAway: () => void }) {
  const texts = useTexts({ en, id }).newKey;
  const { time } = useFormats();
  const [copied, setCopied] = useState<"yes" | "no" | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [made]);
  // A browser may keep a page that was left, with all that it shows, for the way back.
  useEffect(() => {
    addEventListener("pagehide", putAway);
    return () => removeEventListener("pagehide", putAway);
  }, [putAway]);

  async function copy() {
    try {
      await navigator.clipboard.writeText(made.key);
      setCopied("yes");
    } catch {
      setCopied("no");
    }
  }
  return (
    <section className="card stack new-key" aria-labelledby="new-key">
      <h3 id="new-key" ref={heading} tabIndex={-1}>
        {texts.title(made.name)}
      </h3>
      <p className="flat">{texts.once}</p>
      {made.ends_at && <p className="flat">{texts.oldEnds(time(made.ends_at))}</p>}
      <div className="new-key-line">
        <input
          className="input"
          readOnly
          value={made.key}
          aria-label={texts.key}
          autoComplete="off"
          spellCheck={false}
          onFocus={(event) => event.target.select()}
        />
        <button type="button" className="button" onClick={() => void copy()}>
          <Icon name="copy" />
          {texts.copy}
        </button>
      </div>
      <p role="status" className="small flat">
        {copied === "yes" ? texts.copied : copied === "no" ? texts.notCopied : ""}
      </p>
      <div className="row">
        <button type="button" className="button-plain" onClick={putAway}>
          {texts.putAway}
        </button>
      </div>
    </section>
  );
}
