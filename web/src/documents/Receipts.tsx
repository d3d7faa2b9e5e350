// What proves that documents were erased, to be read and to be kept.
import { useEffect, useRef } from "react";
import { documents as en } from "../language/en/documents";
import { documents as id } from "../language/id/documents";
import { useFormats, useTexts } from "../language/language";
import { Icon } from "../layout/Icon";
import { Name } from "../layout/Name";
import { save } from "../layout/saving";
import { ERASABLE, type Receipt } from "./entries";

interface Props {
  receipts: readonly Receipt[];
  again: (documentId: string) => void;
  dismiss: () => void;
}

type Erasable = (typeof ERASABLE)[number];
const isKnown = (what: string): what is Erasable => ERASABLE.some((each) => each === what);

/** The receipts as a file: the API's own words, so that a program reads it, too. */
export const asFile = (receipts: readonly Receipt[]): Blob =>
  new Blob([`${JSON.stringify({ receipts }, null, 2)}\n`], { type: "application/json" });

export function Receipts({ receipts, again, dismiss }: Props) {
  const texts = useTexts({ en, id });
  const formats = useFormats();
  const section = useRef<HTMLElement>(null);
  // The button that was pressed went with its document: whoever works by keyboard goes on here.
  useEffect(() => {
    if (document.activeElement === document.body) section.current?.focus();
  }, [receipts]);
  const incomplete = receipts.filter(({ complete }) => !complete);
  return (
    <section ref={section} tabIndex={-1} className="card stack" aria-label={texts.receipts}>
      <h2>{texts.receipts}</h2>
      <p role="status" className="flat">
        {texts.erased(receipts.length - incomplete.length)}
      </p>
      {incomplete.length > 0 && (
        <p role="alert" className="trouble flat">
          {texts.notErased(incomplete.length)}
        </p>
      )}
      {receipts.map((receipt) => (
        <details key={receipt.document_id} open={receipts.length === 1}>
          <summary>
            <Name of={receipt.title} /> {receipt.complete ? "" : `(${texts.incomplete})`}
          </summary>
          <p className="small quiet flat">
            <Name of={receipt.path} /> · {receipt.document_id} · {formats.time(receipt.finished_at)}
          </p>
          <div className="table-wide" role="region" tabIndex={0} aria-label={receipt.title}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{texts.receiptWhat}</th>
                  <th scope="col">{texts.receiptFound}</th>
                  <th scope="col">{texts.receiptRemoved}</th>
                  <th scope="col">{texts.receiptRemaining}</th>
                </tr>
              </thead>
              <tbody>
                {receipt.items.map((item) => (
                  <tr key={item.what}>
                    <th scope="row">{isKnown(item.what) ? texts.erasable[item.what] : item.what}</th>
                    <td>{formats.number(item.found)}</td>
                    <td>{formats.number(item.removed)}</td>
                    <td>{formats.number(item.remaining)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {!receipt.complete && (
            <button type="button" className="button-danger" onClick={() => again(receipt.document_id)}>
              {texts.eraseAgain}
            </button>
          )}
        </details>
      ))}
      <div className="row">
        <button
          type="button"
          className="button-plain"
          onClick={() => save(receipts.length === 1 ? `receipt-${receipts[0]!.document_id}.json` : "receipts.json", asFile(receipts))}
        >
          <Icon name="save" />
          {texts.saveReceipt}
        </button>
        <button type="button" className="button-plain" onClick={dismiss}>
          {texts.dismiss}
        </button>
      </div>
    </section>
  );
}
