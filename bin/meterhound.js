#!/usr/bin/env node
// A build runs its compiled files; a checkout runs the TypeScript sources through tsx.
import { existsSync } from "node:fs";

const built = new URL("../dist/services/main.js", import.meta.url);
const source = new URL("../services/main.ts", import.meta.url);

if (existsSync(source)) {
  const { register } = await import("tsx/esm/api");
  register();
  await import(source.href);
} else {
  await import(built.href);
}
