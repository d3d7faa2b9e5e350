// Opens PDFs with pdf.js, whose worker and tables are files of this page.
import { getDocument, PDFWorker, type PDFDocumentLoadingTask } from "pdfjs-dist";
import workerAddress from "pdfjs-dist/build/pdf.worker.min.mjs?url";

interface TrustedScripts {
  createScriptURL(address: string): string;
}
interface TrustedTypes {
  createPolicy(name: string, rules: TrustedScripts): TrustedScripts;
}

// Pictures with more pixels are left out: they would take the tab's memory.
const MOST_PIXELS = 64_000_000;
const POLICY = "nexus";
let scripts: TrustedScripts | null = null;
// One for all documents, as one of its own would end with its document while the next one begins.
let worker: PDFWorker | null = null;

/** The worker's address, as browsers with Trusted Types want it: no other script gets through. */
function trusted(address: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  const own = new URL(workerAddress, import.meta.url).href;
  const createScriptURL = (wanted: string) => {
    if (wanted !== own) throw new TypeError("Not a script of this page.");
    return wanted;
  };
  scripts ??= trustedTypes?.createPolicy(POLICY, { createScriptURL }) ?? { createScriptURL };
  return scripts.createScriptURL(new URL(address, import.meta.url).href);
}

/** Begins to load a PDF, part by part where its server gives parts. */
export function open(address: string): PDFDocumentLoadingTask {
  worker ??= PDFWorker.create({ port: new Worker(trusted(workerAddress), { type: "module" }) });
  const tables = (name: string) => new URL(`./pdf/${name}/`, document.baseURI).href;
  return getDocument({
    url: address,
    worker,
    withCredentials: false,
    cMapUrl: tables("cmaps"),
    standardFontDataUrl: tables("standard_fonts"),
    wasmUrl: tables("decoders"),
    // The page's policy runs no WebAssembly; pdf.js has the same decoders as scripts.
    useWasm: false,
    disableAutoFetch: true,
    disableStream: true,
    maxImageSize: MOST_PIXELS,
    enableXfa: false,
  });
}
