// Who can answer and who is to: the deployment's agents, asked for once, and the choice of each conversation.
import { createContext, useContext, useEffect, useState } from "react";
import type { Api } from "../api/client";
import { useApi } from "../session/signed_in";
import { tabStorage } from "../session/tab_storage";
import type { Agent } from "./agent";

export const AUTO = "auto";
const KEPT = "nexus-agent:";

export interface Agents {
  agents: readonly Agent[];
  /** Who answers where nobody is named: an agent, "auto", or null for no agent. */
  default: string | null;
}
const NONE: Agents = { agents: [], default: null };

const asked = new WeakMap<Api, Promise<Agents>>();

/** The deployment's agents; none where it has none, or is of before there were any. Asked for once. */
export function agentsOf(api: Api): Promise<Agents> {
  const known = asked.get(api) ?? api.get<Agents>("/v1/agents").then(readAgents, () => NONE);
  asked.set(api, known);
  return known;
}

function readAgents(told: Agents): Agents {
  return Array.isArray(told?.agents) && told.agents.length > 0 ? told : NONE;
}

/** What a person can choose from, in order; "" is no agent, where the deployment leaves that open. */
export function choicesOf({ agents, default: usual }: Agents): string[] {
  if (agents.length === 0) return [];
  return [
    ...(usual === null ? [""] : []),
    ...(agents.length > 1 || usual === AUTO ? [AUTO] : []),
    ...agents.map((agent) => agent.name),
  ];
}

/** The choice that holds: what was chosen if it is still there, else the deployment's own. */
export function choiceOf(all: Agents, chosen: string): string {
  const choices = choicesOf(all);
  if (choices.includes(chosen)) return chosen;
  return all.default !== null && choices.includes(all.default) ? all.default : (choices[0] ?? "");
}

export const titleIn = (agents: readonly Agent[], name: string): string =>
  agents.find((agent) => agent.name === name)?.title || name;

export const keptChoice = (conversation: string): string | null => tabStorage.getItem(KEPT + conversation);

export function keepChoice(conversation: string, name: string): void {
  try {
    tabStorage.setItem(KEPT + conversation, name);
  } catch {
    return; // a full storage: the choice holds as long as the conversation is on the screen
  }
}

/** What was chosen for the new conversation belongs to it once it has its id; the next begins anew. */
export function moveChoice(conversation: string): void {
  const chosen = keptChoice("");
  tabStorage.removeItem(KEPT);
  if (chosen !== null) keepChoice(conversation, chosen);
}

export interface Choice extends Agents {
  chosen: string;
  choose: (name: string) => void;
}

/** The agents, and who is to answer in a conversation; "" is a new one. */
export function useChoice(conversation: string): Choice {
  const api = useApi();
  const [all, setAll] = useState(NONE);
  const [made, setMade] = useState<{ conversation: string; name: string } | null>(null);
  useEffect(() => {
    let isShown = true;
    void agentsOf(api).then((found) => isShown && setAll(found));
    return () => void (isShown = false);
  }, [api]);
  const name = made?.conversation === conversation ? made.name : keptChoice(conversation);
  return {
    ...all,
    // A name that no agent has stands for nothing chosen.
    chosen: choiceOf(all, name ?? "\0"),
    choose(chosen) {
      keepChoice(conversation, chosen);
      setMade({ conversation, name: chosen });
    },
  };
}

/** The agents whose names an answer may tell. */
export const AgentsContext = createContext<readonly Agent[]>([]);

export function useTitles(): (name: string) => string {
  const agents = useContext(AgentsContext);
  return (name) => titleIn(agents, name);
}
