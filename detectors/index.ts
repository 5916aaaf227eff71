import type { Detector } from "#core/detector.ts";
import { environmentBleed } from "./environment-bleed.ts";
import { fanOut } from "./fan-out.ts";
import { flowLimits } from "./flow-limits.ts";
import { llmjacking } from "./llmjacking.ts";
import { meteringGap } from "./metering-gap.ts";
import { modelEscalation } from "./model-escalation.ts";
import { newcomer } from "./newcomer.ts";
import { ownMetric } from "./own-metric.ts";
import { promptLoop } from "./prompt-loop.ts";
import { retryStorm } from "./retry-storm.ts";
import { runawayAgent } from "./runaway-agent.ts";
import { sharedCredential } from "./shared-credential.ts";
import { tagSpoof } from "./tag-spoof.ts";
import { unattributedUsage } from "./unattributed-usage.ts";
import { usageAnomaly } from "./usage-anomaly.ts";
import { usageDrop } from "./usage-drop.ts";

/** Every detector a rule may name. */
export const DETECTORS: readonly Detector[] = [
  environmentBleed,
  fanOut,
  flowLimits,
  llmjacking,
  meteringGap,
  modelEscalation,
  newcomer,
  ownMetric,
  promptLoop,
  retryStorm,
  runawayAgent,
  sharedCredential,
  tagSpoof,
  unattributedUsage,
  usageAnomaly,
  usageDrop,
];
