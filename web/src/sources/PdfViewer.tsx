// A page of a PDF, drawn as it is, with its text above it so that the quote can be marked and copied.
import type { PDFDocumentProxy } from "pdfjs-dist";
import { useEffect, useRef, useState } from "react";
import { sources as en } from "../language/en/sources";
import { sources as id } from "../language/id/sources";
import { useFormats, useTexts } from "../language/language";
import { Icon } from "../layout/Icon";
import { open } from "./pdf";
import { draw } from "./pdf_page";
import { Waiting } from "./SourcePanel";

const LARGEST = 4;
const STEP = 1.25;

interface Props {
  address: string;
  page: number;
  quote: string;
}

export default function PdfViewer({ address, page: first, quote }: Props) {
  const texts = useTexts({ en, id });
  const formats = useFormats();
  const [pdf, setPdf] = useState<PDFDocumentProxy | null>(null);
  const [failed, setFailed] = useState(false);
  const [page, setPage] = useState(first);
  const [scale, setScale] = useState(1);
  const [found, setFound] = useState<boolean | null>(null);
  const [width, setWidth] = useState(0);
  const sheet = useRef<HTMLDivElement>(null);
  const whole = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const task = open(address);
    setFailed(false);
    task.promise.then(setPdf, () => setFailed(true));
    return () => {
      setPdf(null);
      void task.destroy();
    };
  }, [address]);

  useEffect(() => {
    const element = whole.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (!pdf || !sheet.current || width < 50) return;
    const control = new AbortController();
    // A quote can go on behind the page that it begins on.
    const wanted = page === first || page === first + 1 ? quote : "";
    draw(pdf, Math.min(page, pdf.numPages), width * scale, sheet.current, wanted, control.signal).then(
      (marked) => {
        if (control.signal.aborted) return;
        if (page === first) setFound(marked !== null);
        marked?.scrollIntoView({ block: "center", inline: "nearest" });
      },
      () => {
        if (!control.signal.aborted) setFailed(true);
      },
    );
    return () => control.abort();
  }, [first, page, pdf, quote, scale, width]);

  const last = pdf?.numPages ?? page;
  const pageNumber = formats.number(Math.min(page, last));
  return (
    <div className="pdf" ref={whole}>
      {failed && <p className="quiet">{texts.unreadable}</p>}
      {!pdf && !failed && <Waiting />}
      {pdf && (
        <div className="pdf-bar" role="group" aria-label={texts.title}>
          <button type="button" className="button-icon" aria-label={texts.previous} disabled={page <= 1} onClick={() => setPage(page - 1)}>
            <Icon name="previous" />
          </button>
          <span className="small" role="status">
            {texts.page(pageNumber, formats.number(last))}
          </span>
          <button type="button" className="button-icon" aria-label={texts.next} disabled={page >= last} onClick={() => setPage(page + 1)}>
            <Icon name="next" />
          </button>
          <button type="button" className="button-icon" aria-label={texts.smaller} disabled={scale <= 1} onClick={() => setScale(scale / STEP)}>
            −
          </button>
          <button type="button" className="button-icon" aria-label={texts.larger} disabled={scale >= LARGEST} onClick={() => setScale(scale * STEP)}>
            +
          </button>
          {page !== first && (
            <button type="button" className="button-link small" onClick={() => setPage(first)}>
              {texts.toQuote}
            </button>
          )}
        </div>
      )}
      {pdf && quote && found !== null && page === first && (
        <p className="small quiet flat" role="status">
          {found ? texts.marked : texts.notMarked}
        </p>
      )}
      <div className="pdf-scroll" tabIndex={0} role="group" aria-label={texts.pageImage(pageNumber)}>
        <div className="pdf-sheet" ref={sheet} />
      </div>
    </div>
  );
}
