// Where files come in: dropped or picked, with what is said of all of them, and how far each is.
import { useRef, useState } from "react";
import { documents as en } from "../language/en/documents";
import { documents as id } from "../language/id/documents";
import { useTexts } from "../language/language";
import { Icon } from "../layout/Icon";
import { gatherEntries, gatherPicked, MOST_FILES, type Gathered } from "./chosen_files";
import type { Metadata } from "./entries";
import type { KnownNames } from "./known_names";
import { NamesField } from "./NamesField";
import { UploadList } from "./UploadList";
import type { Queue, UploadQueue } from "./upload_queue";
import { useDrop } from "./useDrop";

interface Props {
  queue: UploadQueue;
  state: Queue;
  known: KnownNames;
}

export function UploadPanel({ queue, state, known }: Props) {
  const texts = useTexts({ en, id });
  const files = useRef<HTMLInputElement>(null);
  const folders = useRef<HTMLInputElement>(null);
  const [folder, setFolder] = useState("");
  const [department, setDepartment] = useState("");
  const [tags, setTags] = useState<string[]>([]);
  const [groups, setGroups] = useState<string[]>([]);
  const [gathering, setGathering] = useState(false);
  const [gathered, setGathered] = useState<Gathered | null>(null);
  const over = useDrop((entries) => void take(gatherEntries(entries, base(), folder)));

  const base = (): Partial<Metadata> => ({
    ...(department.trim() && { department: department.trim() }),
    ...(tags.length > 0 && { tags }),
    ...(groups.length > 0 && { groups }),
  });

  async function take(gathering: Promise<Gathered>) {
    setGathering(true);
    setGathered(null);
    const found = await gathering;
    setGathering(false);
    setGathered(found);
    if (!found.tooMany) queue.add(found.files);
  }
  function picked(input: HTMLInputElement) {
    const chosen = [...(input.files ?? [])];
    // The same file can then be picked once more.
    input.value = "";
    if (chosen.length > 0) void take(gatherPicked(chosen, base(), folder));
  }

  return (
    <section className="uploads card stack" data-over={over} aria-label={texts.upload}>
      <div className="row">
        <button type="button" className="button" onClick={() => files.current?.click()}>
          <Icon name="upload" />
          {texts.pickFiles}
        </button>
        <button type="button" className="button-plain" onClick={() => folders.current?.click()}>
          {texts.pickFolder}
        </button>
        <span className="quiet">{over ? texts.letGo : texts.dropHere}</span>
      </div>
      <input ref={files} type="file" multiple hidden onChange={(event) => picked(event.target)} />
      <input
        ref={(element) => {
          folders.current = element;
          if (element) element.webkitdirectory = true;
        }}
        type="file"
        multiple
        hidden
        onChange={(event) => picked(event.target)}
      />
      <details>
        <summary>{texts.uploadWith(groups.join(", "))}</summary>
        <div className="documents-fields">
          <label className="field">
            <span>{texts.fields.folder}</span>
            <input className="input" value={folder} maxLength={500} onChange={(event) => setFolder(event.target.value)} />
          </label>
          <label className="field">
            <span>{texts.fields.department}</span>
            <input
              className="input"
              list="documents-departments"
              value={department}
              maxLength={500}
              onChange={(event) => setDepartment(event.target.value)}
            />
          </label>
          <NamesField label={texts.fields.tags} names={tags} known={known.tags} change={setTags} />
          <NamesField label={texts.fields.groups} names={groups} known={known.groups} change={setGroups} why={texts.groupsWhy} />
        </div>
      </details>
      <div role="status" className="small">
        {gathering && <p className="flat">{texts.gathering}</p>}
        {gathered && !gathered.tooMany && gathered.passedOver > 0 && <p className="flat">{texts.passedOver(gathered.passedOver)}</p>}
        {gathered?.files.length === 0 && !gathered.badMetadata && <p className="flat">{texts.nothingFound}</p>}
      </div>
      {gathered && <Refused gathered={gathered} />}
      {state.uploads.length > 0 && <UploadList queue={queue} state={state} />}
    </section>
  );
}

const MOST_NAMED = 10;

function Refused({ gathered: { tooMany, badMetadata, unreadable } }: { gathered: Gathered }) {
  const texts = useTexts({ en, id });
  if (!tooMany && !badMetadata && unreadable.length === 0) return null;
  return (
    <div role="alert" className="trouble stack">
      {tooMany && <p className="flat">{texts.tooMany(MOST_FILES)}</p>}
      {badMetadata && <p className="flat">{texts.badMetadata(badMetadata)}</p>}
      {unreadable.length > 0 && (
        <>
          <p className="flat">{texts.unreadable(unreadable.length)}</p>
          <ul className="flat small">
            {unreadable.slice(0, MOST_NAMED).map((path) => (
              <li key={path}>
                <bdi>{path}</bdi>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
