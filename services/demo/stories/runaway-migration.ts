import { MINUTE, SECOND } from "#core/time.ts";
import type { Call } from "../call.ts";
import { type DemoTime, inWeek } from "../calendar.ts";
import { REPO_MIGRATOR } from "../company/callers.ts";
import { SONNET } from "../models.ts";
import { between, type Random } from "../random.ts";
import { type Agent, agentCall, newAgent, subAgent } from "../work/agent.ts";
import type { Story } from "./story.ts";

const MONDAY = 0;
const start = inWeek(MONDAY, 11.1);
const end = start + 34 * MINUTE;

export const runawayMigration: Story = {
  name: "runaway migration",
  family: "runaway-agent",
  identity: REPO_MIGRATOR.identity,
  severity: "medium",
  excess: 20,
  start,
  end,
  truth:
    "A framework upgrade breaks every package at once; each sub-agent of the dependency agent starts another one for the failures it finds, until an engineer kills the run after half an hour.",
  calls: runawayCalls,
};

/** Each agent starts one more after about so long, so that the rate doubles as often. */
const DOUBLING = 5.5 * MINUTE;
const MOST_AGENTS = 15;

interface Worker {
  agent: Agent;
  at: DemoTime;
  spawns: DemoTime;
}

function runawayCalls(random: Random): Call[] {
  const calls: Call[] = [];
  const main = newAgent(random, REPO_MIGRATOR, SONNET, "framework-upgrade");
  const workers: Worker[] = [{ agent: main, at: start, spawns: start + DOUBLING }];
  for (let worker = next(workers); worker.at < end; worker = next(workers)) {
    const call = agentCall(random, worker.agent, worker.at);
    calls.push(call);
    if (worker.at >= worker.spawns && workers.length < MOST_AGENTS) {
      worker.spawns += DOUBLING * between(random, 0.9, 1.1);
      const at = worker.at + call.latency;
      const spawns = at + DOUBLING * between(random, 0.9, 1.1);
      workers.push({ agent: subAgent(random, worker.agent, call), at, spawns });
    }
    worker.at += call.latency + between(random, 1, 3) * SECOND;
  }
  return calls;
}

/** Whose turn it is. */
function next(workers: readonly Worker[]): Worker {
  return workers.reduce((first, worker) => (worker.at < first.at ? worker : first));
}
