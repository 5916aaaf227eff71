import { HOUR, MINUTE, SECOND } from "#core/time.ts";
import { type Call, type Caller, type ModelRef, newCall } from "../call.ts";
import { DAYS } from "../calendar.ts";
import { CODEX, GPT, GPT_MINI, OPUS, SONNET } from "../models.ts";
import { between, chance, createRandom, hex, type Random, skewed, whole } from "../random.ts";
import { agentCall, newAgent, pause } from "../work/agent.ts";
import { codingSession, sessionLength } from "../work/coding-session.ts";
import { CI_EVALS, LENA, PRIYA, REPO_MIGRATOR, TOMAS, TRIAGE_AGENT } from "./callers.ts";

/** Three developers with a coding agent each: mostly one long session before lunch and one after. */
export function developerCalls(random: Random): Call[] {
  return [
    ...sessionsOf(random, LENA, SONNET),
    ...sessionsOf(random, TOMAS, CODEX),
    ...sessionsOf(random, PRIYA, OPUS),
  ];
}

function sessionsOf(random: Random, caller: Caller, model: ModelRef): Call[] {
  const calls: Call[] = [];
  for (const { midnight, isWorkday } of DAYS) {
    if (!isWorkday) continue;
    for (const [opens, closes] of [
      [8.75, 12.5],
      [13.25, 17.75],
    ] as const) {
      if (chance(random, 0.15)) continue;
      const start = midnight + opens * HOUR + between(random, 0, 50) * MINUTE;
      const end = midnight + closes * HOUR;
      calls.push(
        ...codingSession(
          random,
          newAgent(random, caller, model),
          start,
          end,
          sessionLength(random),
        ),
      );
    }
  }
  return calls;
}

/** The on-call agent looks into an alert: it pages through logs, the same question with new lines each time. */
export function triageCalls(random: Random): Call[] {
  const calls: Call[] = [];
  for (const { midnight } of DAYS) {
    if (chance(random, 0.25)) continue;
    const agent = newAgent(random, TRIAGE_AGENT, OPUS, "alert-triage");
    let at = midnight + between(random, 5, 15.5) * HOUR;
    const page = hex(random, 32);
    for (let n = whole(random, 14, 32), i = 0; i < n; i++) {
      const call = agentCall(random, agent, at);
      if (i > 3 && i < n - 4) call.prompt = page;
      calls.push(call);
      at += call.latency + pause(random, 6);
    }
  }
  return calls;
}

/** The dependency agent: one tidy run before work, each working day. */
export function migratorCalls(random: Random): Call[] {
  const calls: Call[] = [];
  for (const { midnight, isWorkday } of DAYS) {
    if (!isWorkday) continue;
    const agent = newAgent(random, REPO_MIGRATOR, SONNET, "dependency-update");
    let at = midnight + 5 * HOUR + between(random, 0, 20) * MINUTE;
    for (let n = whole(random, 40, 75); n > 0; n--) {
      const call = agentCall(random, agent, at);
      calls.push(call);
      at += call.latency + pause(random, 12);
    }
  }
  return calls;
}

const CASES = 130;

/** The evaluation job: the same cases every evening, an answer and a judge for each, in traces of their own. */
export function evaluationCalls(random: Random, seed: number): Call[] {
  const calls: Call[] = [];
  for (const { midnight, isWorkday } of DAYS) {
    if (!isWorkday) continue;
    // The cases are the same on every run, and so are their digests.
    const cases = createRandom(seed, "evaluation cases");
    let at = midnight + 18.5 * HOUR + between(random, 0, 5) * MINUTE;
    for (let n = CASES; n > 0; n--) {
      const answer = newCall(random, CI_EVALS, GPT_MINI, at);
      answer.workflow = "nightly-evals";
      answer.prompt = hex(cases, 32);
      answer.input = skewed(random, 1_900, 0.4, 500, 6_000);
      answer.output = skewed(random, 300, 0.4, 60, 1_200);
      answer.latency = 500 + answer.output * 9;
      const judge = newCall(random, CI_EVALS, GPT, at + answer.latency + 200);
      judge.workflow = answer.workflow;
      judge.trace = answer.trace;
      judge.parent = answer.span;
      judge.input = answer.input + answer.output + 900;
      judge.output = skewed(random, 90, 0.3, 40, 300);
      judge.latency = 400 + judge.output * 15;
      calls.push(answer, judge);
      at += between(random, 7, 16) * SECOND;
    }
  }
  return calls;
}
