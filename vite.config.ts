import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/** The web console: `services/console` becomes `dist/console`, which the api role serves. */
export default defineConfig({
  root: fileURLToPath(new URL("services/console", import.meta.url)),
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: fileURLToPath(new URL("dist/console", import.meta.url)),
    emptyOutDir: true,
    target: ["chrome123", "firefox120", "safari17.5"],
    // Nothing inline: the content security policy forbids it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8420" } },
});
