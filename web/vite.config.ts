// How the page is built: two documents, names by content, no inline script, the same bytes each time.
import { readFileSync } from "node:fs";
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

export default defineConfig({
  base: "./",
  plugins: [react(), stageConfiguration()],
  build: {
    target: "es2023",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { index: resolve(import.meta.dirname, "index.html"), embed: resolve(import.meta.dirname, "embed.html") },
    },
  },
  server: { host: "127.0.0.1", strictPort: true },
  preview: { host: "127.0.0.1", strictPort: true },
  test: { environment: "jsdom", include: ["tests/**/*.test.{ts,tsx}"] },
});
