// Clients, people and groups as the API tells them; fields that the page does not read are left out.

export type Role = "user" | "admin";

export const CAPS = [
  "requests_minute",
  "requests_hour",
  "requests_day",
  "requests_month",
  "tokens_day",
  "tokens_month",
  "dollars_day",
  "dollars_month",
] as const;
export type Cap = (typeof CAPS)[number];

export interface Key {
  id: string;
  created_at: string;
  ends_at: string | null;
  /** "in_grace" is one that a rotation left working until it ends. */
  state: "in_use" | "in_grace" | "ended";
}

export interface Client {
  name: string;
  role: Role;
  /** The only one that it sees; null sees all of them, or several. */
  department: string | null;
  departments: string[];
  tags: string[];
  groups: string[];
  keys: Key[];
  budget: Partial<Record<Cap, number>> | null;
  spent: { month: string; requests: number; tokens: number; dollars: number } | null;
}

export interface MadeKey {
  name: string;
  key: string;
  /** Until when the key of before works, if this one follows another. */
  ends_at?: string;
}

export interface Person {
  email: string;
  /** The name by which analytics count them. */
  client: string;
  groups: string[];
  enabled: boolean;
  created_at: string;
  /** Has been invited, and has not signed in yet. */
  invited: boolean;
}

export interface People {
  people: Person[];
  managed: boolean;
}

export interface Groups {
  groups: string[];
  /** Those that people can be in. */
  for_people: string[];
}

export const pathOf = (kind: "clients" | "people", name: string): string => `/v1/${kind}/${encodeURIComponent(name)}`;
