import type { Detector } from "#core/detector.ts";
import { fanOut } from "./fan-out.ts";
import { flowLimits } from "./flow-limits.ts";
import { llmjacking } from "./llmjacking.ts";
import { modelEscalation } from "./model-escalation.ts";
import { newcomer } from "./newcomer.ts";
import { promptLoop } from "./prompt-loop.ts";
import { retryStorm } from "./retry-storm.ts";
import { runawayAgent } from "./runaway-agent.ts";
import { usageAnomaly } from "./usage-anomaly.ts";

/** Every detector a rule may name. */
export const DETECTORS: readonly Detector[] = [
  fanOut,
  flowLimits,
  llmjacking,
  modelEscalation,
  newcomer,
  promptLoop,
  retryStorm,
  runawayAgent,
  usageAnomaly,
];
