import type { Detector } from "#core/detector.ts";
import { environmentBleed } from "./environment-bleed.ts";
import { llmjacking } from "./llmjacking.ts";
import { promptLoop } from "./prompt-loop.ts";
import { runawayAgent } from "./runaway-agent.ts";
import { sharedCredential } from "./shared-credential.ts";
import { tagSpoof } from "./tag-spoof.ts";
import { unattributedUsage } from "./unattributed-usage.ts";
import { usageAnomaly } from "./usage-anomaly.ts";

/** Every detector a rule may name. */
export const DETECTORS: readonly Detector[] = [
  environmentBleed,
  llmjacking,
  promptLoop,
  runawayAgent,
  sharedCredential,
  tagSpoof,
  unattributedUsage,
  usageAnomaly,
];
