// Who is to answer: the router, one agent, or the documents alone.
import { useId } from "react";
import { agents as en } from "../language/en/agents";
import { agents as id } from "../language/id/agents";
import { useTexts } from "../language/language";
import "./agents.css";
import { AUTO, choicesOf, titleIn, type Choice } from "./choosing";

export default function AgentChooser({ choice }: { choice: Choice }) {
  const texts = useTexts({ en, id });
  const about = useId();
  const { chosen } = choice;
  const named = choice.agents.find((agent) => agent.name === chosen);
  const description = named?.description ?? (chosen === AUTO ? texts.autoWhy : texts.nobodyWhy);
  const label = (name: string) =>
    name === "" ? texts.nobody : name === AUTO ? texts.auto : titleIn(choice.agents, name);
  return (
    <>
      <select
        className="select agent-chooser"
        aria-label={texts.who}
        aria-describedby={about}
        title={description}
        value={chosen}
        onChange={(event) => choice.choose(event.target.value)}
      >
        {choicesOf(choice).map((name) => (
          <option key={name} value={name}>
            {label(name)}
          </option>
        ))}
      </select>
      <span id={about} className="unseen">
        {description}
      </span>
    </>
  );
}
