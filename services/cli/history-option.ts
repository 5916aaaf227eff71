import { parseDuration } from "#core/time.ts";
import type { History } from "../replay/replay-log.ts";
import { usage } from "./command.ts";
import { timeOption } from "./time-option.ts";

export const HISTORY_OPTIONS = {
  from: { type: "string" },
  to: { type: "string" },
  learn: { type: "string" },
  tenant: { type: "string", multiple: true },
  identity: { type: "string", multiple: true },
} as const;

export const HISTORY_HELP = [
  "--from T --to T    the history, event times",
  "--learn D          read as long before it for rules that learn, like 8d; what opens then is left out",
  "--tenant T --identity I   only theirs; each may be given several times",
];

/** The stored usage that the options name. Throws MH_USAGE. */
export function historyOption(values: {
  from?: string | undefined;
  to?: string | undefined;
  learn?: string | undefined;
  tenant?: string[] | undefined;
  identity?: string[] | undefined;
}): History {
  const from = timeOption(values.from, "--from");
  const to = timeOption(values.to, "--to");
  if (to <= from) throw usage("--to must be after --from");
  const learn = values.learn === undefined ? 0 : parseDuration(values.learn);
  if (learn === null) throw usage("--learn takes a duration like 36h or 8d");
  return { from, learn, to, tenants: values.tenant ?? null, identities: values.identity ?? null };
}
