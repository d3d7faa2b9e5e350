// How the page is built: two documents, names by content, no inline script, the same bytes each time.
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import type { Connect, Plugin } from "vite";
import { defineConfig } from "vitest/config";

// What a deployment writes beside the page, served while developing: the file that NEXUS_PAGE_CONFIG names.
function stageConfiguration(): Plugin {
  const answer: Connect.NextHandleFunction = (request, response, next) => {
    const file = process.env.NEXUS_PAGE_CONFIG;
    if (!file || request.url?.split("?")[0] !== "/config.json") return next();
    response.setHeader("content-type", "application/json");
    response.end(readFileSync(file));
  };
  return {
    name: "stage-configuration",
    configureServer: (server) => void server.middlewares.use(answer),
    configurePreviewServer: (server) => void server.middlewares.use(answer),
  };
}

// What pdf.js reads while it draws: tables of characters, fonts that a PDF may leave out, and picture decoders.
function tablesOfPdf(): Plugin {
  const package_ = resolve(import.meta.dirname, "node_modules/pdfjs-dist");
  const taken = [
    ["cmaps", "cmaps", /\.bcmap$|^LICENSE/],
    ["standard_fonts", "standard_fonts", /\.(pfb|ttf)$|^LICENSE/],
    ["wasm", "decoders", /_nowasm_fallback\.js$|^LICENSE_(PDFJS_)?(OPENJPEG|JBIG2)$/],
  ] as const;
  return {
    name: "tables-of-pdf",
    apply: "build",
    generateBundle() {
      for (const [from, to, names] of taken)
        for (const name of readdirSync(resolve(package_, from)).sort())
          if (names.test(name))
            this.emitFile({ type: "asset", fileName: `pdf/${to}/${name}`, source: readFileSync(resolve(package_, from, name)) });
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [react(), stageConfiguration(), tablesOfPdf()],
  build: {
    target: "es2023",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2_000,
    rolldownOptions: {
      input: {
        index: resolve(import.meta.dirname, "index.html"),
        embed: resolve(import.meta.dirname, "embed.html"),
        element: resolve(import.meta.dirname, "src/embed/element.ts"),
      },
      // Servers know the type of ".js" everywhere, that of pdf.js' ".mjs" not.
      output: {
        // Other sites name it in their pages, so that its name stays.
        entryFileNames: ({ name }) => (name === "element" ? "embed.js" : "assets/[name]-[hash].js"),
        assetFileNames: ({ names }) => `assets/[name]-[hash]${names[0]?.endsWith(".mjs") ? ".js" : "[extname]"}`,
      },
    },
  },
  server: { host: "127.0.0.1", strictPort: true },
  preview: { host: "127.0.0.1", strictPort: true },
  // One worker that is set up once: the tests leave nothing behind.
  test: { environment: "jsdom", include: ["tests/**/*.test.{ts,tsx}"], isolate: false, maxWorkers: 1 },
});
