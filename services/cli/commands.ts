import type { Command } from "./command.ts";

/** The commands by name, in the order in which help lists them; each is loaded when it is asked for. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  demo: async () => (await import("./commands/demo.ts")).demo,
  serve: async () => (await import("./commands/serve.ts")).serve,
  replay: async () => (await import("./commands/replay.ts")).replayCommand,
  ingest: async () => (await import("./commands/ingest.ts")).ingest,
  "findings list": async () => (await import("./commands/findings-list.ts")).findingsList,
  "findings show": async () => (await import("./commands/findings-show.ts")).findingsShow,
  "findings set": async () => (await import("./commands/findings-set.ts")).findingsSet,
  explain: async () => (await import("./commands/explain.ts")).explainCommand,
  "showback report": async () => (await import("./commands/showback-report.ts")).showbackReport,
  "rules test": async () => (await import("./commands/rules-test.ts")).rulesTest,
  "rules lint": async () => (await import("./commands/rules-lint.ts")).rulesLint,
  "rules list": async () => (await import("./commands/rules-list.ts")).rulesList,
  "rules backtest": async () => (await import("./commands/rules-backtest.ts")).rulesBacktest,
  "config check": async () => (await import("./commands/config-check.ts")).configCheck,
  setup: async () => (await import("./commands/setup.ts")).setup,
  doctor: async () => (await import("./commands/doctor.ts")).doctor,
  "baseline rebuild": async () => (await import("./commands/baseline-rebuild.ts")).baselineRebuild,
};
