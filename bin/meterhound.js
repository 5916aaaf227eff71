#!/usr/bin/env node
// The program is its TypeScript sources; tsx compiles them as they are loaded.
import { register } from "tsx/esm/api";

register();
await import(new URL("../services/main.ts", import.meta.url).href);
