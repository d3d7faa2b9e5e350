// Asks before something is done that cannot be undone.
import { useEffect, useRef } from "react";
import { layout as en } from "../language/en/layout";
import { layout as id } from "../language/id/layout";
import { useTexts } from "../language/language";

interface Props {
  question: string;
  /** What the button says that does it. */
  action: string;
  confirmed: () => void;
  cancelled: () => void;
}

export function Confirm({ question, action, confirmed, cancelled }: Props) {
  const texts = useTexts({ en, id });
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} aria-label={question} onClose={cancelled}>
      <p dir="auto">{question}</p>
      <div className="row">
        <button type="button" className="button-plain" autoFocus onClick={() => dialog.current?.close()}>
          {texts.cancel}
        </button>
        <button type="button" className="button-danger" onClick={confirmed}>
          {action}
        </button>
      </div>
    </dialog>
  );
}
