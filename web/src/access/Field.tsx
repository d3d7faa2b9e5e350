// A field of a form with its label, and a sentence that says what it does.
import { useId, type ReactNode } from "react";

interface Props {
  label: string;
  why: ReactNode;
  /** The control, which takes the attributes that tie it to its label and its sentence. */
  children: (ties: { id: string; "aria-describedby": string }) => ReactNode;
}

export function Field({ label, why, children }: Props) {
  const id = useId();
  return (
    <div className="field access-field">
      <label htmlFor={id}>{label}</label>
      {children({ id, "aria-describedby": `${id}-why` })}
      <small id={`${id}-why`} className="quiet">
        {why}
      </small>
    </div>
  );
}
