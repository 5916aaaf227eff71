import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/** The program: `services/main.ts` and what it imports become `dist/program`, which `bin/meterhound.js` runs. */
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  publicDir: false,
  build: {
    ssr: "services/main.ts",
    outDir: "dist/program",
    emptyOutDir: true,
    target: "node20",
    minify: false,
  },
});
