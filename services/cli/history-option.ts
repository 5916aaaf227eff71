import type { History } from "../replay/replay-log.ts";
import { usage } from "./command.ts";
import { timeOption } from "./time-option.ts";

export const HISTORY_OPTIONS = {
  from: { type: "string" },
  to: { type: "string" },
  tenant: { type: "string", multiple: true },
  identity: { type: "string", multiple: true },
} as const;

export const HISTORY_HELP = [
  "--from T --to T    the history, event times; begin a week early for rules that learn",
  "--tenant T --identity I   only theirs; each may be given several times",
];

/** The stored usage that the options name. Throws MH_USAGE. */
export function historyOption(values: {
  from?: string | undefined;
  to?: string | undefined;
  tenant?: string[] | undefined;
  identity?: string[] | undefined;
}): History {
  const from = timeOption(values.from, "--from");
  const to = timeOption(values.to, "--to");
  if (to <= from) throw usage("--to must be after --from");
  return { from, to, tenants: values.tenant ?? null, identities: values.identity ?? null };
}
