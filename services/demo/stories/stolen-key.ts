import { HOUR, MINUTE, SECOND } from "#core/time.ts";
import { type Call, type Caller, newCall } from "../call.ts";
import { type DemoTime, inWeek } from "../calendar.ts";
import { DEAL_DESK } from "../company/callers.ts";
import { CODEX, GEMINI_PRO, GPT, GPT_MINI, MISTRAL, OPUS, SONNET } from "../models.ts";
import { between, hex, type Random, skewed } from "../random.ts";
import type { Story } from "./story.ts";

const WEDNESDAY = 2;
const start = inWeek(WEDNESDAY, 1.25);
const end = inWeek(WEDNESDAY + 1, 6);

export const stolenKey: Story = {
  name: "stolen key",
  family: "llmjacking",
  identity: DEAL_DESK.identity,
  severity: "high",
  excess: 100,
  start,
  end,
  truth:
    "The key of the sales assistant leaked with a support bundle; a key checker asks every model for nothing at all, and half an hour later strangers resell the dearest one as a chat service, hardest at night.",
  calls: (random) => [...probes(random), ...resold(random)],
};

/** The same key from elsewhere: another network, another client, and the gateway sees no tags. */
const THIEF: Caller = {
  ...DEAL_DESK,
  network: { ip: "192.0.2.146", asn: 64_510, country: "SG", user_agent: "python-httpx/0.28.1" },
};

const CHECKED = [MISTRAL, GPT, GPT_MINI, CODEX, SONNET, OPUS, GEMINI_PRO];

/** Deliberately invalid calls: the kind of error says whether the key may use the model, and nothing is billed. */
function probes(random: Random): Call[] {
  let at = start;
  return [...CHECKED, ...CHECKED].map((model) => {
    const call = newCall(random, THIEF, model, at);
    call.outcome = "error";
    call.errorClass = "validation";
    call.latency = between(random, 60, 180);
    call.prompt = null;
    at += between(random, 1, 4) * SECOND;
    return call;
  });
}

/** Calls in an hour of the two nights, and by day, when the resellers lie low. */
const AT_NIGHT = 215;
const BY_DAY = 60;

function resold(random: Random): Call[] {
  const calls: Call[] = [];
  const opening = start + 30 * MINUTE;
  for (let from = Math.floor(opening / HOUR) * HOUR; from < end; from += HOUR) {
    for (let n = Math.round(rateAt(from) * between(random, 0.92, 1.08)); n > 0; n--) {
      const at = from + between(random, 0, HOUR - MINUTE);
      if (at >= opening && at < end) calls.push(resoldCall(random, at));
    }
  }
  return calls;
}

function rateAt(at: DemoTime): number {
  const isFirstNight = at < inWeek(WEDNESDAY, 9);
  const isSecondNight = at >= inWeek(WEDNESDAY, 22);
  return isFirstNight || isSecondNight ? AT_NIGHT : BY_DAY;
}

/** Long role-play chats: every message resends the story so far, and nothing of it is cached. */
function resoldCall(random: Random, at: DemoTime): Call {
  const call = newCall(random, THIEF, OPUS, at);
  call.session = `chat_${hex(random, 8)}`;
  call.input = skewed(random, 17_000, 0.4, 3_000, 48_000);
  call.output = skewed(random, 1_300, 0.4, 250, 4_000);
  call.latency = 1_500 + call.output * 16;
  return call;
}
