// What a deployment says of its page: config.json beside it, read once at the start.

export interface SignIn {
  client_id: string;
  scope: string;
  metadata: {
    issuer: string;
    authorization_endpoint: string;
    token_endpoint: string;
    revocation_endpoint?: string;
    end_session_endpoint?: string;
  };
}

export interface Configuration {
  api: string;
  name: string;
  logo: string;
  colours: Record<string, string>;
  languages: string[];
  questions: Record<string, string[]>;
  keeps_questions: boolean;
  /** Whether questions can be spoken: the API has /v1/audio, and the page's policy lets it record. */
  audio: boolean;
  sign_in: SignIn | null;
}

/** The configuration of this page. Raises Error where there is none that can be used. */
export async function readConfiguration(): Promise<Configuration> {
  const response = await fetch("./config.json", { cache: "no-cache", redirect: "error" });
  if (!response.ok) throw new Error(`config.json: ${response.status}`);
  return configurationOf(await response.json());
}

/** The configuration in a file, with what it leaves out. Raises Error. */
export function configurationOf(told: Partial<Configuration>): Configuration {
  if (!isWebAddress(told.api)) throw new Error("config.json: api");
  const signIn = told.sign_in ?? null;
  if (signIn && !(isWebAddress(signIn.metadata.authorization_endpoint) && isWebAddress(signIn.metadata.token_endpoint)))
    throw new Error("config.json: sign_in");
  return {
    api: told.api,
    name: told.name || "Nexus",
    logo: told.logo || "./icon.svg",
    colours: told.colours ?? {},
    languages: told.languages ?? ["en", "id"],
    questions: told.questions ?? {},
    keeps_questions: told.keeps_questions ?? false,
    audio: told.audio === true,
    sign_in: signIn,
  };
}

function isWebAddress(text: unknown): text is string {
  return typeof text === "string" && /^https?:\/\//.test(text) && URL.canParse(text);
}
