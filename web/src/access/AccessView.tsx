// The view of keys and people, for administrators: clients with their keys, people, and groups.
import { access as en } from "../language/en/access";
import { access as id } from "../language/id/access";
import { useTexts } from "../language/language";
import { useRoute } from "../layout/route";
import "./access.css";
import { ClientsPart } from "./ClientsPart";
import { GroupsPart } from "./GroupsPart";
import { PeoplePart } from "./PeoplePart";

const PARTS = { clients: ClientsPart, people: PeoplePart, groups: GroupsPart } as const;
type Name = keyof typeof PARTS;

export default function AccessView() {
  const texts = useTexts({ en, id });
  const { rest } = useRoute();
  const shown: Name = Object.hasOwn(PARTS, rest[0] ?? "") ? (rest[0] as Name) : "clients";
  const Part = PARTS[shown];
  return (
    <div className="access stack">
      <h1>{texts.title}</h1>
      <nav aria-label={texts.title} className="access-parts">
        {(Object.keys(PARTS) as Name[]).map((name) => (
          <a key={name} href={`#/access/${name}`} aria-current={name === shown ? "page" : undefined}>
            {texts.parts[name]}
          </a>
        ))}
      </nav>
      <Part />
    </div>
  );
}
