// Chooses groups among those that there are.
import { access as en } from "../language/en/access";
import { access as id } from "../language/id/access";
import { useTexts } from "../language/language";

interface Props {
  known: readonly string[];
  chosen: readonly string[];
  change: (chosen: readonly string[]) => void;
  why: string;
}

export function GroupChoice({ known, chosen, change, why }: Props) {
  const texts = useTexts({ en, id }).groups;
  // A group that somebody is in can have been taken from the list since: it can be left, too.
  const offered = [...new Set([...known, ...chosen])].sort();
  const toggle = (name: string) =>
    change(chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name]);
  return (
    <fieldset className="choice">
      <legend>{texts.title}</legend>
      <p className="small quiet flat">{offered.length > 0 ? why : texts.none}</p>
      <div className="choice-names">
        {offered.map((name) => (
          <label key={name}>
            <input type="checkbox" checked={chosen.includes(name)} onChange={() => toggle(name)} />
            <bdi>{name === "*" ? texts.all : name}</bdi>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
