// What the service wrote: it writes English, which a reader of another language is told.
import { problems as en } from "../language/en/problems";
import { problems as id } from "../language/id/problems";
import { useTexts } from "../language/language";

export function ServiceWords({ children }: { children: string }) {
  return (
    <>
      <InEnglish />
      <span lang="en" dir="auto">
        {children}
      </span>
    </>
  );
}

/** Says that English follows; nothing to who reads English anyway. */
export function InEnglish() {
  const { inEnglish } = useTexts({ en, id });
  return inEnglish && <span className="small quiet">{inEnglish} </span>;
}
