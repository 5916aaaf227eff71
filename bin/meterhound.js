#!/usr/bin/env node
import { isCurrent, PROGRAM } from "./targets.js";

// The program as `npm ci` built it; where its sources are newer, those, which tsx compiles as they are loaded.
if (isCurrent(PROGRAM)) {
  await import("../dist/program/main.js");
} else {
  const { register } = await import("tsx/esm/api");
  register();
  await import("../services/main.ts");
}
