// A client with its rights, keys and budget, and what can be done with it.
import { useRef, useState } from "react";
import { access as en } from "../language/en/access";
import { access as id } from "../language/id/access";
import { useTexts } from "../language/language";
import { Confirm } from "../layout/Confirm";
import { Name } from "../layout/Name";
import { ProblemNotice } from "../layout/ProblemNotice";
import { useApi } from "../session/signed_in";
import { changesOf, draftOf, type ClientDraft } from "./client_draft";
import { ClientFacts } from "./ClientFacts";
import { ClientForm } from "./ClientForm";
import { pathOf, type Client, type MadeKey } from "./entries";
import { RotateForm } from "./RotateForm";
import { useSending } from "./useSending";

interface Props {
  client: Client;
  groups: readonly string[];
  departments: readonly string[];
  /** Whether it is the key that this page itself uses. */
  own: boolean;
  changed: (client: Client) => void;
  rotated: (key: MadeKey) => void;
  oldEnded: () => void;
  revoked: () => void;
}

export function ClientCard({ client, groups, departments, own, changed, rotated, oldEnded, revoked }: Props) {
  const texts = useTexts({ en, id });
  const api = useApi();
  const { busy, problem, send } = useSending();
  const [open, setOpen] = useState<"change" | "rotate" | null>(null);
  const [asking, setAsking] = useState<"revoke" | "old" | null>(null);
  const changeButton = useRef<HTMLButtonElement>(null);
  const rotateButton = useRef<HTMLButtonElement>(null);
  const { name } = client;
  const hasOld = client.keys.some((key) => key.state === "in_grace");
  const told = texts.client;

  function close() {
    (open === "rotate" ? rotateButton : changeButton).current?.focus();
    setOpen(null);
  }
  async function save(draft: ClientDraft) {
    const body = changesOf(client, draft);
    const done = await send(async () => {
      if (Object.keys(body).length > 0) changed(await api.send<Client>("PATCH", pathOf("clients", name), { body }));
    });
    if (done) close();
  }
  const take = (query: { old?: boolean }, then: () => void) => {
    setAsking(null);
    const sent = send(async () => {
      await api.send("DELETE", pathOf("clients", name), { query });
      then();
    });
    // The question had the focus; what is gone gives it to the heading.
    void sent.then((done) => done || changeButton.current?.focus());
  };
  const toggle = (which: "change" | "rotate") => (open === which ? close() : setOpen(which));

  return (
    <li className="card stack">
      <h3>
        <Name of={name} /> <span className="access-role">{texts.roles[client.role]}</span>
      </h3>
      {own && <p className="small quiet flat">{told.own}</p>}
      <ClientFacts client={client} />
      {problem && open !== "change" && <ProblemNotice problem={problem} />}
      <div className="row" role="group" aria-label={told.options(name)}>
        <button
          ref={changeButton}
          type="button"
          className="button-plain"
          aria-expanded={open === "change"}
          onClick={() => toggle("change")}
        >
          {told.change}
        </button>
        <button
          ref={rotateButton}
          type="button"
          className="button-plain"
          aria-expanded={open === "rotate"}
          onClick={() => toggle("rotate")}
        >
          {texts.rotate.open}
        </button>
        {hasOld && (
          <button type="button" className="button-plain" disabled={busy} onClick={() => setAsking("old")}>
            {told.endOld}
          </button>
        )}
        <button type="button" className="button-danger" disabled={busy} onClick={() => setAsking("revoke")}>
          {told.revoke}
        </button>
      </div>
      {open === "change" && (
        <ClientForm
          client={client}
          begin={draftOf(client)}
          groups={groups}
          departments={departments}
          busy={busy}
          problem={problem}
          save={(draft) => void save(draft)}
          cancel={close}
        />
      )}
      {open === "rotate" && (
        <RotateForm
          name={name}
          cancel={close}
          made={(key) => {
            setOpen(null);
            rotated(key);
          }}
        />
      )}
      {asking === "revoke" && (
        <Confirm
          question={own ? `${told.revokeSure(name)} ${told.revokeOwn}` : told.revokeSure(name)}
          action={told.revoke}
          confirmed={() => take({}, revoked)}
          cancelled={() => setAsking(null)}
        />
      )}
      {asking === "old" && (
        <Confirm
          question={told.endOldSure(name)}
          action={told.endOld}
          confirmed={() => take({ old: true }, oldEnded)}
          cancelled={() => setAsking(null)}
        />
      )}
    </li>
  );
}
