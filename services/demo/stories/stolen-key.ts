import { HOUR, MINUTE } from "#core/time.ts";
import { type Call, type Caller, newCall } from "../call.ts";
import { type DemoTime, inWeek } from "../calendar.ts";
import { CUSTOMS_EXTRACT } from "../company/callers.ts";
import { OPUS } from "../models.ts";
import { between, hex, type Random, skewed } from "../random.ts";
import type { Story } from "./story.ts";

const WEDNESDAY = 2;
const start = inWeek(WEDNESDAY, 1.25);
const end = inWeek(WEDNESDAY + 1, 6);

export const stolenKey: Story = {
  name: "stolen key",
  family: "usage-anomaly",
  identity: CUSTOMS_EXTRACT.identity,
  start,
  end,
  truth:
    "The key of the customs service leaked with a support bundle; strangers resell it as a chat service from a rented server on the most expensive model, hardest at night.",
  calls: stolenCalls,
};

/** The same key from elsewhere: another network, another client, and the gateway sees no tags. */
const THIEF: Caller = {
  ...CUSTOMS_EXTRACT,
  network: { ip: "192.0.2.146", asn: 64_510, country: "SG", user_agent: "python-httpx/0.28.1" },
};

/** Calls in an hour of the two nights, and by day, when the resellers lie low. */
const AT_NIGHT = 215;
const BY_DAY = 60;

function stolenCalls(random: Random): Call[] {
  const calls: Call[] = [];
  for (let from = Math.floor(start / HOUR) * HOUR; from < end; from += HOUR) {
    for (let n = Math.round(rateAt(from) * between(random, 0.92, 1.08)); n > 0; n--) {
      const at = from + between(random, 0, HOUR - MINUTE);
      if (at >= start && at < end) calls.push(resoldCall(random, at));
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
