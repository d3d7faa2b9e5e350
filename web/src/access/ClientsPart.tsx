// The clients of the tenant: listed, made, changed, their keys rotated and revoked.
import { useCallback, useRef, useState } from "react";
import { useLoaded } from "../api/useLoaded";
import { access as en } from "../language/en/access";
import { access as id } from "../language/id/access";
import { useTexts } from "../language/language";
import { Icon } from "../layout/Icon";
import { ProblemNotice } from "../layout/ProblemNotice";
import { useSignedIn } from "../session/signed_in";
import { bodyOf, NEW_CLIENT, type ClientDraft } from "./client_draft";
import { ClientCard } from "./ClientCard";
import { ClientForm } from "./ClientForm";
import type { Client, Groups, MadeKey } from "./entries";
import { NewKey } from "./NewKey";
import { useAttempt } from "./useAttempt";
import { useSending } from "./useSending";

export function ClientsPart() {
  const texts = useTexts({ en, id });
  const { api, me } = useSignedIn();
  const clients = useLoaded<{ clients: Client[] }>("/v1/clients");
  const groups = useLoaded<Groups>("/v1/groups");
  const [making, setMaking] = useState(false);
  // Never kept anywhere else: with this part it is gone.
  const [made, setMade] = useState<MadeKey | null>(null);
  const [said, setSaid] = useState("");
  const creation = useSending();
  const attempt = useAttempt();
  const heading = useRef<HTMLHeadingElement>(null);
  const newButton = useRef<HTMLButtonElement>(null);
  const told = texts.client;
  const known = clients.value?.clients ?? [];
  const departments = [...new Set(known.flatMap((each) => each.departments))].sort();

  const putAway = useCallback(() => {
    setMade(null);
    heading.current?.focus();
  }, []);
  function show(key: MadeKey) {
    setMade(key);
    setMaking(false);
    setSaid("");
    clients.again();
  }
  async function create(draft: ClientDraft) {
    const body = bodyOf(draft);
    await creation.send(async () => show(await api.send<MadeKey>("POST", "/v1/clients", { body, headers: attempt(body) })));
  }
  function stopMaking() {
    setMaking(false);
    newButton.current?.focus();
  }
  function gone(text: string) {
    setSaid(text);
    heading.current?.focus();
  }
  const without = (name: string) => clients.put((value) => ({ clients: value.clients.filter((each) => each.name !== name) }));

  return (
    <section className="stack" aria-labelledby="clients" aria-busy={clients.loading}>
      <div className="row access-head">
        <h2 id="clients" ref={heading} tabIndex={-1}>
          {texts.parts.clients}
        </h2>
        <button
          ref={newButton}
          type="button"
          className="button"
          aria-expanded={making}
          onClick={() => (making ? stopMaking() : setMaking(true))}
        >
          <Icon name="plus" />
          {told.new}
        </button>
      </div>
      <p className="quiet flat">{told.why}</p>
      <p role="status" className="small flat">
        {clients.loading ? texts.loading : said}
      </p>
      {made && <NewKey made={made} putAway={putAway} />}
      {making && (
        <div className="card">
          <ClientForm
            client={null}
            begin={NEW_CLIENT}
            groups={groups.value?.groups ?? []}
            departments={departments}
            busy={creation.busy}
            problem={creation.problem}
            save={(draft) => void create(draft)}
            cancel={stopMaking}
          />
        </div>
      )}
      {clients.problem && <ProblemNotice problem={clients.problem} again={clients.again} />}
      {groups.problem && <ProblemNotice problem={groups.problem} again={groups.again} />}
      {clients.value && known.length === 0 && <p>{told.none}</p>}
      <ul className="access-list">
        {known.map((client) => (
          <ClientCard
            key={client.name}
            client={client}
            groups={groups.value?.groups ?? []}
            departments={departments}
            own={me.kind === "key" && me.name === client.name}
            changed={(now) => {
              clients.put((value) => ({ clients: value.clients.map((each) => (each.name === now.name ? now : each)) }));
              setSaid(told.changed(now.name));
            }}
            rotated={show}
            oldEnded={() => {
              clients.again();
              gone(told.oldEnded(client.name));
            }}
            revoked={() => {
              without(client.name);
              gone(told.revoked(client.name));
            }}
          />
        ))}
      </ul>
    </section>
  );
}
